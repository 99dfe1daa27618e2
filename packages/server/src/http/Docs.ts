/**
 * `/openapi.json` and `/docs`: what the gateway answers, for programs and for people. Made when first asked for.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** Loaded when somebody reads it, so that the gateway starts without it. */
const document = Effect.map(
  Effect.promise(() => import("./openapi/Document.ts")),
  (module) => module.document()
)

/** The two routes. */
export const layer = HttpRouter.use((router) =>
  Effect.gen(function* () {
    yield* router.add("GET", "/openapi.json", Effect.map(document, HttpServerResponse.jsonUnsafe))
    yield* router.add(
      "GET",
      "/docs",
      Effect.gen(function* () {
        const page = yield* Effect.promise(() => import("./openapi/Page.ts"))
        return HttpServerResponse.text(page.render(yield* document), {
          contentType: "text/html; charset=utf-8",
          headers: { "content-security-policy": page.policy, "x-content-type-options": "nosniff" }
        })
      })
    )
  })
)

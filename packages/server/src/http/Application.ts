/**
 * `POST /v1/events`: what an application tells of its own runs and steps, into the same ledger as its calls.
 */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import type { CallerLimited } from "@orelse/core/domain/CallError"
import * as Json from "@orelse/core/domain/Json"
import { Ledger } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { IncomingMessage } from "node:http"
import * as Presented from "../callers/Presented.ts"
import * as OpenAiChat from "../dialects/OpenAiChat.ts"
import * as Events from "../ledger/Events.ts"
import * as Access from "./Access.ts"
import * as Body from "./Body.ts"
import * as ErrorResponse from "./ErrorResponse.ts"
import { Gateway } from "./Gateway.ts"
import * as Strangers from "./Strangers.ts"

/** The endpoint of application events. */
export const layer = HttpRouter.use((router) =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const ledger = yield* Ledger
    yield* router.add(
      "POST",
      "/v1/events",
      Strangers.keptOut(gateway, (caller, id) =>
        Effect.gen(function* () {
          yield* gateway.callers.hear(caller)
          const incoming = NodeHttpServerRequest.toIncomingMessage(yield* HttpServerRequest) as IncomingMessage
          const text = yield* Body.read(incoming, gateway.current().config.server.maxBodySize, Effect.fromResult)
          const keys = { shown: Presented.keys(incoming), known: gateway.current().known }
          const body = Json.parse(text, Number.POSITIVE_INFINITY)
          return HttpServerResponse.jsonUnsafe(yield* Events.record(body, keys), { status: 202 })
        }).pipe(
          Effect.catchTags({
            CallerLimited: (reason) => Effect.succeed(limited(reason, id)),
            BodyRefused: (refused) => Effect.succeed(failed(refused.status, refused.message, null)),
            EventsRejected: (rejected) => Effect.succeed(failed(400, rejected.message, rejected.param))
          })
        )
      ).pipe(Effect.provideService(Ledger, ledger))
    )
  })
)

const limited = (reason: CallerLimited, id: string) => {
  const { facts, headers } = ErrorResponse.of(Access.refusal({ id, model: "" }, reason))
  return HttpServerResponse.jsonUnsafe(OpenAiChat.dialect.error(facts), { status: facts.status, headers })
}

const failed = (status: number, message: string, param: string | null) =>
  HttpServerResponse.jsonUnsafe(
    { error: { message, type: "invalid_request_error", param, code: "invalid_event" } },
    { status }
  )

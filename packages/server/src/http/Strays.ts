/**
 * What nobody answers: an address that is none (404), or one that is asked for in another way (405), said in the words of whoever seems to
 * ask, with what was probably meant.
 *
 * Every method but HEAD is taken: a HEAD that finds nothing of its own is answered as the GET of the same address, without its body.
 */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as CallId from "@orelse/core/domain/CallId"
import * as Nearest from "@orelse/core/domain/Nearest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { IncomingMessage } from "node:http"
import type { Endpoint } from "./openapi/Endpoints.ts"
import * as Strangers from "./Strangers.ts"

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"] as const

/** The last of all routes. */
export const layer = HttpRouter.use((router) =>
  Effect.forEach(methods, (method) => router.add(method, "/*", answer), { discard: true })
)

/** Loaded when somebody strays, so that the gateway starts without it. */
const endpoints = Effect.promise(() => import("./openapi/Endpoints.ts")).pipe(Effect.map((module) => module.endpoints))

const answer = Effect.gen(function* () {
  const incoming = NodeHttpServerRequest.toIncomingMessage(yield* HttpServerRequest) as IncomingMessage
  const callId = CallId.make(yield* Clock.currentTimeMillis)
  const { allowed, ...wrong } = of(incoming.method ?? "GET", incoming.url ?? "/", yield* endpoints)
  const orelse = { callId, reason: "RequestRejected", attempts: [] }
  return HttpServerResponse.jsonUnsafe(Strangers.dialectOf(incoming).error({ ...wrong, param: null, orelse }), {
    status: wrong.status,
    headers: { "x-orelse-call-id": callId, ...(allowed === "" ? {} : { allow: allowed }) }
  })
})

/** What is wrong with an address, and the methods that it allows (none where it is not there). */
export interface Wrong {
  readonly status: 404 | 405
  readonly code: "not_found" | "method_not_allowed"
  readonly message: string
  /** As the header `allow` lists them. */
  readonly allowed: string
}

/** Judges a request that no route took. */
export const of = (method: string, url: string, known: ReadonlyArray<Endpoint>): Wrong => {
  const path = url.replace(/\?.*$/s, "").slice(0, longest)
  const there = known.filter((endpoint) => patternOf(endpoint.path).test(path))
  if (there.length === 0)
    return { status: 404, code: "not_found", message: `No such endpoint: ${path}${meant(path, known)}`, allowed: "" }
  const names = [...new Set(there.map((endpoint) => endpoint.method.toUpperCase()))]
  return {
    status: 405,
    code: "method_not_allowed",
    message: `${path} takes ${names.join(" and ")}, not ${method}`,
    allowed: names.flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name])).join(", ")
  }
}

/** Characters of an address that are looked at and said again. */
const longest = 200

/** A model's name may hold slashes; `:generateContent` and its like are none of it. */
const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/\{model\}/g, "(?:(?!:[a-z]+[A-Z]).)+").replace(/\{\w+\}/g, "[^/]+")}$`)

/** A base URL with a `/v1` too many or too few is what most often leads here. */
const meant = (path: string, known: ReadonlyArray<Endpoint>): string => {
  const paths = known.map((endpoint) => endpoint.path)
  const whole = `/v1/${path
    .replace(/^\/+/, "")
    .replace(/^(?:v1\/+)+/, "")
    .replace(/\/+$/, "")}`
  const nearest = paths.includes(whole) ? whole : Nearest.of(path, paths)
  const found = known.find((endpoint) => endpoint.path === nearest)
  return found === undefined
    ? ". Orelse answers POST /v1/chat/completions, /v1/responses, /v1/embeddings, /v1/messages and /v1beta/models/{model}:generateContent, and GET /v1/models; GET /docs shows all"
    : `; did you mean ${found.method.toUpperCase()} ${found.path}? GET /docs shows all`
}

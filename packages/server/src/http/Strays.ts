/**
 * What no route takes: an address that is none (404) or cannot be read (400), or one that is asked for in another way (405), said in the
 * words of whoever seems to ask, with what was probably meant. And what no route may take: a request without a host, with several or with one
 * that is none (400), or with an expectation that nobody here meets (417).
 *
 * Routes are for methods and paths that somebody thought of. This stands around them all, so that every method and every address is
 * answered; a HEAD that finds nothing of its own is answered as the GET of the same address, without its body.
 */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as CallId from "@orelse/core/domain/CallId"
import * as Nearest from "@orelse/core/domain/Nearest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { IncomingMessage } from "node:http"
import * as Expectations from "./Expectations.ts"
import type { Endpoint } from "./openapi/Endpoints.ts"
import * as Reply from "./Reply.ts"
import * as Strangers from "./Strangers.ts"

/** Stands around all routes. */
export const layer = HttpRouter.use((router) =>
  router.addGlobalMiddleware((routed) => {
    const orStray = Effect.catchIf(routed, isStray, () =>
      HttpServerRequest.use((request) => stray(incomingOf(request)))
    )
    return HttpServerRequest.use((request) => {
      const incoming = incomingOf(request)
      const wrong = unfit(incoming)
      return wrong === undefined ? orStray : answer(incoming, wrong, { connection: "close" })
    })
  })
)

const incomingOf = (request: HttpServerRequest): IncomingMessage =>
  NodeHttpServerRequest.toIncomingMessage(request) as IncomingMessage

const isStray = (error: unknown): boolean =>
  HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound"

/** Loaded when somebody strays, so that the gateway starts without it. */
const endpoints = Effect.promise(() => import("./openapi/Endpoints.ts")).pipe(Effect.map((module) => module.endpoints))

const stray = (incoming: IncomingMessage) =>
  Effect.flatMap(endpoints, (known) => {
    const { allowed, ...wrong } = of(incoming.method ?? "GET", incoming.url ?? "/", known)
    return answer(incoming, wrong, allowed === "" ? {} : { allow: allowed })
  })

const answer = (incoming: IncomingMessage, wrong: Fault, headers: Readonly<Record<string, string>>) =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const callId = CallId.make(now)
    const orelse = { callId, reason: "RequestRejected", attempts: [] }
    const dialect = Strangers.dialectOf(incoming)
    return HttpServerResponse.jsonUnsafe(dialect.error({ ...wrong, param: null, orelse }), {
      status: wrong.status,
      headers: { ...Reply.named(dialect, callId), ...headers }
    })
  })

/** Why nobody answers a request as it was meant. */
interface Fault {
  readonly status: number
  readonly code: string
  readonly message: string
}

/**
 * What no request of HTTP/1.1 may lack, have twice or have malformed (RFC 9112, 3.2) or ask (RFC 9110, 10.1.1), whatever its address. It ends its connection: nobody
 * can know whether its body comes after this answer.
 */
const unfit = (incoming: IncomingMessage): Fault | undefined => {
  const { expect, host } = incoming.headers
  if (host === undefined && incoming.httpVersion === "1.1")
    return { status: 400, code: "missing_host", message: "A request over HTTP/1.1 needs the header host; send it" }
  if (hostsIn(incoming.rawHeaders) > 1)
    return {
      status: 400,
      code: "several_hosts",
      message: "A request has one header host, and here are several; send one"
    }
  if (host !== undefined && !hostPattern.test(host))
    return {
      status: 400,
      code: "malformed_host",
      message: "The header host is a name or an address, with a port or without; send one such as orelse.example:8080"
    }
  if (expect === undefined || !Expectations.isUnmet(incoming)) return undefined
  const message = `Of the header expect Orelse knows 100-continue, not "${expect.slice(0, 40)}"; leave it out`
  return { status: 417, code: "expectation_failed", message }
}

/** Of several, Node shows the first. */
const hostsIn = (raw: ReadonlyArray<string>): number => {
  let count = 0
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!
    if (name.length === 4 && name.toLowerCase() === "host") count += 1
  }
  return count
}

/** `uri-host [ ":" port ]` (RFC 9110, 7.2), and its host by RFC 3986, 3.2.2, with the zones of RFC 6874. */
const hostPattern = /^(?:\[[\w.:%~-]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i

/** What is wrong with an address, and the methods that it allows (none where it is not there). */
export interface Wrong extends Fault {
  readonly status: 400 | 404 | 405
  readonly code: "malformed_path" | "not_found" | "method_not_allowed"
  /** As the header `allow` lists them. */
  readonly allowed: string
}

/** Judges a request that no route took. */
export const of = (method: string, url: string, known: ReadonlyArray<Endpoint>): Wrong => {
  const whole = url.replace(/\?.*$/s, "")
  if (!isReadable(whole)) return { status: 400, code: "malformed_path", message: unreadable, allowed: "" }
  const path = whole.slice(0, longest)
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

const isReadable = (path: string): boolean => {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

const unreadable =
  'The path cannot be read: in it, "%" stands before two hexadecimal digits, and these are UTF-8; write "%" itself as %25'

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

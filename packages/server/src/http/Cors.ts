/**
 * CORS: off by default. With `server.cors`, pages of the listed origins may call from a browser; `*` is every origin.
 *
 * Nothing is ever said with credentials: callers send their key as a header. A preflight of another origin is answered like any
 * unknown request, so that nobody learns from it who may call.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http"

/** How long a browser may remember a preflight, in seconds. */
const maxAge = "600"

/** What the pages may read of an answer. */
const exposed =
  "x-orelse-call-id, x-request-id, request-id, x-orelse-provider, x-orelse-model, x-orelse-attempts, x-orelse-fell-back, x-orelse-duration-ms, x-orelse-overhead-ms, x-should-retry, retry-after, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens"

/** Adds the headers before the request is handled. `origins` is read anew for each request of a browser. */
export const answer = (server: Server, origins: () => ReadonlyArray<string>): void => {
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    const { origin } = request.headers
    if (origin === undefined) return
    const allowed = origins()
    if (allowed.length === 0) return
    response.setHeader("vary", "origin")
    if (!allowed.includes("*") && !allowed.includes(origin)) return
    response.setHeader("access-control-allow-origin", allowed.includes("*") ? "*" : origin)
    response.setHeader("access-control-expose-headers", exposed)
    if (request.method === "OPTIONS") preflight(request, response)
  })
}

/** A preflight is answered here; the router finds it answered. */
const preflight = (request: IncomingMessage, response: ServerResponse): void => {
  response.setHeader("access-control-allow-methods", "GET, POST")
  response.setHeader(
    "access-control-allow-headers",
    request.headers["access-control-request-headers"] ?? "authorization, content-type"
  )
  response.setHeader("access-control-max-age", maxAge)
  response.writeHead(204).end()
}

/**
 * Handlers that write to Node's response themselves, because bytes that pass through must not be touched.
 */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { IncomingMessage, ServerResponse } from "node:http"

/** A route's handler out of one over Node's request and response, and the fiber of both. It answers `written` when it is done. */
export const raw = <R>(
  handle: (
    request: IncomingMessage,
    response: ServerResponse,
    fiber: Fiber.Fiber<unknown, unknown>
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, never, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, R | HttpServerRequest> =>
  Effect.withFiber((fiber) => {
    const request = Context.getUnsafe(fiber.context, HttpServerRequest)
    return handle(
      NodeHttpServerRequest.toIncomingMessage(request) as IncomingMessage,
      NodeHttpServerRequest.toServerResponse(request) as ServerResponse,
      fiber
    )
  })

/** Nothing is left to write. */
export const written = Effect.succeed(HttpServerResponse.empty())

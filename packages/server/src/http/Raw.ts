/**
 * Handlers that write to Node's response themselves, because bytes that pass through must not be touched.
 */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { IncomingMessage, ServerResponse } from "node:http"

/** A route's handler out of one over Node's request and response. */
export const raw = <R>(
  handle: (request: IncomingMessage, response: ServerResponse) => Effect.Effect<void, never, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, R | HttpServerRequest> =>
  HttpServerRequest.use((request) =>
    Effect.as(
      handle(
        NodeHttpServerRequest.toIncomingMessage(request) as IncomingMessage,
        NodeHttpServerRequest.toServerResponse(request) as ServerResponse
      ),
      written
    )
  )

/** Nothing is left to write. */
const written = HttpServerResponse.empty()

/**
 * What callers of `POST /v1/messages` speak. The pieces are in `anthropic-messages/`.
 */
import * as Json from "@orelse/core/domain/Json"
import * as Answer from "./anthropic-messages/Answer.ts"
import * as Request from "./anthropic-messages/Request.ts"
import * as Writer from "./anthropic-messages/Writer.ts"
import type { Dialect, ErrorFacts } from "./Dialect.ts"

/** Anthropic's `type` of an error, by status (platform.claude.com "Errors", read 2026-11); others are `api_error` from 500 up, else `invalid_request_error`. */
const types: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error"
}

const error = (facts: ErrorFacts): Json.JsonObject => ({
  type: "error",
  error: Json.compact({
    type: types[facts.status] ?? (facts.status >= 500 ? "api_error" : "invalid_request_error"),
    message: facts.message,
    details: facts.details
  }),
  orelse: facts.orelse
})

/** The dialect. */
export const dialect: Dialect = {
  id: "anthropic-messages",
  callIdHeader: "request-id",
  request: Request.read,
  response: Answer.write,
  writer: Writer.make,
  error,
  errorEvent: (facts) => `event: error\ndata: ${JSON.stringify(error(facts))}\n\n`,
  comment: ": keep-alive\n\n",
  terminator: ""
}

/** How a count of tokens is said (`POST /v1/messages/count_tokens`). */
export const count = (tokens: number): Json.JsonObject => ({ input_tokens: tokens })

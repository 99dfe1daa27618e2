/**
 * What callers of `POST /v1/chat/completions` speak. The pieces are in `openai-chat/`.
 */
import type * as Json from "@orelse/core/domain/Json"
import type { Dialect, ErrorFacts } from "./Dialect.ts"
import * as Answer from "./openai-chat/Answer.ts"
import * as Embeddings from "./openai-chat/Embeddings.ts"
import * as Request from "./openai-chat/Request.ts"
import * as Writer from "./openai-chat/Writer.ts"

/** OpenAI's `type` of an error, by status; others are `server_error` from 500 up, else `invalid_request_error`. */
const types: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  429: "rate_limit_error"
}

const typeOf = (facts: ErrorFacts): string => {
  if (facts.code === "insufficient_quota") return "insufficient_quota"
  return types[facts.status] ?? (facts.status >= 500 ? "server_error" : "invalid_request_error")
}

const error = (facts: ErrorFacts): Json.JsonObject => ({
  error: { message: facts.message, type: typeOf(facts), param: facts.param, code: facts.code },
  orelse: facts.orelse
})

/** The dialect. */
export const dialect: Dialect = {
  id: "openai-chat",
  callIdHeader: "x-request-id",
  request: Request.read,
  response: Answer.write,
  writer: Writer.make,
  error,
  errorEvent: (facts) => `data: ${JSON.stringify(error(facts))}\n\n`,
  comment: ": keep-alive\n\n",
  terminator: "data: [DONE]\n\n",
  embeddings: { request: Embeddings.read, response: Embeddings.write }
}

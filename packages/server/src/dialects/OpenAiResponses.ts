/**
 * What callers of `POST /v1/responses` speak. The pieces are in `openai-responses/`.
 */
import type * as Json from "@orelse/core/domain/Json"
import type { Dialect, ErrorFacts } from "./Dialect.ts"
import * as Answer from "./openai-responses/Answer.ts"
import * as Body from "./openai-responses/Body.ts"
import * as Request from "./openai-responses/Request.ts"
import * as Writer from "./openai-responses/Writer.ts"
import * as OpenAiChat from "./OpenAiChat.ts"

/** Of a stream whose bytes pass through nobody has counted the events. */
const errorEvent = (facts: ErrorFacts): string =>
  `event: error\ndata: ${JSON.stringify({ type: "error", sequence_number: 0, ...Body.error(facts) } satisfies Json.JsonObject)}\n\n`

/** The dialect. */
export const dialect: Dialect = {
  id: "openai-responses",
  request: Request.read,
  response: Answer.write,
  writer: Writer.make,
  error: OpenAiChat.dialect.error,
  errorEvent,
  comment: ": keep-alive\n\n",
  terminator: ""
}

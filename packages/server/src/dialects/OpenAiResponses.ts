/**
 * What callers of `POST /v1/responses` speak. The pieces are in `openai-responses/`.
 */
import type { Dialect } from "./Dialect.ts"
import * as Answer from "./openai-responses/Answer.ts"
import * as Body from "./openai-responses/Body.ts"
import * as Event from "./openai-responses/Event.ts"
import * as Follower from "./openai-responses/Follower.ts"
import * as Request from "./openai-responses/Request.ts"
import * as Writer from "./openai-responses/Writer.ts"
import * as OpenAiChat from "./OpenAiChat.ts"

/** The dialect. */
export const dialect: Dialect = {
  id: "openai-responses",
  callIdHeader: "x-request-id",
  request: Request.read,
  response: Answer.write,
  writer: Writer.make,
  follow: Follower.make,
  error: OpenAiChat.dialect.error,
  errorEvent: (facts) => Event.write("error", 0, Body.errorFields(facts)),
  comment: ": keep-alive\n\n",
  terminator: ""
}

/**
 * What callers of `POST /v1beta/models/{model}:generateContent` and its sisters speak. The pieces are in `gemini/`.
 *
 * One dialect, in the shapes that its addresses ask for: a stream as events or as an array, vectors of one content or of a batch.
 */
import type * as Json from "@orelse/core/domain/Json"
import type { Dialect, ErrorFacts } from "./Dialect.ts"
import * as Answer from "./gemini/Answer.ts"
import * as Embeddings from "./gemini/Embeddings.ts"
import * as Reframe from "./gemini/Reframe.ts"
import * as Request from "./gemini/Request.ts"
import * as TokenCount from "./gemini/TokenCount.ts"
import * as Writer from "./gemini/Writer.ts"

/** Google's `status` of an error, by HTTP status (cloud.google.com "google.rpc.Code", read 2026-11); others are `INTERNAL` from 500 up, else `INVALID_ARGUMENT`. */
const statuses: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED"
}

const error = (facts: ErrorFacts): Json.JsonObject => ({
  error: {
    code: facts.status,
    message: facts.message,
    status: statuses[facts.status] ?? (facts.status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT")
  },
  orelse: facts.orelse
})

/** The dialect; its streams are events, its vectors those of a batch. */
export const dialect: Dialect = {
  id: "gemini",
  request: Request.read,
  response: Answer.write,
  writer: Writer.make,
  error,
  errorEvent: (facts) => `data: ${JSON.stringify(error(facts))}\n\n`,
  comment: ": keep-alive\n\n",
  terminator: "",
  reframe: Reframe.toEvents,
  embeddings: { request: Embeddings.readBatch, response: Embeddings.writeBatch }
}

/** With streams as one JSON array, as Google gives them without `alt=sse`. White space keeps it awake. */
export const array: Dialect = {
  ...dialect,
  comment: "\n",
  contentType: "application/json; charset=utf-8",
  reframe: Reframe.toArray
}

/** With the vector of one content. */
export const single: Dialect = {
  ...dialect,
  embeddings: { request: Embeddings.readOne, response: Embeddings.writeOne }
}

/** Of a request whose tokens are to be counted. */
export const counting: Dialect = { ...dialect, request: TokenCount.request }

/** How a count is said. */
export const count = TokenCount.answer

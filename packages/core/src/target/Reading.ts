/**
 * What a provider answered, looked at before its attempt counts as answered: whether it is what its call asked for, and whether it can be
 * read. An answer that is none is a failure of its attempt, so that another target is asked.
 *
 * Bytes that go to the caller as they came are read by nobody.
 */
import type { Answer, Whole } from "../domain/Answer.ts"
import { AttemptError } from "../domain/AttemptError.ts"
import type { Call } from "../domain/Call.ts"
import { EmptyResponse, MalformedResponse, type Reason } from "../domain/Reason.ts"
import * as Failure from "../provider/Failure.ts"
import * as HttpAttempt from "../provider/HttpAttempt.ts"
import * as Vectors from "../provider/protocols/Vectors.ts"
import type { OpenAttempt } from "./OpenAttempt.ts"

/**
 * The answer, read where its caller will want that; or why it is none to this call. Throws what the provider's program throws.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const of = ({ key, state: { call }, trace }: OpenAttempt, answer: Answer): Answer | AttemptError => {
  // Paid for, whatever becomes of it.
  if (answer._tag === "Whole") trace.usage = answer.usage
  const failed = (reason: Reason) => new AttemptError({ reason, ...key })
  const message = mismatch(call, answer)
  if (message !== undefined) return failed(new MalformedResponse({ message }))
  if (answer._tag === "Streaming" || goesAsItCame(call, answer)) return answer
  const whole = read(call, answer)
  const reason = whole.bytes === undefined ? shortcoming(call, whole) : undefined
  return reason === undefined ? whole : failed(reason)
}

const mismatch = (call: Call, answer: Answer): string | undefined => {
  if (answer._tag === "Streaming")
    return call.stream && call.operation === "chat" ? undefined : "it answered with a stream that was not asked for"
  return call.operation === "embeddings" && answer.embeddings === undefined ? "it answered without vectors" : undefined
}

/** What is missing in an answer in process; over HTTP its exchange has looked. */
const shortcoming = (call: Call, { embeddings, finishReason, response }: Whole): Reason | undefined => {
  if (call.operation === "embeddings") {
    const message = embeddings && Vectors.miscount(call, embeddings())
    return message === undefined ? undefined : new MalformedResponse({ message })
  }
  const { content, finishReason: end = finishReason, rawFinishReason } = response()
  if (content.length > 0 || (end !== undefined && end !== "error")) return undefined
  return end === undefined
    ? new EmptyResponse({ message: "the answer holds neither content nor a finish reason" })
    : Failure.unanswered(rawFinishReason)
}

const goesAsItCame = ({ dialect, isWrittenAnew }: Call, { bytes, protocol }: Whole): boolean =>
  bytes !== undefined &&
  isWrittenAnew !== true &&
  protocol !== "library" &&
  HttpAttempt.passesThrough(protocol, dialect)

const read = ({ operation }: Call, answer: Whole): Whole => {
  if (operation === "embeddings") {
    const vectors = answer.embeddings?.()
    return { ...answer, embeddings: vectors && (() => vectors) }
  }
  const response = answer.response()
  return { ...answer, response: () => response }
}

/**
 * What a provider answered, looked at before its attempt counts as answered: whether it is what its call asked for, and whether it can be
 * read. An answer that is none is a failure of its attempt, so that another target is asked.
 *
 * Bytes that go to the caller as they came are read by nobody.
 */
import type { Answer, Whole } from "../domain/Answer.ts"
import { AttemptError } from "../domain/AttemptError.ts"
import type { Call } from "../domain/Call.ts"
import { MalformedResponse } from "../domain/Reason.ts"
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
  const malformed = (message: string) => new AttemptError({ reason: new MalformedResponse({ message }), ...key })
  const message = mismatch(call, answer)
  if (message !== undefined) return malformed(message)
  if (answer._tag === "Streaming" || goesAsItCame(call, answer)) return answer
  const whole = read(call, answer)
  const miscount = miscounted(call, whole)
  return miscount === undefined ? whole : malformed(miscount)
}

const mismatch = (call: Call, answer: Answer): string | undefined => {
  if (answer._tag === "Streaming")
    return call.stream && call.operation === "chat" ? undefined : "it answered with a stream that was not asked for"
  return call.operation === "embeddings" && answer.embeddings === undefined ? "it answered without vectors" : undefined
}

/** Those that came over HTTP were counted there. */
const miscounted = (call: Call, { bytes, embeddings }: Whole): string | undefined =>
  bytes === undefined && call.operation === "embeddings" && embeddings !== undefined
    ? Vectors.miscount(call, embeddings())
    : undefined

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

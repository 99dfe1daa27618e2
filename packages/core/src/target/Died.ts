/**
 * A provider whose program broke in an attempt (it threw, or died of a defect): the attempt has failed for no known reason, and what
 * comes after it is what comes after any such failure. The place is told in the log; the words are redacted as a provider's answer is.
 *
 * What breaks elsewhere (a store, a limiter) is not the provider's, and ends the call. Whoever a stream is written to runs within it, and is
 * told apart by where it threw (`noting`): that is its own defect.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Sink } from "../domain/Answer.ts"
import { AttemptError } from "../domain/AttemptError.ts"
import * as Defect from "../domain/Defect.ts"
import { StreamInterrupted, UnknownFailure } from "../domain/Reason.ts"
import * as Redaction from "../domain/Redaction.ts"
import * as Echo from "../provider/Echo.ts"
import type { OpenAttempt } from "./OpenAttempt.ts"

/** What a table may name it by. @stability experimental @category constants @since 0.1.0 */
export const code = "defect"

/**
 * The failure of an attempt whose provider was asked and broke, once it is told; `undefined` where that was not the end of it.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const failure = (
  { credential, key, request, state, wasAsked }: OpenAttempt,
  cause: Cause.Cause<unknown>
): Effect.Effect<AttemptError> | undefined => {
  if (!wasAsked || Cause.hasInterrupts(cause)) return undefined
  const defect = Cause.findDefect(cause)
  if (Result.isFailure(defect)) return undefined
  const { call } = state
  const bare = new UnknownFailure({ message: Redaction.redact(Defect.words(defect.success)), providerCode: code })
  const said = Echo.without(bare, Echo.sent({ call, credential, request }, {})).message
  const message = `the provider's own program failed: ${said}; the log says where`
  const error = new AttemptError({ reason: new UnknownFailure({ message, providerCode: code }), ...key })
  const told = `The program of provider ${key.provider} failed in call ${call.id}: ${said}`
  return Effect.as(Effect.logError(told, Defect.where(defect.success)), error)
}

/** The sink, which tells before it passes on what its writer throws. @stability experimental @category combinators @since 0.1.0 */
export const noting = (sink: Sink, onThrow: () => void): Sink => {
  const noted =
    <A>(write: (more: A) => boolean) =>
    (more: A): boolean => {
      try {
        return write(more)
      } catch (thrown) {
        onThrow()
        throw thrown
      }
    }
  return sink.wants === "bytes"
    ? { wants: "bytes", write: noted((more) => sink.write(more)), onReady: (resume) => sink.onReady(resume) }
    : { wants: "parts", write: noted((more) => sink.write(more)), onReady: (resume) => sink.onReady(resume) }
}

/** The same failure of a stream that had begun: nothing comes after it. @stability experimental @category conversions @since 0.1.0 */
export const amid = ({ credential, model, provider, reason: { message } }: AttemptError): AttemptError => {
  const reason = new StreamInterrupted({ message, contentSent: true, providerCode: code })
  return new AttemptError({ reason, provider, model, credential })
}

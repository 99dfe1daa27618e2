/**
 * A provider whose program broke in an attempt (it threw, died of a defect, or was interrupted by itself or by what it waited for): the
 * attempt has failed for no known reason, and what comes after it is what comes after any such failure. The place of a defect is told in
 * the log; the words are redacted as a provider's answer is.
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
import type { Request } from "../domain/Request.ts"
import * as Echo from "../provider/Echo.ts"
import type { Credential } from "../provider/Provider.ts"
import type { CallState } from "./CallState.ts"
import type { Key } from "./Health.ts"

/** What a table may name it by. @stability experimental @category constants @since 0.1.0 */
export const code = "defect"

/** An attempt whose provider may have broken. @stability experimental @category models @since 0.1.0 */
export interface Asked {
  readonly credential: Credential
  readonly key: Key
  readonly request: Request | undefined
  readonly state: Pick<CallState, "call" | "over">
  /** From then on what breaks is the provider's. */
  readonly wasAsked: boolean
}

/**
 * The failure of an attempt whose provider was asked and broke, once it is told; `undefined` where that was not the end of it. What a call
 * leaves behind that is over is interrupted, and not broken.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const failure = (open: Asked, cause: Cause.Cause<unknown>): Effect.Effect<AttemptError> | undefined => {
  if (!open.wasAsked) return undefined
  const defect = brokenBy(cause)
  const wasInterrupted = Cause.hasInterrupts(cause)
  if (Result.isFailure(defect) && !wasInterrupted) return undefined
  if (!wasInterrupted) return told(open, defect)
  // Whoever was interrupted where that is held off is so here.
  return open.state.over === undefined
    ? Effect.andThen(Effect.interruptible(Effect.void), told(open, defect))
    : undefined
}

/** A failure that is no `AttemptError`, which types rule out, is a defect like any other. */
const brokenBy = (cause: Cause.Cause<unknown>): Defected => {
  const defect = Cause.findDefect(cause)
  const foreign = Result.isFailure(defect) ? cause.reasons.find(Cause.isFailReason) : undefined
  return foreign === undefined ? defect : Result.succeed(foreign.error)
}

const told = (open: Asked, defect: Defected): Effect.Effect<AttemptError> => {
  const said = saidOf(open, defect)
  const message = `the provider's own program failed: ${said}${Result.isSuccess(defect) ? "; the log says where" : ""}`
  const error = new AttemptError({ reason: new UnknownFailure({ message, providerCode: code }), ...open.key })
  return Effect.as(tell(open, "failed", said, defect), error)
}

/**
 * What an attempt leaves to its scope: where that breaks it is told, and takes nothing away, neither the answer nor the next attempt.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const cleaning = (open: Asked, closing: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.catchCause(closing, (cause) => {
    const defect = Cause.findDefect(cause)
    return tell(open, "failed as it cleaned up", saidOf(open, defect), defect)
  })

/** Where there is no defect it was interrupted. */
type Defected = Result.Result<unknown, unknown>

const saidOf = ({ credential, request, state: { call } }: Asked, defect: Defected): string => {
  if (Result.isFailure(defect)) return "it was interrupted, and not by its caller"
  const bare = new UnknownFailure({ message: Redaction.redact(Defect.words(defect.success)), providerCode: code })
  return Echo.without(bare, Echo.sent({ call, credential, request }, {})).message
}

/** Of an interruption no place is known. */
const tell = ({ key, state }: Asked, what: string, said: string, defect: Defected): Effect.Effect<void> =>
  Effect.logError(
    `The program of provider ${key.provider} ${what} in call ${state.call.id}: ${said}`,
    ...(Result.isSuccess(defect) ? [Defect.where(defect.success)] : [])
  )

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

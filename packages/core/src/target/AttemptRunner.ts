/**
 * One attempt under its guards. The guard order is written here and nowhere else, outer to inner:
 *
 *   health   before anything is taken: a parked target costs nothing (a half-open probe is taken by one call)
 *   permits  rate and concurrency, held until the stream ends, so that what is open is what is counted
 *   clocks   connect, first content, idle, total: they measure the provider, not our own queue
 *   attempt  exactly one exchange
 *
 * Retries stand outside (`TargetRunner.ts`), fallback one floor up (`route/`). Every attempt is recorded once, however it ends: one that
 * its call does not outlive, with the call (`OpenAttempt.outlived`).
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Scope from "effect/Scope"
import type { Answer, Sink, Streaming } from "../domain/Answer.ts"
import { AttemptError } from "../domain/AttemptError.ts"
import * as Elapsed from "../domain/Elapsed.ts"
import * as InTurn from "../domain/InTurn.ts"
import { type LimitReached, TimedOut, type Phase } from "../domain/Reason.ts"
import * as Expiry from "../provider/Expiry.ts"
import type { Input, Limits as LimitsConfig } from "../provider/Provider.ts"
import * as CallState from "./CallState.ts"
import type { Answered, Course } from "./CallState.ts"
import * as Died from "./Died.ts"
import type { Key } from "./Health.ts"
import { Heard } from "./Heard.ts"
import type { Permit } from "./Limits.ts"
import { OpenAttempt, type Target } from "./OpenAttempt.ts"
import * as Reading from "./Reading.ts"
import * as Record from "./Record.ts"
import * as Times from "./Times.ts"
import * as Unreadable from "./Unreadable.ts"

/**
 * Runs one attempt: it begins at the call, which is `now`. For a stream the effect ends at the commit, and the attempt ends with the
 * stream. What it holds is held until `state.attempt` is released. `onFailure` puts its end on record.
 *
 * @stability experimental
 * @category running
 * @since 0.1.0
 */
export const run = <T extends Target>(target: T, now: number, onFailure: OnFailure<T>): Course => {
  const open = begin(target, now)
  const attempt = InTurn.after(Record.append(open.engine, open.state, started(open)), () => guarded(open))
  // An interruption of whoever runs it passes these by.
  return Effect.matchCauseEffect(attempt, {
    onSuccess: (answer) => {
      let read: Answer | AttemptError
      try {
        read = Reading.of(open, answer)
      } catch (defect) {
        return ended(target, open, onFailure, Cause.die(defect))
      }
      return read._tag === "AttemptError" ? ended(target, open, onFailure, Cause.fail(read)) : succeeded(open, read)
    },
    onFailure: (cause) => ended(target, open, onFailure, cause)
  })
}

type OnFailure<T> = (target: T, open: OpenAttempt, error: AttemptError) => Course

/** It gave no answer: it failed, or broke, or its call is over. */
const ended = <T extends Target>(
  target: T,
  open: OpenAttempt,
  onFailure: OnFailure<T>,
  cause: Cause.Cause<AttemptError>
): Course => {
  open.alarm?.cancel()
  if (!Cause.hasInterrupts(cause)) open.outcome = "failed"
  const failed = (error: AttemptError): Course => {
    if (isUnsent(error)) for (const budget of target.frame.budgets) budget.left += 1
    open.outcome = "failed"
    open.error = error
    return onFailure(target, open, error)
  }
  const error = failureOf(cause)
  if (error !== undefined) return failed(error)
  const died = Died.failure(open, cause)
  return died === undefined ? Effect.failCause(cause as Cause.Cause<never>) : Effect.flatMap(died, failed)
}

const begin = (target: Target, now: number): OpenAttempt => {
  const open = new OpenAttempt(target, now)
  const { engine, frame, state } = open
  state.attempt = open
  state.begun += 1
  state.first ??= open.key
  state.waitedMs = 0
  if (frame.policy.health) open.endProbe = engine.health.begin(open.key, now)
  for (const budget of frame.budgets) budget.left -= 1
  if (state.over !== undefined) Scope.closeUnsafe(open.scope, state.over)
  state.enter(open.scope)
  return open
}

/**
 * Our own limits said no, or a feature that the target cannot take was found before anything was sent: nobody was asked, so no budget pays
 * for it.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const isUnsent = ({ reason }: AttemptError): boolean =>
  reason._tag === "LimitReached" || (reason._tag === "Unsupported" && reason.status === undefined)

const started = ({ key, ordinal, startedAt, state, waitedBeforeMs }: OpenAttempt) =>
  ({
    _tag: "AttemptStart",
    callId: state.call.id,
    ordinal,
    provider: key.provider,
    model: key.model,
    credential: key.credential,
    startedAt,
    waitedBeforeMs
  }) as const

/** Permits, then clocks, then the attempt. */
const guarded = (open: OpenAttempt): Effect.Effect<Answer, AttemptError> => {
  const now = Elapsed.millis(open.engine.clock)
  const { limits } = open.provider
  if (limits === undefined) return clocked(open, now)
  const acquired = acquire(open, limits, now)
  open.permit = InTurn.atHand(acquired)
  if (open.permit !== undefined && open.state.over === undefined) return clocked(open, now)
  return Effect.flatMap(permitted(open, acquired), () => clocked(open, Elapsed.millis(open.engine.clock)))
}

const acquire = ({ engine, key, state }: OpenAttempt, limits: LimitsConfig, now: number) => {
  // A call larger than the whole limit is let in while nothing else is.
  const tokens = limits.tokens === undefined ? 0 : Math.min(engine.estimateTokens(state.call), limits.tokens.limit)
  return engine.limits.acquire(`${key.provider}/${key.credential}`, limits, tokens, now)
}

/** Waits for the permit; a call that is over meanwhile gives it back at once. */
const permitted = (
  open: OpenAttempt,
  acquired: Effect.Effect<Permit, LimitReached>
): Effect.Effect<void, AttemptError> => {
  const { key, state } = open
  const held = Effect.mapBoth(acquired, {
    onFailure: (reason) => new AttemptError({ reason, ...key }),
    onSuccess: (permit) => {
      open.permit = permit
    }
  })
  return Effect.flatMap(InTurn.taken(held), () => (state.over === undefined ? Effect.void : open.release(state.over)))
}

/** First content within its clock, within the total, and within what is left of the call, from `now` on. */
const clocked = (open: OpenAttempt, now: number): Effect.Effect<Answer, AttemptError> => {
  const { engine, expiry, frame, key, provider } = open
  const { connect, firstContent, phase } = Times.of(provider, frame.policy.timeouts)
  open.askedAt = now
  const left = frame.deadlineAt - now
  if (left <= 0) return tooLate(open)
  const isHurried = left < firstContent
  const ms = Math.min(firstContent, left)
  const late = () => {
    open.wasHurried = isHurried && frame.deadlineAt === frame.callersDeadlineAt
    expiry.expire(timedOut(key, isHurried ? "total" : phase, ms))
  }
  open.alarm = engine.alarms.set(ms, late, now)
  const attempt = ask(open, {
    call: open.state.call,
    model: key.model,
    credential: open.credential,
    request: open.request,
    connectTimeout: connect,
    commit: frame.policy.commit,
    trace: open.trace,
    expiry,
    alarms: engine.alarms
  })
  return ending(open, attempt)
}

/** A place under a limit, or on the record, took all the time that was left: nobody is asked, and health learns nothing of it. */
const tooLate = (open: OpenAttempt): Effect.Effect<never, AttemptError> => {
  open.wasHurried = true
  const message = "its time was up before it could be asked"
  return Effect.fail(new AttemptError({ reason: new TimedOut({ phase: "total", message }), ...open.key }))
}

/** A provider is somebody's program, which may throw instead of giving an effect. */
const ask = (open: OpenAttempt, input: Input): Effect.Effect<Answer, AttemptError> => {
  open.wasAsked = true
  try {
    // `state.enter` has given it its scope.
    return open.provider.attempt(input) as Effect.Effect<Answer, AttemptError>
  } catch (defect) {
    return Effect.die(defect)
  }
}

/** What ends when the attempt's time is up. */
const ending = <A>({ expiry, provider }: OpenAttempt, effect: Effect.Effect<A, AttemptError>) =>
  provider.listens === true ? effect : Expiry.interrupting(effect, expiry)

const succeeded = (open: OpenAttempt, answer: Answer): Effect.Effect<Answered> => {
  const { engine, state, trace } = open
  open.alarm?.cancel()
  state.served = open.key
  const now = engine.clock.currentTimeMillisUnsafe()
  state.firstContentMs = Math.max(0, now - state.startedAt)
  trace.firstContentMs ??= Elapsed.millis(engine.clock) - open.askedAt
  if (answer._tag === "Whole") {
    trace.finishReason = answer.finishReason
    const ended = open.end("answered", undefined, undefined, now)
    return InTurn.after(ended, () => Effect.succeed(CallState.answered(state, answer)))
  }
  // What it was to find out is known; that all is well is known at its end.
  open.endProbe?.()
  open.endProbe = undefined
  return Effect.succeed(CallState.answered(state, watch(open, answer)))
}

/** The stream after its commit: idle and total clocks, and the record of how it ended. */
const watch = (open: OpenAttempt, stream: Streaming): Streaming => {
  const { engine, expiry, key, state } = open
  const { idle, total } = Times.of(open.provider, open.frame.policy.timeouts)
  const endsAt = open.askedAt + total
  /** Until then nothing is asked of the provider. */
  let readAt: number | undefined
  const listen = (): void => {
    const now = Elapsed.millis(engine.clock)
    const quiet = Math.max(readAt ?? now, stream.lastContentAt()) + idle
    if (now >= endsAt) expiry.expire(timedOut(key, "total", total))
    else if (now >= quiet) expiry.expire(timedOut(key, "idle", idle))
    else open.alarm = engine.alarms.set(Math.ceil(Math.min(quiet, endsAt) - now), listen, now)
  }
  // Whoever reads it elsewhere would wait for what nobody sends any more.
  open.onOutlived = () => expiry.expire(Unreadable.make(key, Unreadable.scopeClosed, readAt !== undefined))
  return {
    ...stream,
    run: (sink: Sink) =>
      Effect.suspend(() => {
        const why =
          readAt === undefined ? (state.over === undefined ? undefined : Unreadable.scopeClosed) : Unreadable.readBefore
        if (why !== undefined) return Effect.fail(Unreadable.make(key, why, readAt !== undefined))
        readAt = Elapsed.millis(engine.clock)
        let readerThrew = false
        const asked = Effect.suspend(() => {
          listen()
          // One that listens fails its attempt itself, whoever throws and whatever it holds.
          if (open.provider.listens === true) return stream.run(sink)
          const heard = new Heard(open)
          const noted = heard.over(Died.noting(sink, () => (readerThrew = true)))
          return Effect.andThen(stream.run(noted), heard.ended)
        })
        const read = Effect.catchCause(ending(open, asked), (cause) =>
          readerThrew ? Effect.failCause(cause) : broken(open, cause)
        )
        return Effect.onExit(read, (exit) => endStream(open, exit, readerThrew))
      })
  }
}

/** What its reader is told of a stream that broke in the provider's own program, or of whose exchange nothing is left. */
const broken = (open: OpenAttempt, cause: Cause.Cause<AttemptError>): Effect.Effect<never, AttemptError> => {
  const died = failureOf(cause) === undefined ? Died.failure(open, cause) : undefined
  if (died !== undefined) return Effect.flatMap(died, (error) => Effect.fail(Died.amid(error)))
  if (open.state.over === undefined || !Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
  const ended = Effect.andThen(Effect.interruptible(Effect.void), open.end("cancelled"))
  return Effect.andThen(ended, Effect.fail(Unreadable.make(open.key, Unreadable.scopeClosed, true)))
}

/** Ends the attempt with its stream, as that went. A reader that threw has left. */
const endStream = (open: OpenAttempt, exit: Exit.Exit<void, AttemptError>, readerThrew: boolean) => {
  open.alarm?.cancel()
  Record.waitNoMore(open.state)
  if (Exit.isSuccess(exit)) return open.end("answered")
  const error = failureOf(exit.cause)
  const wasLeft = error === undefined && (readerThrew || Exit.hasInterrupts(exit))
  return open.end(wasLeft ? "cancelled" : "failed", error, error && "abort")
}

const failureOf = (cause: Cause.Cause<AttemptError>): AttemptError | undefined => {
  const error: unknown = cause.reasons.find(Cause.isFailReason)?.error
  return Predicate.isTagged(error, "AttemptError") ? (error as AttemptError) : undefined
}

const words: { readonly [P in Phase]: string } = {
  connect: "no connection",
  firstContent: "no content",
  idle: "no further content",
  total: "not finished"
}

const timedOut = (key: Key, phase: Phase, ms: number) =>
  new AttemptError({
    reason: new TimedOut({ phase, message: `${words[phase]} within ${Math.max(0, Math.round(ms))} ms` }),
    ...key
  })

/**
 * One attempt under its guards. The guard order is written here and nowhere else, outer to inner:
 *
 *   health   before anything is taken: a parked target costs nothing (a half-open probe is taken by one call)
 *   permits  rate and concurrency, held until the stream ends, so that what is open is what is counted
 *   clocks   connect, first content, idle, total: they measure the provider, not our own queue
 *   attempt  exactly one exchange
 *
 * Retries stand outside (`TargetRunner.ts`), fallback one floor up (`route/`). Every attempt is recorded once, however it ends: one that
 * its call does not outlive, with the call (`CallState.unended`).
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { Alarm } from "../domain/Alarms.ts"
import * as Elapsed from "../domain/Elapsed.ts"
import type { Answer, Sink, Streaming } from "../domain/Answer.ts"
import type { Attempt, NextAction } from "../domain/Attempt.ts"
import { AttemptError } from "../domain/AttemptError.ts"
import * as InTurn from "../domain/InTurn.ts"
import { retryAfterOf, StreamInterrupted, TimedOut, type Phase } from "../domain/Reason.ts"
import type { Request } from "../domain/Request.ts"
import type { Usage } from "../domain/Usage.ts"
import type { Clocks, RetryPolicy } from "../policy/RetryPolicy.ts"
import * as Expiry from "../provider/Expiry.ts"
import type { Credential, Input, Limits as LimitsConfig, Provider, Trace } from "../provider/Provider.ts"
import type { CallState, Frame } from "./CallState.ts"
import * as Delivered from "./Delivered.ts"
import type { Engine } from "./Engine.ts"
import type { Permit } from "./Limits.ts"

/** What is attempted. @stability experimental @category models @since 0.1.0 */
export interface Target {
  readonly provider: Provider
  readonly model: string
  readonly credential: Credential
  /** The mended request; absent while no repair applied. */
  readonly request: Request | undefined
}

/** An attempt under way: enough to record its end once. @stability experimental @category models @since 0.1.0 */
interface Open {
  readonly target: Target
  readonly ordinal: number
  readonly startedAt: number
  /** When its provider was asked, in elapsed time: no limiter's wait is the provider's. */
  askedAt: number
  readonly waitedBeforeMs: number
  readonly trace: Trace
  readonly policy: RetryPolicy
  readonly expiry: Expiry.Expiry
  /** The next time that must not pass. */
  alarm: Alarm | undefined
  /** Of what the provider opens for it. */
  readonly scope: Scope.Closeable
  permit: Permit | undefined
  /** Where it is the half-open probe of something. */
  endProbe: (() => void) | undefined
  /** It was given up because its caller wanted to wait no longer. */
  wasHurried: boolean
  ended: boolean
}

/** A failed attempt, not yet on record: `end` records it with what the policy does next. @stability experimental @category models @since 0.1.0 */
export interface Failed {
  readonly error: AttemptError
  readonly end: (action: NextAction) => Effect.Effect<void>
}

/**
 * Runs one attempt: it begins at the call, which is `now`. For a stream the effect ends at the commit, and the attempt ends with the
 * stream. What it holds is held until `state.release`.
 *
 * @stability experimental
 * @category running
 * @since 0.1.0
 */
export const run = <E>(
  engine: Engine,
  target: Target,
  frame: Frame,
  state: CallState,
  now: number,
  onFailure: (failed: Failed) => Effect.Effect<Answer, E>
): Effect.Effect<Answer, E> => {
  const open = begin(engine, target, state, frame.policy, now)
  if (frame.policy.health) open.endProbe = engine.health.begin(named(target), open.startedAt)
  for (const budget of frame.budgets) budget.left -= 1
  if (state.over !== undefined) Scope.closeUnsafe(open.scope, state.over)
  const recorded = engine.recorder.append(started(state, open))
  const attempt = Effect.flatMapEager(recorded, () => guarded(engine, target, frame, state, open))
  // Interruption passes these by.
  return Effect.matchCauseEffect(Effect.provideService(attempt, Scope.Scope, open.scope), {
    onSuccess: (answer) => succeeded(engine, state, frame, open, answer),
    onFailure: (cause) => {
      open.alarm?.cancel()
      const error = failureOf(cause)
      if (error === undefined) {
        if (!Cause.hasInterrupts(cause)) state.unended = () => end(engine, state, open, "failed", undefined, undefined)
        return Effect.failCause(cause as Cause.Cause<never>)
      }
      if (isUnsent(error)) for (const budget of frame.budgets) budget.left += 1
      const ended = (action: NextAction) => end(engine, state, open, "failed", error, action)
      state.unended = () => ended("abort")
      return onFailure({ error, end: ended })
    }
  })
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

const started = (state: CallState, { ordinal, startedAt, target, waitedBeforeMs }: Open) =>
  ({
    _tag: "AttemptStart",
    callId: state.call.id,
    ordinal,
    provider: target.provider.id,
    model: target.model,
    credential: target.credential.name,
    startedAt,
    waitedBeforeMs
  }) as const

/** Permits, then clocks, then the attempt. */
const guarded = (
  engine: Engine,
  target: Target,
  frame: Frame,
  state: CallState,
  open: Open
): Effect.Effect<Answer, AttemptError, Scope.Scope> => {
  const clocks = clocksOf(target.provider, frame)
  const input: Input = {
    call: state.call,
    model: target.model,
    credential: target.credential,
    request: target.request,
    connectTimeout: clocks.connect,
    commit: frame.policy.commit,
    trace: open.trace,
    expiry: open.expiry,
    alarms: engine.alarms
  }
  const limits = target.provider.limits
  const clocked = () => withClocks(engine, input, clocks, frame, open)
  if (limits === undefined) return clocked()
  return Effect.flatMapEager(permitted(engine, limits, state, open), () =>
    state.over === undefined ? clocked() : Effect.flatMap(release(open, state.over), clocked)
  )
}

/** Takes the permit. */
const permitted = (
  engine: Engine,
  limits: LimitsConfig,
  state: CallState,
  open: Open
): Effect.Effect<void, AttemptError> => {
  const { target } = open
  const key = `${target.provider.id}/${target.credential.name}`
  // A call larger than the whole limit is let in while nothing else is.
  const tokens = limits.tokens === undefined ? 0 : Math.min(engine.estimateTokens(state.call), limits.tokens.limit)
  return InTurn.taken(
    Effect.mapBothEager(engine.limits.acquire(key, limits, tokens), {
      onFailure: (reason) => new AttemptError({ reason, ...named(target) }),
      onSuccess: (permit) => {
        open.permit = permit
      }
    })
  )
}

/** Gives back what it holds. */
const release = (open: Open, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> => {
  const closed = Scope.closeUnsafe(open.scope, exit)
  const { permit } = open
  open.permit = undefined
  return InTurn.andThen(closed, () => permit?.release() ?? Effect.void)
}

/** First content within its clock, within the total, and within what is left of the call. */
const withClocks = (
  engine: Engine,
  input: Input,
  clocks: Clocks,
  frame: Frame,
  open: Open
): Effect.Effect<Answer, AttemptError, Scope.Scope> => {
  const firstContent = Math.min(Duration.toMillis(clocks.firstContent), Duration.toMillis(clocks.total))
  const isTotal = Duration.isLessThanOrEqualTo(clocks.total, clocks.firstContent)
  const now = Elapsed.millis(engine.clock)
  open.askedAt = now
  const left = frame.deadlineAt - now
  const phase: Phase = left < firstContent || isTotal ? "total" : "firstContent"
  const ms = Math.max(0, Math.min(firstContent, left))
  const late = () => {
    open.wasHurried = left < firstContent && frame.deadlineAt === frame.callersDeadlineAt
    open.expiry.expire(timedOut(open.target, phase, ms))
  }
  open.alarm = engine.alarms.set(ms, late, now)
  return ending(open, open.target.provider.attempt(input))
}

/** What ends when the attempt's time is up. */
const ending = <A, R>(open: Open, effect: Effect.Effect<A, AttemptError, R>): Effect.Effect<A, AttemptError, R> =>
  open.target.provider.listens === true ? effect : Expiry.interrupting(effect, open.expiry)

const succeeded = (
  engine: Engine,
  state: CallState,
  frame: Frame,
  open: Open,
  answer: Answer
): Effect.Effect<Answer> => {
  open.alarm?.cancel()
  state.served = named(open.target)
  const now = engine.clock.currentTimeMillisUnsafe()
  state.firstContentMs = Math.max(0, now - state.startedAt)
  open.trace.firstContentMs ??= Elapsed.millis(engine.clock) - open.askedAt
  if (answer._tag === "Whole") {
    open.trace.usage = answer.usage
    open.trace.finishReason = answer.finishReason
    return Effect.mapEager(end(engine, state, open, "answered", undefined, undefined, now), () => answer)
  }
  // What it was to find out is known; that all is well is known at its end.
  open.endProbe?.()
  open.endProbe = undefined
  return Effect.succeed(watch(engine, state, frame, open, answer))
}

/** The stream after its commit: idle and total clocks, and the record of how it ended. */
const watch = (engine: Engine, state: CallState, frame: Frame, open: Open, stream: Streaming): Streaming => {
  const clocks = clocksOf(open.target.provider, frame)
  const idle = Duration.toMillis(clocks.idle)
  const endsAt = open.askedAt + Duration.toMillis(clocks.total)
  /** Until then nothing is asked of the provider. */
  let readAt: number | undefined
  const listen = (): void => {
    const now = Elapsed.millis(engine.clock)
    readAt ??= now
    const quiet = Math.max(readAt, stream.lastContentAt()) + idle
    if (now >= endsAt) open.expiry.expire(timedOut(open.target, "total", Duration.toMillis(clocks.total)))
    else if (now >= quiet) open.expiry.expire(timedOut(open.target, "idle", idle))
    else open.alarm = engine.alarms.set(Math.ceil(Math.min(quiet, endsAt) - now), listen, now)
  }
  const unended = state.unended
  state.unended = () => {
    const ended = unended?.() ?? Effect.void
    // Whoever reads it elsewhere would wait for what nobody sends any more.
    open.expiry.expire(unreadable(open.target, scopeClosed, readAt !== undefined))
    return ended
  }
  return {
    ...stream,
    run: (sink: Sink) =>
      Effect.suspend(() => {
        const why = readAt === undefined ? (state.over === undefined ? undefined : scopeClosed) : readBefore
        if (why !== undefined) return Effect.fail(unreadable(open.target, why, readAt !== undefined))
        listen()
        return Effect.onExit(ending(open, stream.run(sink)), (exit) => endStream(engine, state, open, exit))
      })
  }
}

/** Ends the attempt with its stream, as that went. */
const endStream = (engine: Engine, state: CallState, open: Open, exit: Exit.Exit<void, AttemptError>) => {
  open.alarm?.cancel()
  if (Exit.isSuccess(exit)) return end(engine, state, open, "answered", undefined, undefined)
  const error = failureOf(exit.cause)
  const wasLeft = error === undefined && Exit.hasInterrupts(exit)
  return end(engine, state, open, wasLeft ? "cancelled" : "failed", error, error && "abort")
}

const scopeClosed = "the scope of its call was closed before its end; read a stream while that is open"
const readBefore = "the stream was read before, and an answer can be read once; for another one ask again"

/** A stream that is not there to be read must not end as if it were whole. */
const unreadable = (target: Target, message: string, contentSent: boolean) =>
  new AttemptError({ reason: new StreamInterrupted({ message, contentSent }), ...named(target) })

const failureOf = (cause: Cause.Cause<AttemptError>): AttemptError | undefined =>
  cause.reasons.find(Cause.isFailReason)?.error

const begin = (engine: Engine, target: Target, state: CallState, policy: RetryPolicy, startedAt: number): Open => {
  state.begun += 1
  state.first ??= { provider: target.provider.id, model: target.model }
  const open: Open = {
    target,
    ordinal: state.begun,
    startedAt,
    askedAt: 0,
    waitedBeforeMs: state.waitedMs,
    trace: {},
    policy,
    expiry: new Expiry.Expiry(),
    scope: Scope.makeUnsafe(),
    permit: undefined,
    alarm: undefined,
    endProbe: undefined,
    wasHurried: false,
    ended: false
  }
  state.waitedMs = 0
  state.release = (exit) => release(open, exit)
  state.unended = () => end(engine, state, open, "cancelled", undefined, undefined)
  engine.activity.begin(target.provider.id, target.model)
  return open
}

/** Ends an attempt once, now: health learns, the record is complete. The effect is what there is to wait for. */
const end = (
  engine: Engine,
  state: CallState,
  open: Open,
  outcome: Attempt["outcome"],
  error: AttemptError | undefined,
  action: NextAction | undefined,
  now = engine.clock.currentTimeMillisUnsafe()
): Effect.Effect<void> => {
  if (open.ended) return Effect.void
  open.ended = true
  open.alarm?.cancel()
  state.unended = undefined
  engine.activity.end(open.target.provider.id, open.target.model, open.trace.firstContentMs, now)
  if (open.policy.health) learn(engine, open, outcome, error, action, now)
  if (error?.reason._tag === "RateLimited") state.wasRateLimited = true
  const usage = outcome === "answered" ? open.trace.usage : Delivered.usageOf(state.call, open.trace)
  const attempt = record(engine, open, outcome, error, action, now, usage)
  state.attempts.push(attempt)
  state.awayMs += attempt.durationMs
  if (outcome === "answered" || state.served !== undefined) state.usage = usage
  if (attempt.costUsd !== undefined) state.costUsd = (state.costUsd ?? 0) + attempt.costUsd
  if (attempt.costBasis !== undefined && attempt.costBasis !== "unknown") state.costBasis = attempt.costBasis
  return engine.recorder.append({ _tag: "AttemptEnd", callId: state.call.id, attempt })
}

/** What health learns from an attempt's end. */
const learn = (
  engine: Engine,
  open: Open,
  outcome: Attempt["outcome"],
  error: AttemptError | undefined,
  action: NextAction | undefined,
  now: number
): void => {
  const key = named(open.target)
  const { cooldowns, retryAfter } = open.policy
  open.endProbe?.()
  if (outcome === "answered") engine.health.success(key, open.startedAt)
  else if (error !== undefined && !open.wasHurried) {
    engine.health.failure(key, error.reason, now, {
      table: cooldowns,
      givenUp: action === "nextTarget" || action === "abort",
      keepsRetryAfter: retryAfter.rule !== "ignored",
      startedAt: open.startedAt
    })
  }
}

const record = (
  engine: Engine,
  open: Open,
  outcome: Attempt["outcome"],
  error: AttemptError | undefined,
  action: NextAction | undefined,
  now: number,
  usage: Usage | undefined
): Attempt => {
  const { target, trace } = open
  const reason = error?.reason
  const retryAfter = reason === undefined ? undefined : retryAfterOf(reason)
  const { costBasis, costUsd } = engine.recorder.costOf(target.provider, target.model, usage)
  return {
    ordinal: open.ordinal,
    provider: target.provider.id,
    model: target.model,
    credential: target.credential.name,
    startedAt: open.startedAt,
    waitedBeforeMs: open.waitedBeforeMs,
    outcome,
    durationMs: Math.max(0, now - open.startedAt),
    connectMs: trace.connectMs,
    firstContentMs: trace.firstContentMs,
    reason: reason?._tag,
    status: reason?.status ?? trace.status,
    providerCode: reason?.providerCode,
    retryAfterMs: retryAfter === undefined ? undefined : Duration.toMillis(retryAfter),
    requestId: reason?.requestId ?? trace.requestId,
    message: reason?.message,
    fixture: reason?._tag === "UnknownFailure" ? reason.fixture : undefined,
    action,
    finishReason: trace.finishReason,
    usage,
    costUsd,
    costBasis
  }
}

const clocksOf = ({ timeouts: own }: Provider, { policy: { timeouts } }: Frame): Clocks =>
  own === undefined
    ? timeouts
    : {
        connect: own.connect ?? timeouts.connect,
        firstContent: own.firstContent ?? timeouts.firstContent,
        idle: own.idle ?? timeouts.idle,
        total: own.total ?? timeouts.total
      }

/** What it is called: by health, in errors and to the caller. */
const named = (target: Target) => ({
  provider: target.provider.id,
  model: target.model,
  credential: target.credential.name
})

const words: { readonly [P in Phase]: string } = {
  connect: "no connection",
  firstContent: "no content",
  idle: "no further content",
  total: "not finished"
}

const timedOut = (target: Target, phase: Phase, ms: number) =>
  new AttemptError({
    reason: new TimedOut({ phase, message: `${words[phase]} within ${Math.max(0, Math.round(ms))} ms` }),
    ...named(target)
  })

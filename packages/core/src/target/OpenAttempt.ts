/**
 * An attempt under way: what it holds, and its end, which is told once: to health, to whoever counts what is open, and on record.
 *
 * It does not know how the attempt goes; that is `AttemptRunner.ts`.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { Alarm } from "../domain/Alarms.ts"
import type { Attempt, NextAction } from "../domain/Attempt.ts"
import type { AttemptError } from "../domain/AttemptError.ts"
import * as InTurn from "../domain/InTurn.ts"
import { retryAfterOf } from "../domain/Reason.ts"
import type { Request } from "../domain/Request.ts"
import type { Usage } from "../domain/Usage.ts"
import * as Expiry from "../provider/Expiry.ts"
import type { Credential, Provider, Trace } from "../provider/Provider.ts"
import type { Busy } from "./Activity.ts"
import type { CallState, Frame, UnderWay } from "./CallState.ts"
import * as Delivered from "./Delivered.ts"
import * as Died from "./Died.ts"
import type { Engine } from "./Engine.ts"
import type * as Health from "./Health.ts"
import type { Permit } from "./Limits.ts"
import * as Record from "./Record.ts"

/** What is attempted. @stability experimental @category models @since 0.1.0 */
export interface Target {
  readonly engine: Engine
  readonly frame: Frame
  readonly state: CallState
  readonly provider: Provider
  readonly credential: Credential
  /** What it is called: by health, in errors and to the caller. */
  readonly key: Health.Key
  /** The mended request; absent while no repair applied. */
  readonly request: Request | undefined
}

/** One attempt, from its beginning to its end. @stability experimental @category models @since 0.1.0 */
export class OpenAttempt implements UnderWay {
  readonly engine: Engine
  readonly provider: Provider
  readonly frame: Frame
  readonly state: CallState
  readonly credential: Credential
  /** The mended request; absent while no repair applied. */
  readonly request: Request | undefined
  readonly key: Health.Key
  readonly ordinal: number
  readonly startedAt: number
  readonly waitedBeforeMs: number
  readonly busy: Busy
  readonly trace: Trace = noTrace()
  readonly expiry = new Expiry.Expiry()
  /** Of what the provider opens for it. */
  readonly scope = Scope.makeUnsafe()
  /** When its provider was asked, in elapsed time: no limiter's wait is the provider's. */
  askedAt = 0
  /** From then on what breaks is the provider's. */
  wasAsked = false
  /** The next time that must not pass. */
  alarm: Alarm | undefined = undefined
  permit: Permit | undefined = undefined
  /** Where it is the half-open probe of something. */
  endProbe: (() => void) | undefined = undefined
  /** It was given up because its caller wanted to wait no longer. */
  wasHurried = false
  hasEnded = false
  /** How it ends where its call ends first. */
  outcome: Attempt["outcome"] = "cancelled"
  /** What it failed with, where it has. */
  error: AttemptError | undefined = undefined
  /** Whoever reads its stream is told that its call has ended. */
  onOutlived: (() => void) | undefined = undefined

  constructor(target: Target, startedAt: number) {
    const { credential, engine, frame, key, provider, state } = target
    this.engine = engine
    this.provider = provider
    this.frame = frame
    this.state = state
    this.credential = credential
    this.request = target.request
    this.key = key
    this.ordinal = state.begun + 1
    this.startedAt = startedAt
    this.waitedBeforeMs = state.waitedMs
    this.busy = engine.activity.begin(key.provider, key.model)
  }

  release(exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> {
    const closing = Scope.closeUnsafe(this.scope, exit)
    const left = closing && InTurn.left(closing)
    const closed = left && Died.cleaning(this, left)
    const { permit } = this
    this.permit = undefined
    return permit === undefined ? (closed ?? Effect.void) : InTurn.andThen(closed, () => permit.release())
  }

  outlived(): Effect.Effect<void> {
    if (this.hasEnded) return Effect.void
    const { error, onOutlived, outcome } = this
    const ended = this.end(outcome, error, error && "abort")
    onOutlived?.()
    return ended
  }

  /** Ends it once, now: health learns, the record is complete. The effect is what there is to wait for. */
  end(
    outcome: Attempt["outcome"],
    error?: AttemptError,
    action?: NextAction,
    now = this.engine.clock.currentTimeMillisUnsafe()
  ): Effect.Effect<void> {
    if (this.hasEnded) return Effect.void
    this.hasEnded = true
    this.alarm?.cancel()
    const { engine, frame, state, trace } = this
    // Where it began was taken for content.
    if (error?.reason._tag === "EmptyResponse") trace.firstContentMs = undefined
    this.busy.end(trace.firstContentMs, now)
    if (frame.policy.health) learn(this, outcome, error, action, now)
    if (error?.reason._tag === "RateLimited") state.wasRateLimited = true
    const usage = outcome === "answered" ? trace.usage : Delivered.usageOf(state.call, trace)
    const attempt = record(this, outcome, error, action, now, usage)
    // Most calls have one: a list that grows takes room for seventeen.
    if (state.attempts.length === 0) state.attempts = [attempt]
    else state.attempts.push(attempt)
    state.awayMs += attempt.durationMs
    if (outcome === "answered" || state.served !== undefined) state.usage = usage
    if (attempt.costUsd !== undefined) state.costUsd = (state.costUsd ?? 0) + attempt.costUsd
    if (attempt.costBasis !== undefined && attempt.costBasis !== "unknown") state.costBasis = attempt.costBasis
    return Record.append(engine, state, { _tag: "AttemptEnd", callId: state.call.id, attempt })
  }
}

/** Of one shape from the start. */
const noTrace = (): Trace => ({
  connectMs: undefined,
  firstContentMs: undefined,
  status: undefined,
  requestId: undefined,
  usage: undefined,
  deliveredTokens: undefined,
  finishReason: undefined
})

/** What health learns from an attempt's end. */
const learn = (
  open: OpenAttempt,
  outcome: Attempt["outcome"],
  error: AttemptError | undefined,
  action: NextAction | undefined,
  now: number
): void => {
  const { engine, key, startedAt } = open
  const { cooldowns, retryAfter } = open.frame.policy
  open.endProbe?.()
  if (outcome === "answered") engine.health.success(key, startedAt)
  else if (error !== undefined && !open.wasHurried) {
    engine.health.failure(key, error.reason, now, {
      table: cooldowns,
      givenUp: action === "nextTarget" || action === "abort",
      keepsRetryAfter: retryAfter.rule !== "ignored",
      startedAt
    })
  }
}

const record = (
  open: OpenAttempt,
  outcome: Attempt["outcome"],
  error: AttemptError | undefined,
  action: NextAction | undefined,
  now: number,
  usage: Usage | undefined
): Attempt => {
  const { key, trace } = open
  const reason = error?.reason
  const retryAfter = reason === undefined ? undefined : retryAfterOf(reason)
  const { costBasis, costUsd } = open.engine.recorder.costOf(open.provider, key.model, usage)
  return {
    ordinal: open.ordinal,
    provider: key.provider,
    model: key.model,
    credential: key.credential,
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

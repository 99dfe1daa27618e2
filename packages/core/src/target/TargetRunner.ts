/**
 * One target until it answers or is given up: credentials in turn, retries in place, repairs.
 *
 * What comes after a failure is decided in `Decision.ts`, what can be asked in `Availability.ts`; here it is done. It knows nothing of other
 * targets but whether there are any (`Frame.beyond`).
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Elapsed from "../domain/Elapsed.ts"
import * as InTurn from "../domain/InTurn.ts"
import type { AttemptError } from "../domain/AttemptError.ts"
import type { Tag } from "../domain/Reason.ts"
import * as RetryPolicy from "../policy/RetryPolicy.ts"
import * as AttemptRunner from "./AttemptRunner.ts"
import * as Availability from "./Availability.ts"
import { attemptsLeft, type CallState, type Course, type Ended, type Frame } from "./CallState.ts"
import * as Decision from "./Decision.ts"
import type { Engine } from "./Engine.ts"
import type { OpenAttempt } from "./OpenAttempt.ts"

const none: ReadonlyArray<string> = []

/**
 * Runs the call on one target.
 *
 * @stability experimental
 * @category running
 * @since 0.1.0
 */
export const run = (
  engine: Engine,
  target: { readonly provider: string; readonly model: string },
  frame: Frame,
  state: CallState
): Course => {
  const provider = engine.registry.get(target.provider)
  const why =
    provider === undefined
      ? Availability.unregistered(target.provider)
      : Availability.unable(provider, target.model, frame, state.minimumWindow)
  if (provider === undefined || why !== undefined) return skip(frame, state, target, why ?? "")
  if (attemptsLeft(frame) <= 0) return giveUp(frame, { next: "stop", error: undefined, cause: "budget" })
  const now = engine.clock.currentTimeMillisUnsafe()
  const isAsked = frame.probe?.id === Availability.idOf(target) && Elapsed.millis(engine.clock) < frame.deadlineAt
  if (frame.probe?.alone === true && !isAsked) return skip(frame, state, target, "another one is free sooner")
  const credential = Availability.pick(engine, frame.policy, provider, target.model, none, isAsked, now)
  if ("until" in credential) {
    const { hardUntil, until } = credential
    state.first ??= { provider: target.provider, model: target.model }
    state.cooling.push({ id: Availability.idOf(target), until, hardUntil, deadlineAt: frame.deadlineAt })
    return skip(frame, state, target, credential.why, credential.reason)
  }
  const key = Availability.keyOf(provider, target.model, credential)
  const progress: Decision.Progress = {
    engine,
    frame,
    state,
    provider,
    credential,
    key,
    spent: none,
    repaired: (frame.policy.repairs.scope === "call" ? state.mended?.names : undefined) ?? none,
    request: frame.policy.repairs.scope === "call" ? state.mended?.request : undefined,
    retries: 0,
    step: undefined
  }
  if (isAsked || !frame.policy.health || frame.policy.allCooling === "fail") return begin(progress, now)
  const claimed = engine.health.claim(key, now)
  if (InTurn.atHand(claimed) === true) return begin(progress, now)
  // Where another process has the probe, health says so from now on: pick again.
  return Effect.flatMap(claimed, (isOurs) =>
    isOurs ? begin(progress, engine.clock.currentTimeMillisUnsafe()) : run(engine, target, frame, state)
  )
}

/**
 * The target ends without an answer: what lies beyond it takes the call. A step of its own, for as many targets in a row may be passed over as
 * a route has.
 *
 * @stability experimental
 * @category running
 * @since 0.1.0
 */
export const giveUp = ({ beyond }: Frame, ended: Ended): Course => Effect.suspend(() => beyond.ended(ended))

/** The first attempt at once; or, where the policy says so, after the wait that the failure before it asks for. */
const begin = (progress: Decision.Progress, now: number): Course => {
  const { frame, state } = progress
  const error = frame.policy.waits.first ? state.lastError : undefined
  if (error === undefined) return attempt(progress, now, undefined)
  return Effect.flatMap(Decision.nextWait(progress, error), (wait) =>
    typeof wait === "number"
      ? Effect.flatMap(pause(state, wait), () => again(progress, undefined))
      : giveUp(frame, stopped(frame, error, wait === "late" ? "deadline" : "reason"))
  )
}

const skip = (
  frame: Frame,
  state: CallState,
  target: { readonly provider: string; readonly model: string },
  why: string,
  parkedFor?: Tag
): Course => {
  state.skipped.push({ provider: target.provider, model: target.model, why })
  return giveUp(frame, { next: "nextTarget", error: undefined, cause: "skipped", parkedFor })
}

/** One attempt after another until one answers or none is left; `last` is what the one before it here failed with. */
const attempt = (progress: Decision.Progress, now: number, last: AttemptError | undefined): Course => {
  const awayMs = askedAway(progress, now)
  if (awayMs > 0) return stayAway(progress, now, awayMs, last)
  progress.state.repairs = progress.repaired
  return AttemptRunner.run(progress, now, failed)
}

const again = (progress: Decision.Progress, last: AttemptError | undefined): Course =>
  attempt(progress, progress.engine.clock.currentTimeMillisUnsafe(), last)

/** What it held is given back; then it is decided what comes next, and its end is put on record with that. */
const failed = (progress: Decision.Progress, open: OpenAttempt, error: AttemptError): Course =>
  Effect.flatMap(Effect.uninterruptible(Effect.suspend(() => open.release(Exit.void))), () =>
    Effect.flatMapEager(Decision.decide(progress, error), (decision) => {
      const recorded = open.end("failed", error, Decision.actionOf(decision, progress.frame, error))
      if (InTurn.left(recorded) === undefined) return follow(decision, progress, error)
      return Effect.flatMap(recorded, () =>
        Decision.isLate(progress)
          ? giveUp(progress.frame, stopped(progress.frame, error, "deadline"))
          : follow(decision, progress, error)
      )
    })
  )

/** How long the provider still wants this credential to be left alone, in milliseconds: another call may just have been told. */
const askedAway = ({ engine, frame, key }: Decision.Progress, now: number): number => {
  if (frame.policy.retryAfter.onExceed === "clamp") return 0
  const verdict = Availability.heeded(engine, frame.policy, key, now)
  return verdict.state === "cooling" ? Math.ceil(verdict.hardUntil - now) : 0
}

/** Waits as long as the provider wants, where that fits and nothing else could take the call; else moves on. */
const stayAway = (progress: Decision.Progress, now: number, awayMs: number, last: AttemptError | undefined): Course => {
  const { engine, frame, key, state } = progress
  const leftMs = frame.deadlineAt - Elapsed.millis(engine.clock)
  const fits = awayMs < leftMs && awayMs <= RetryPolicy.longestWait(frame.policy)
  const others = last !== undefined && frame.beyond.after(last.reason)
  if (fits && !others)
    return RetryPolicy.spread(frame.policy, awayMs).pipe(
      Effect.flatMap((ms) => pause(state, Math.max(awayMs, Math.min(ms, leftMs - 1)))),
      Effect.flatMap(() => again(progress, last))
    )
  if (last !== undefined) return giveUp(frame, { next: "nextTarget", error: last, cause: "reason" })
  const until = now + awayMs
  state.cooling.push({ id: Availability.idOf(key), until, hardUntil: until, deadlineAt: frame.deadlineAt })
  return skip(frame, state, key, Availability.coolingDown(awayMs, "a failure of another call"))
}

const stopped = (frame: Frame, error: AttemptError, cause: Ended["cause"]): Ended => ({
  next: "stop",
  error,
  cause,
  ...(cause === "deadline" ? { endsAt: frame.deadlineAt } : {})
})

/** Does what was decided. */
const follow = (decision: Decision.Decision, progress: Decision.Progress, error: AttemptError): Course => {
  const { frame, state } = progress
  switch (decision.action) {
    case "retry":
      progress.retries += 1
      charge(frame, error)
      return Effect.flatMap(pause(state, decision.waitMs), () => again(progress, error))
    case "nextCredential":
      progress.credential = decision.credential
      progress.key = Availability.keyOf(progress.provider, progress.key.model, decision.credential)
      progress.retries = 0
      progress.step = undefined
      return again(progress, error)
    case "repair":
      progress.retries += frame.policy.repairs.count ? 1 : 0
      return again(progress, error)
    case "nextTarget":
    case "listed":
      return giveUp(frame, { next: decision.action, error, cause: "reason" })
    case "giveWay":
      charge(frame, error)
      return giveUp(frame, { ...stopped(frame, error, decision.cause), givesWay: true })
    case "abort":
      return giveUp(frame, { ...stopped(frame, error, decision.cause), isStranded: decision.isStranded === true })
  }
}

/** What was never sent costs an attempt where it is tried again: else a Schedule without end would go round and round. */
const charge = (frame: Frame, error: AttemptError): void => {
  if (AttemptRunner.isUnsent(error)) for (const budget of frame.budgets) budget.left -= 1
}

/** Waits, on record. @stability experimental @category running @since 0.1.0 */
export const pause = (state: CallState, waitMs: number): Effect.Effect<void> => {
  if (waitMs === 0) return Effect.void
  state.waitedMs += waitMs
  state.awayMs += waitMs
  return Effect.sleep(waitMs)
}

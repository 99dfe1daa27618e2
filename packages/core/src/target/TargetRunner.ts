/**
 * One target until it answers or is given up: credentials in turn, retries in place, repairs.
 *
 * Each failure is looked up in the policy's table, and the first action that is possible is taken. Every wait is checked against
 * what is left of the call before it is begun. It knows nothing of other targets but whether there are any (`Frame.beyond`).
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Elapsed from "../domain/Elapsed.ts"
import * as InTurn from "../domain/InTurn.ts"
import type { NextAction } from "../domain/Attempt.ts"
import type { AttemptError } from "../domain/AttemptError.ts"
import type { Tag } from "../domain/Reason.ts"
import type { Request } from "../domain/Request.ts"
import * as Disposition from "../policy/Disposition.ts"
import * as RetryPolicy from "../policy/RetryPolicy.ts"
import type { Credential, Provider } from "../provider/Provider.ts"
import * as AttemptRunner from "./AttemptRunner.ts"
import { attemptsLeft, type CallState, type Course, type Ended, type Frame, type Step } from "./CallState.ts"
import type { Engine } from "./Engine.ts"
import type * as Health from "./Health.ts"
import type { OpenAttempt, Target } from "./OpenAttempt.ts"
import * as Repair from "./Repair.ts"

/** The target's own progress within one call. */
interface Progress extends Target {
  credential: Credential
  key: Health.Key
  /** Credentials that this call is through with. */
  spent: ReadonlyArray<string>
  /** Names of the repairs that were made. */
  repaired: ReadonlyArray<string>
  request: Request | undefined
  retries: number
  step: Step | undefined
}

const none: ReadonlyArray<string> = []

/** What to do next after a failure. */
type Decision =
  | { readonly action: "retry"; readonly waitMs: number }
  | { readonly action: "nextCredential"; readonly credential: Credential }
  | { readonly action: "repair"; readonly name: `repair:${string}` }
  | { readonly action: "nextTarget" }
  /** Against the policy, to what is there for this reason by name. */
  | { readonly action: "listed" }
  /** To a target or a credential that is free before a retry here would be due. */
  | { readonly action: "giveWay"; readonly cause: Ended["cause"] }
  | { readonly action: "abort"; readonly cause: Ended["cause"]; readonly isStranded?: boolean }

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
    provider === undefined ? unregistered(target.provider) : unable(provider, target.model, frame, state.minimumWindow)
  if (provider === undefined || why !== undefined) return skip(frame, state, target, why ?? "")
  if (attemptsLeft(frame) <= 0) return giveUp(frame, { next: "stop", error: undefined, cause: "budget" })
  const now = engine.clock.currentTimeMillisUnsafe()
  const isAsked = frame.probe?.id === idOf(target) && Elapsed.millis(engine.clock) < frame.deadlineAt
  if (frame.probe?.alone === true && !isAsked) return skip(frame, state, target, "another one is free sooner")
  const credential = pick(engine, frame.policy, provider, target.model, none, isAsked, now)
  if ("until" in credential) {
    const { hardUntil, until } = credential
    state.first ??= { provider: target.provider, model: target.model }
    state.cooling.push({ id: idOf(target), until, hardUntil, deadlineAt: frame.deadlineAt })
    return skip(frame, state, target, credential.why, credential.reason)
  }
  const key = keyOf(provider, target.model, credential)
  const progress: Progress = {
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

const keyOf = ({ id }: Provider, model: string, { name }: Credential): Health.Key => ({
  provider: id,
  model,
  credential: name
})

const idOf = ({ model, provider }: { readonly provider: string; readonly model: string }): string =>
  `${provider}/${model}`

const coolingDown = (ms: number, after: string): string =>
  `cooling down for ${Math.ceil(ms / 1000)} s more after ${after}`

/** Why a target of a provider that is not there was passed over. @stability experimental @category constructors @since 0.1.0 */
export const unregistered = (provider: string): string => `no provider "${provider}" is configured`

/** The first attempt at once; or, where the policy says so, after the wait that the failure before it asks for. */
const begin = (progress: Progress, now: number): Course => {
  const { frame, state } = progress
  const error = frame.policy.waits.first ? state.lastError : undefined
  if (error === undefined) return attempt(progress, now, undefined)
  return Effect.flatMap(nextWait(progress, error), (wait) =>
    typeof wait === "number"
      ? Effect.flatMap(pause(state, wait), () => again(progress, undefined))
      : giveUp(frame, stopped(frame, error, wait === "late" ? "deadline" : "reason"))
  )
}

/**
 * Why a target cannot be asked, before anything is looked at that changes with time; `undefined` where it can.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const unable = (
  provider: Provider,
  model: string,
  frame: Frame,
  minimumWindow: number | undefined
): string | undefined => {
  if (provider.disabled !== undefined) return provider.disabled
  if (frame.policy.contextWindow === "any") return undefined
  const window = provider.models[model]?.contextWindow
  if (minimumWindow !== undefined && (window === undefined || window <= minimumWindow)) {
    return `no context window larger than ${minimumWindow} tokens is declared for it`
  }
  return undefined
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
const attempt = (progress: Progress, now: number, last: AttemptError | undefined): Course => {
  const awayMs = askedAway(progress, now)
  if (awayMs > 0) return stayAway(progress, now, awayMs, last)
  progress.state.repairs = progress.repaired
  return AttemptRunner.run(progress, now, failed)
}

const again = (progress: Progress, last: AttemptError | undefined): Course =>
  attempt(progress, progress.engine.clock.currentTimeMillisUnsafe(), last)

/** What it held is given back; then it is decided what comes next, and its end is put on record with that. */
const failed = (progress: Progress, open: OpenAttempt, error: AttemptError): Course =>
  Effect.flatMap(Effect.uninterruptible(Effect.suspend(() => open.release(Exit.void))), () =>
    Effect.flatMapEager(decide(progress, error), (decision) => {
      const recorded = open.end("failed", error, actionOf(decision, progress.frame, error))
      if (InTurn.left(recorded) === undefined) return follow(decision, progress, error)
      return Effect.flatMap(recorded, () =>
        isLate(progress)
          ? giveUp(progress.frame, stopped(progress.frame, error, "deadline"))
          : follow(decision, progress, error)
      )
    })
  )

/** Its time is up; the record may have taken what was left. */
const isLate = ({ engine, frame }: Progress): boolean => Elapsed.millis(engine.clock) >= frame.deadlineAt

/** How long the provider still wants this credential to be left alone, in milliseconds: another call may just have been told. */
const askedAway = ({ engine, frame, key }: Progress, now: number): number => {
  if (frame.policy.retryAfter.onExceed === "clamp") return 0
  const verdict = heeded(engine, frame.policy, key, now)
  return verdict.state === "cooling" ? Math.ceil(verdict.hardUntil - now) : 0
}

/** Waits as long as the provider wants, where that fits and nothing else could take the call; else moves on. */
const stayAway = (progress: Progress, now: number, awayMs: number, last: AttemptError | undefined): Course => {
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
  state.cooling.push({ id: idOf(key), until, hardUntil: until, deadlineAt: frame.deadlineAt })
  return skip(frame, state, key, coolingDown(awayMs, "a failure of another call"))
}

/** What goes on record: a part of a route that has used up its own time or attempts only is followed by what comes after it. */
const actionOf = (decision: Decision, frame: Frame, error: AttemptError): NextAction => {
  if (decision.action === "repair") return decision.name
  if (decision.action === "listed" || decision.action === "giveWay") return "nextTarget"
  if (decision.action !== "abort" || decision.cause === "reason") return decision.action
  const endsAt = decision.cause === "deadline" ? frame.deadlineAt : undefined
  return frame.beyond.after(error.reason, endsAt) ? "nextTarget" : "abort"
}

const stopped = (frame: Frame, error: AttemptError, cause: Ended["cause"]): Ended => ({
  next: "stop",
  error,
  cause,
  ...(cause === "deadline" ? { endsAt: frame.deadlineAt } : {})
})

/** Does what was decided. */
const follow = (decision: Decision, progress: Progress, error: AttemptError): Course => {
  const { frame, state } = progress
  switch (decision.action) {
    case "retry":
      progress.retries += 1
      charge(frame, error)
      return Effect.flatMap(pause(state, decision.waitMs), () => again(progress, error))
    case "nextCredential":
      progress.credential = decision.credential
      progress.key = keyOf(progress.provider, progress.key.model, decision.credential)
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

/** The first action of the reason's row that is possible. */
const decide = (progress: Progress, error: AttemptError): Effect.Effect<Decision> => {
  const { frame, state } = progress
  progress.spent = [...progress.spent, progress.credential.name]
  state.lastError = error
  if (isLate(progress)) return Effect.succeed({ action: "abort", cause: "deadline" })
  noteWindow(progress, error)
  const actions = actionsFor(progress, error)
  if (attemptsLeft(frame) > 0) return choose(progress, error, actions, 0, "reason")
  return Effect.succeed({ action: "abort", cause: actions[0] === "abort" ? "reason" : "budget" })
}

type Actions = ReadonlyArray<Disposition.Action>

const actionsFor = ({ frame, state }: Progress, { reason }: AttemptError): Actions => {
  const row = Disposition.actionsFor(frame.policy, reason, state.call.stream)
  const repairs = frame.repairs.filter((name) => Disposition.mends[name].includes(reason._tag))
  return repairs.length === 0 ? row : [...repairs.map((name) => `repair:${name}` as const), ...row]
}

/** From `at` on; `cause` is why none before it was possible. */
const choose = (
  progress: Progress,
  error: AttemptError,
  actions: Actions,
  at: number,
  cause: Ended["cause"]
): Effect.Effect<Decision> => {
  const action = actions[at]
  if (action === undefined) return Effect.succeed(otherwise(progress, error, actions, cause))
  return Effect.flatMapEager(attemptAction(action, progress, error), (decision) => {
    if (decision === undefined || decision === "late")
      return choose(progress, error, actions, at + 1, decision === undefined ? cause : "deadline")
    if (decision.action === "abort") return Effect.succeed(otherwise(progress, error, actions, cause))
    const isLonger = decision.action === "retry" && decision.waitMs > 0 && givesWay(progress, actions, decision.waitMs)
    return Effect.succeed(isLonger ? { action: "giveWay", cause } : decision)
  })
}

/** Where no action is possible. */
const otherwise = (progress: Progress, error: AttemptError, actions: Actions, cause: Ended["cause"]): Decision => {
  const { engine, frame } = progress
  if (cause === "deadline" && givesWay(progress, actions, frame.deadlineAt - Elapsed.millis(engine.clock)))
    return { action: "giveWay", cause }
  if (cause === "reason" && frame.beyond.listed(error.reason)) return { action: "listed" }
  return { action: "abort", cause, isStranded: cause === "reason" && actions.includes("nextTarget") }
}

const givesWay = (progress: Progress, actions: Actions, waitMs: number): boolean =>
  actions.includes("nextTarget") && isFreeElsewhere(progress, waitMs)

/** Whether something else is free within that time, where health is kept at all. */
const isFreeElsewhere = ({ frame, key }: Progress, waitMs: number): boolean =>
  frame.policy.health && frame.policy.allCooling === "probe" && frame.beyond.sooner(idOf(key), key.credential, waitMs)

/** One action, where it is possible; `late` where only time is missing. */
const attemptAction = (
  action: Disposition.Action,
  progress: Progress,
  error: AttemptError
): Effect.Effect<Decision | "late" | undefined> => {
  const { engine, frame } = progress
  switch (action) {
    case "abort":
      return Effect.succeed({ action: "abort", cause: "reason" })
    case "abortUnlessRepaired":
      return Effect.succeed(progress.repaired.length === 0 ? { action: "abort", cause: "reason" } : undefined)
    case "nextTarget":
      return Effect.succeed(frame.beyond.after(error.reason) ? { action: "nextTarget" } : undefined)
    case "nextCredential": {
      const now = engine.clock.currentTimeMillisUnsafe()
      const credential = pick(engine, frame.policy, progress.provider, progress.key.model, progress.spent, false, now)
      return Effect.succeed("until" in credential ? undefined : { action: "nextCredential", credential })
    }
    default:
      if (action.startsWith("repair:")) return Effect.succeed(mend(action, progress, error))
      return progress.retries >= mostRetries(action, frame, error)
        ? Effect.succeed(undefined)
        : Effect.map(nextWait(progress, error), (wait) =>
            typeof wait === "number" ? { action: "retry", waitMs: wait } : wait
          )
  }
}

/** Mends the request, for this target or (where repairs hold for the call) for all that follow. */
const mend = (action: string, progress: Progress, error: AttemptError): Decision | undefined => {
  const { frame, state } = progress
  const name = action.slice("repair:".length)
  if (progress.repaired.includes(name) || state.call.operation !== "chat") return undefined
  const asked = progress.request ?? Result.getOrUndefined(state.call.request())
  const request = asked === undefined ? undefined : Repair.apply(name, asked, error.reason)
  if (request === undefined) return undefined
  progress.repaired = [...progress.repaired, name]
  progress.request = request
  const { count, scope } = frame.policy.repairs
  if (scope === "call") state.mended = { names: progress.repaired, request, ordinal: state.begun }
  const spent = count && progress.retries >= mostRetries("retry", frame, error)
  return spent ? undefined : { action: "repair", name: `repair:${name}` }
}

const mostRetries = (action: string, frame: Frame, error: AttemptError): number => {
  const { last, others } = frame.policy.retry
  if (error.reason.final === true && frame.policy.retryAfter.final) return 0
  const most =
    frame.schedule !== undefined ? Number.POSITIVE_INFINITY : frame.beyond.after(error.reason) ? others : last
  return action === "retry" ? most : Math.min(most, Number(action.slice("retry:".length)))
}

const scheduleOf = ({ policy, schedule }: Frame): RetryPolicy.RetrySchedule =>
  schedule === undefined ? RetryPolicy.toSchedule(policy) : RetryPolicy.heeding(policy, schedule)

/** The next wait in milliseconds, where there is one and it fits. */
const nextWait = (progress: Progress, error: AttemptError): Effect.Effect<number | "late" | undefined> => {
  const { engine, frame, state } = progress
  const owner = frame.policy.waits.scope === "call" ? state : progress
  if (owner.step === undefined)
    return Effect.flatMap(Schedule.toStep(scheduleOf(frame)), (step) => {
      owner.step = step
      return nextWait(progress, error)
    })
  return Effect.match(owner.step(engine.clock.currentTimeMillisUnsafe(), error), {
    onFailure: () => undefined,
    onSuccess: ([_output, wait]) => {
      const waitMs = Duration.toMillis(wait)
      return Elapsed.millis(engine.clock) + waitMs >= frame.deadlineAt ? "late" : waitMs
    }
  })
}

/** A context overflow says how large the next target's window has to be. */
const noteWindow = ({ key, provider, state }: Progress, error: AttemptError) => {
  if (error.reason._tag !== "ContextWindowExceeded") return
  const known = Math.max(
    provider.models[key.model]?.contextWindow ?? 0,
    error.reason.limit ?? 0,
    error.reason.requested ?? 0
  )
  state.minimumWindow = Math.max(state.minimumWindow ?? 0, known)
}

type Unpicked = {
  readonly until: number
  readonly hardUntil: number
  readonly why: string
  readonly reason: Tag | undefined
}

/** The first credential that is neither spent nor cooling; with `probe`, the one that cools down first. */
const pick = (
  engine: Engine,
  policy: RetryPolicy.RetryPolicy,
  provider: Provider,
  model: string,
  spent: ReadonlyArray<string>,
  probe: boolean,
  now: number
): Credential | Unpicked => {
  let soonest: (Unpicked & { readonly credential: Credential }) | undefined
  for (const credential of provider.credentials) {
    if (spent.includes(credential.name)) continue
    const verdict = heeded(engine, policy, { provider: provider.id, model, credential: credential.name }, now)
    if (verdict.state === "healthy") return credential
    const until = verdict.state === "cooling" ? verdict.until : now
    const hardUntil = verdict.state === "cooling" ? verdict.hardUntil : now
    const { reason } = verdict
    const after = reason ?? "a failure"
    const why =
      verdict.state === "cooling" ? coolingDown(until - now, after) : `being probed by another call after ${after}`
    if (soonest === undefined || until < soonest.until) soonest = { credential, until, hardUntil, why, reason }
  }
  if (soonest === undefined) return { until: now, hardUntil: now, why: "it has no other credential", reason: undefined }
  return probe ? soonest.credential : soonest
}

/**
 * What health says, as far as the policy heeds it: nothing where it keeps none, and no probe of another call where it knows none.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const heeded = (
  engine: Engine,
  policy: RetryPolicy.RetryPolicy,
  key: Health.Key,
  now: number
): Health.Verdict => {
  if (!policy.health) return { state: "healthy" }
  const verdict = engine.health.verdict(key, now)
  return verdict.state === "probing" && policy.allCooling === "fail" ? { state: "healthy" } : verdict
}

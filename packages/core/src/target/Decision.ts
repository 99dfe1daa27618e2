/**
 * What to do next after a failure on one target: the first action of the reason's row in the policy's table that is possible. Every wait is
 * checked against what is left of the call before it is begun. `TargetRunner.ts` does what is decided; only a repair is made here, for nothing else
 * tells whether it is possible.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { NextAction } from "../domain/Attempt.ts"
import type { AttemptError } from "../domain/AttemptError.ts"
import * as Elapsed from "../domain/Elapsed.ts"
import type { Request } from "../domain/Request.ts"
import * as Disposition from "../policy/Disposition.ts"
import * as RetryPolicy from "../policy/RetryPolicy.ts"
import type { Credential } from "../provider/Provider.ts"
import * as Availability from "./Availability.ts"
import { attemptsLeft, type Ended, type Frame, type Step } from "./CallState.ts"
import type * as Health from "./Health.ts"
import type { Target } from "./OpenAttempt.ts"
import * as Repair from "./Repair.ts"

/** The target's own progress within one call. @stability experimental @category models @since 0.1.0 */
export interface Progress extends Target {
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

/** What to do next after a failure. @stability experimental @category models @since 0.1.0 */
export type Decision =
  | { readonly action: "retry"; readonly waitMs: number }
  | { readonly action: "nextCredential"; readonly credential: Credential }
  | { readonly action: "repair"; readonly name: `repair:${string}` }
  | { readonly action: "nextTarget" }
  /** Against the policy, to what is there for this reason by name. */
  | { readonly action: "listed" }
  /** To a target or a credential that is free before a retry here would be due. */
  | { readonly action: "giveWay"; readonly cause: Ended["cause"] }
  | { readonly action: "abort"; readonly cause: Ended["cause"]; readonly isStranded?: boolean }

/** The first action of the reason's row that is possible. What the failure taught of the request is noted. @stability experimental @category getters @since 0.1.0 */
export const decide = (progress: Progress, error: AttemptError): Effect.Effect<Decision> => {
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
  frame.policy.health &&
  frame.policy.allCooling === "probe" &&
  frame.beyond.sooner(Availability.idOf(key), key.credential, waitMs)

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
      const credential = Availability.pick(
        engine,
        frame.policy,
        progress.provider,
        progress.key.model,
        progress.spent,
        false,
        now
      )
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

/** The next wait in milliseconds, where there is one; `late` where it does not fit. @stability experimental @category getters @since 0.1.0 */
export const nextWait = (progress: Progress, error: AttemptError): Effect.Effect<number | "late" | undefined> => {
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

/** What goes on record: a part of a route that has used up its own time or attempts only is followed by what comes after it. @stability experimental @category conversions @since 0.1.0 */
export const actionOf = (decision: Decision, frame: Frame, error: AttemptError): NextAction => {
  if (decision.action === "repair") return decision.name
  if (decision.action === "listed" || decision.action === "giveWay") return "nextTarget"
  if (decision.action !== "abort" || decision.cause === "reason") return decision.action
  const endsAt = decision.cause === "deadline" ? frame.deadlineAt : undefined
  return frame.beyond.after(error.reason, endsAt) ? "nextTarget" : "abort"
}

/** Its time is up; the record may have taken what was left. @stability experimental @category predicates @since 0.1.0 */
export const isLate = ({ engine, frame }: Progress): boolean => Elapsed.millis(engine.clock) >= frame.deadlineAt

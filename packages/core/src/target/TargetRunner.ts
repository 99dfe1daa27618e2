/**
 * One target until it answers or is given up: credentials in turn, retries in place, repairs.
 *
 * Each failure is looked up in the policy's table, and the first action that is possible is taken. Every wait is checked against
 * what is left of the call before it is begun. It knows nothing of other targets but whether there are any (`Frame.after`).
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import type { Answer } from "../domain/Answer.ts"
import type { NextAction } from "../domain/Attempt.ts"
import type { AttemptError } from "../domain/AttemptError.ts"
import type { Request } from "../domain/Request.ts"
import type { Action } from "../policy/Disposition.ts"
import * as RetryPolicy from "../policy/RetryPolicy.ts"
import type { Credential, Provider } from "../provider/Provider.ts"
import * as AttemptRunner from "./AttemptRunner.ts"
import { attemptsLeft, type CallState, type Ended, type Frame } from "./CallState.ts"
import type { Engine } from "./Engine.ts"
import * as Repair from "./Repair.ts"

/** The target's own progress within one call. */
interface Progress {
  readonly provider: Provider
  readonly model: string
  credential: Credential
  /** Credentials that this call is through with. */
  readonly spent: Set<string>
  readonly repaired: Set<string>
  request: Request | undefined
  retries: number
  step: Step | undefined
}

type Step = Effect.Success<ReturnType<typeof Schedule.toStep<unknown, AttemptError, never, never>>>

/** What to do next after a failure. */
type Decision =
  | { readonly action: "retry"; readonly waitMs: number }
  | { readonly action: "nextCredential"; readonly credential: Credential }
  | { readonly action: "repair"; readonly name: `repair:${string}`; readonly request: Request }
  | { readonly action: "nextTarget" }
  | { readonly action: "abort"; readonly cause: Ended["cause"] }

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
): Effect.Effect<Answer, Ended, Scope.Scope> =>
  Effect.suspend(() => {
    const provider = engine.registry.get(target.provider)
    const why =
      provider === undefined ? `no provider "${target.provider}" is configured` : unable(provider, target.model, state)
    if (provider === undefined || why !== undefined) return skip(state, target, why ?? "")
    if (attemptsLeft(frame) <= 0) return Effect.fail<Ended>({ next: "stop", error: undefined, cause: "budget" })
    const id = `${target.provider}/${target.model}`
    const credential = pick(engine, provider, target.model, new Set(), frame.probe === id)
    if ("until" in credential) {
      state.cooling.push({ id, until: credential.until, hardUntil: credential.hardUntil })
      return skip(state, target, credential.why)
    }
    return loop(engine, frame, state, {
      provider,
      model: target.model,
      credential,
      spent: new Set(),
      repaired: new Set(),
      request: undefined,
      retries: 0,
      step: undefined
    })
  })

/** Why a target cannot be asked, before anything is looked at that changes with time. */
const unable = (provider: Provider, model: string, state: CallState): string | undefined => {
  if (provider.disabled !== undefined) return provider.disabled
  const window = provider.models[model]?.contextWindow
  if (state.minimumWindow !== undefined && (window === undefined || window <= state.minimumWindow)) {
    return `no context window larger than ${state.minimumWindow} tokens is declared for it`
  }
  return undefined
}

const skip = (
  state: CallState,
  target: { readonly provider: string; readonly model: string },
  why: string
): Effect.Effect<never, Ended> => {
  state.skipped.push({ provider: target.provider, model: target.model, why })
  return Effect.fail<Ended>({ next: "nextTarget", error: undefined, cause: "skipped" })
}

/** One attempt after another until one answers or none is left. */
const loop = (
  engine: Engine,
  frame: Frame,
  state: CallState,
  progress: Progress
): Effect.Effect<Answer, Ended, Scope.Scope> =>
  Effect.flatMap(Effect.scope, (callScope) => {
    const again: Effect.Effect<Answer, Ended> = Effect.suspend(() => {
      const scope = Scope.forkUnsafe(callScope)
      return AttemptRunner.run(engine, progress, frame, state, scope).pipe(
        Effect.map((answer) => {
          state.repairs = [...progress.repaired]
          return answer
        }),
        Effect.catch((failed) =>
          Scope.close(scope, Exit.void).pipe(
            Effect.andThen(decide(engine, frame, state, progress, failed.error)),
            Effect.tap((decision) => failed.end(actionOf(decision))),
            Effect.flatMap((decision) => follow(decision, state, progress, failed.error, again))
          )
        )
      )
    })
    return again
  })

const actionOf = (decision: Decision): NextAction => (decision.action === "repair" ? decision.name : decision.action)

/** Does what was decided. */
const follow = (
  decision: Decision,
  state: CallState,
  progress: Progress,
  error: AttemptError,
  again: Effect.Effect<Answer, Ended>
): Effect.Effect<Answer, Ended> => {
  switch (decision.action) {
    case "retry":
      progress.retries += 1
      state.waitedMs += decision.waitMs
      state.awayMs += decision.waitMs
      return Effect.andThen(Effect.sleep(decision.waitMs), again)
    case "nextCredential":
      progress.credential = decision.credential
      progress.retries = 0
      return again
    case "repair":
      progress.repaired.add(decision.name.slice("repair:".length))
      progress.request = decision.request
      return again
    case "nextTarget":
      return Effect.fail<Ended>({ next: "nextTarget", error, cause: "reason" })
    case "abort":
      return Effect.fail<Ended>({ next: "stop", error, cause: decision.cause })
  }
}

/** The first action of the reason's row that is possible. */
const decide = (
  engine: Engine,
  frame: Frame,
  state: CallState,
  progress: Progress,
  error: AttemptError
): Effect.Effect<Decision> =>
  Effect.gen(function* () {
    progress.spent.add(progress.credential.name)
    if (engine.clock.currentTimeMillisUnsafe() >= frame.deadlineAt) return { action: "abort", cause: "deadline" }
    if (attemptsLeft(frame) <= 0) return { action: "abort", cause: "budget" }
    noteWindow(state, progress, error)
    let cause: Ended["cause"] = "reason"
    for (const action of [
      ...frame.repairs.map((name) => `repair:${name}` as const),
      ...frame.policy.on[error.reason._tag]
    ]) {
      const decision = yield* attemptAction(action, engine, frame, state, progress, error)
      if (decision === "late") cause = "deadline"
      else if (decision !== undefined) return decision
    }
    return { action: "abort", cause }
  })

/** One action, where it is possible; `late` where only time is missing. */
const attemptAction = (
  action: Action,
  engine: Engine,
  frame: Frame,
  state: CallState,
  progress: Progress,
  error: AttemptError
): Effect.Effect<Decision | "late" | undefined> => {
  if (action === "abort") return Effect.succeed({ action: "abort", cause: "reason" })
  if (action === "nextTarget") return Effect.succeed(frame.after(error.reason) ? { action: "nextTarget" } : undefined)
  if (action === "nextCredential") {
    const credential = pick(engine, progress.provider, progress.model, progress.spent, false)
    return Effect.succeed("until" in credential ? undefined : { action: "nextCredential", credential })
  }
  if (action.startsWith("repair:")) return Effect.succeed(mend(action.slice("repair:".length), state, progress, error))
  return retry(action as "retry" | `retry:${number}`, engine, frame, progress, error)
}

const mend = (name: string, state: CallState, progress: Progress, error: AttemptError): Decision | undefined => {
  if (progress.repaired.has(name) || state.call.operation !== "chat") return undefined
  const asked = progress.request ?? Result.getOrUndefined(state.call.request())
  const request = asked === undefined ? undefined : Repair.apply(name, asked, error.reason)
  return request === undefined ? undefined : { action: "repair", name: `repair:${name}`, request }
}

const retry = (
  action: "retry" | `retry:${number}`,
  engine: Engine,
  frame: Frame,
  progress: Progress,
  error: AttemptError
): Effect.Effect<Decision | "late" | undefined> => {
  const most =
    frame.schedule !== undefined
      ? Number.POSITIVE_INFINITY
      : frame.after(error.reason)
        ? frame.policy.retry.others
        : frame.policy.retry.last
  const bound = action === "retry" ? most : Math.min(most, Number(action.slice("retry:".length)))
  if (progress.retries >= bound) return Effect.succeed(undefined)
  return Effect.gen(function* () {
    progress.step ??= yield* Schedule.toStep(frame.schedule ?? RetryPolicy.toSchedule(frame.policy))
    const now = engine.clock.currentTimeMillisUnsafe()
    const next = yield* Effect.option(progress.step(now, error))
    if (next._tag === "None") return undefined
    const waitMs = Duration.toMillis(next.value[1])
    return now + waitMs >= frame.deadlineAt ? "late" : { action: "retry", waitMs }
  })
}

/** A context overflow says how large the next target's window has to be. */
const noteWindow = (state: CallState, progress: Progress, error: AttemptError) => {
  if (error.reason._tag !== "ContextWindowExceeded") return
  const known = Math.max(
    progress.provider.models[progress.model]?.contextWindow ?? 0,
    error.reason.limit ?? 0,
    error.reason.requested ?? 0
  )
  state.minimumWindow = Math.max(state.minimumWindow ?? 0, known)
}

type Unpicked = { readonly until: number; readonly hardUntil: number; readonly why: string }

/** The first credential that is neither spent nor cooling; with `probe`, the one that cools down first. */
const pick = (
  engine: Engine,
  provider: Provider,
  model: string,
  spent: ReadonlySet<string>,
  probe: boolean
): Credential | Unpicked => {
  const now = engine.clock.currentTimeMillisUnsafe()
  let soonest: (Unpicked & { readonly credential: Credential }) | undefined
  for (const credential of provider.credentials) {
    if (spent.has(credential.name)) continue
    const verdict = engine.health.verdict({ provider: provider.id, model, credential: credential.name }, now)
    if (verdict.state === "healthy") return credential
    const until = verdict.state === "cooling" ? verdict.until : now
    const hardUntil = verdict.state === "cooling" ? verdict.hardUntil : now
    const why = `${verdict.state === "cooling" ? `cooling down for ${Math.ceil((until - now) / 1000)} s more` : "being probed by another call"} after ${verdict.reason ?? "a failure"}`
    if (soonest === undefined || until < soonest.until) soonest = { credential, until, hardUntil, why }
  }
  if (soonest === undefined) return { until: now, hardUntil: now, why: "it has no other credential" }
  return probe ? soonest.credential : soonest
}

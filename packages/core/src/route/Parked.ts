/**
 * What of a route cools down and could be asked by a call that has nothing else left: targets that it has not asked, and those that it may
 * try again.
 *
 * It is read off the tree, so that what stands around a target (policy, deadline, attempts, `on`) holds here as it does on the walk.
 */
import type { Attempt } from "../domain/Attempt.ts"
import * as Elapsed from "../domain/Elapsed.ts"
import * as Disposition from "../policy/Disposition.ts"
import * as RetryPolicy from "../policy/RetryPolicy.ts"
import { attemptsLeft, type CallState, type Cooling, type Frame } from "../target/CallState.ts"
import type { Engine } from "../target/Engine.ts"
import * as Availability from "../target/Availability.ts"
import * as Frames from "./Frames.ts"
import type { Node, Route } from "./Tree.ts"

/** What a look needs; `at` is epoch milliseconds, as cooldowns are. @stability experimental @category models @since 0.1.0 */
export interface Look {
  readonly engine: Engine
  readonly named: (name: string) => Route | undefined
  readonly state: CallState
  readonly at: number
}

/** A credential that may be asked. @stability experimental @category models @since 0.1.0 */
export interface Parked extends Cooling {
  readonly credential: string
  /** This call asked it, and it did not say when to come back. */
  readonly isUnsaid: boolean
}

/** Each credential that may be asked, under what holds for it. @stability experimental @category getters @since 0.1.0 */
export const of = (look: Look, { node }: Route, frame: Frame): ReadonlyArray<Parked> => {
  switch (node._tag) {
    case "Target":
      return ofTarget(look, node, frame)
    case "OrElse":
      return [...of(look, node.left, frame), ...(isFor(node, look.state) ? of(look, node.right, frame) : [])]
    case "Balance":
      return node.members.flatMap((member) => of(look, member.route, frame))
    case "Named": {
      const next = look.named(node.name)
      return next === undefined ? [] : of(look, next, frame)
    }
    case "Retry":
    case "RetryWith":
    case "Repair":
    case "Deadline":
    case "Budget":
      return of(look, node.route, Frames.inside(node, frame, look.state, notBegun, "look"))
  }
}

/** Of a part that the call has not begun: all of its time is left. */
const notBegun = () => Number.POSITIVE_INFINITY

/** Whether the wait that its provider wants may be waited for. @stability experimental @category predicates @since 0.1.0 */
export const fits = ({ clock }: Engine, { hardUntil }: Cooling, { deadlineAt, policy }: Frame, at: number): boolean =>
  hardUntil - at <= Math.min(RetryPolicy.longestWait(policy), deadlineAt - Elapsed.millis(clock) - 1)

/** What stands behind an `orElse` is there for the reasons that it names, cooling down or not. */
const isFor = ({ on }: Extract<Node, { _tag: "OrElse" }>, { lastError }: CallState): boolean =>
  on === undefined || lastError === undefined || on.includes(lastError.reason._tag)

const ofTarget = (
  { at, engine, state }: Look,
  { model, provider: name }: Extract<Node, { _tag: "Target" }>,
  frame: Frame
): ReadonlyArray<Parked> => {
  const { policy } = frame
  const provider = engine.registry.get(name)
  if (provider === undefined || Availability.unable(provider, model, frame, state.minimumWindow) !== undefined)
    return []
  const asked = state.attempts.filter((attempt) => attempt.provider === name && attempt.model === model)
  if (asked.length > policy.retry.last || attemptsLeft(frame) <= 0 || policy.allCooling === "fail") return []
  return provider.credentials.flatMap(({ name: credential }) => {
    const verdict = Availability.heeded(engine, policy, { provider: name, model, credential }, at)
    if (verdict.state !== "cooling") return []
    const last = asked.findLast((attempt) => attempt.credential === credential)
    if (last !== undefined && !isRetried(policy, last, state.call.stream)) return []
    const { hardUntil } = verdict
    // Who told this call when to come back is free then; all others, when they are thought to be well.
    const wasTold = (last?.retryAfterMs ?? 0) > 0
    const until = wasTold ? hardUntil : verdict.until
    const isUnsaid = asked.length > 0 && !wasTold && hardUntil <= at
    const parked = { id: `${name}/${model}`, credential, isUnsaid, until, hardUntil, deadlineAt: frame.deadlineAt }
    return fits(engine, parked, frame, at) ? [parked] : []
  })
}

/** Whether the policy tries again what ended so. */
const isRetried = (
  policy: RetryPolicy.RetryPolicy,
  { message = "", providerCode, reason, status }: Attempt,
  stream: boolean
): boolean =>
  reason !== undefined &&
  Disposition.actionsFor(policy, { _tag: reason, message, status, providerCode }, stream).some((action) =>
    action.startsWith("retry")
  )

/**
 * What the nodes around a target say of it: the frame that a call starts in, and how each node changes it for what is below.
 *
 * A frame is made anew on the way down and never changed. Nothing here looks at health, and nobody is asked.
 */
import * as Duration from "effect/Duration"
import * as RetryPolicy from "../policy/RetryPolicy.ts"
import type { Beyond, CallState, Frame, Part } from "../target/CallState.ts"
import type * as Bounds from "./Bounds.ts"
import type { Node, Route } from "./Tree.ts"

/**
 * The frame that a call starts in: its own options first, then what the route says, then the default policy.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const root = (bounds: Bounds.Bounds, state: CallState, beyond: Beyond): Frame => {
  const { options } = state.call
  const routesDeadlineAt = state.elapsedAt + Duration.toMillis(bounds.deadline)
  const deadlineAt =
    options.deadline === undefined ? routesDeadlineAt : state.elapsedAt + Duration.toMillis(options.deadline)
  return {
    policy: bounds.policy ?? RetryPolicy.recommended,
    schedule: undefined,
    repairs: none,
    beyond,
    deadlineAt,
    callersDeadlineAt: deadlineAt < routesDeadlineAt ? deadlineAt : undefined,
    budgets: [{ left: options.attempts ?? bounds.attempts }],
    probe: undefined
  }
}

const none: Frame["repairs"] = []

/** A node that changes the frame of what is below it. @stability experimental @category models @since 0.1.0 */
export type Around = Extract<Node, { readonly route: Route }>

/**
 * How a call comes to a node: it begins it; comes back to it `again`, on the attempts and the time that it has left; or only looks.
 *
 * @stability experimental
 * @category models
 * @since 0.1.0
 */
export type Visit = "begin" | "again" | "look"

/** The frame below a node that is begun `now`, unless it was before. @stability experimental @category combinators @since 0.1.0 */
export const inside = (node: Around, frame: Frame, state: CallState, now: () => number, visit: Visit): Frame => {
  switch (node._tag) {
    case "Retry":
      return underPolicy(node, frame, state, visit)
    case "RetryWith":
      return { ...frame, schedule: node.schedule }
    case "Repair":
      return { ...frame, repairs: [...frame.repairs, node.repair] }
    case "Deadline":
      return within(frame, node.deadline, partOf(node, state, visit, now(), Number.POSITIVE_INFINITY).begunAt)
    case "Budget":
      return { ...frame, budgets: [...frame.budgets, partOf(node, state, visit, 0, node.attempts)] }
  }
}

const underPolicy = (
  node: Extract<Node, { readonly _tag: "Retry" }>,
  frame: Frame,
  state: CallState,
  visit: Visit
): Frame => {
  const { policy } = node
  const { options } = state.call
  if (frame.policy === policy) return frame.schedule === undefined ? frame : { ...frame, schedule: undefined }
  return {
    // What the caller itself says of the call stands in the place of the policy's.
    ...(options.deadline === undefined ? within(frame, policy.deadline, state.elapsedAt) : frame),
    policy,
    schedule: undefined,
    budgets:
      options.attempts === undefined
        ? [...frame.budgets, partOf(node, state, visit, 0, policy.attempts)]
        : frame.budgets
  }
}

/** A node as the call begins it, or as it left it. */
const partOf = (node: Around, state: CallState, visit: Visit, begunAt: number, left: number): Part => {
  for (let part = visit === "begin" ? undefined : state.parts; part !== undefined; part = part.before)
    if (part.node === node) return part
  const part = { node, begunAt, left, before: state.parts }
  if (visit !== "look") state.parts = part
  return part
}

/** What is around holds as well. */
const within = (frame: Frame, deadline: Duration.Duration, from: number): Frame => ({
  ...frame,
  deadlineAt: Math.min(frame.deadlineAt, from + Duration.toMillis(deadline))
})

/**
 * The tree that a route is: its nodes as plain data, and the ways down them. Nothing here runs it or knows what a name stands for.
 *
 * Users build it by `Route.ts`; `Interpreter.ts` walks it, `Explain.ts` prints it, the configuration decodes to it.
 */
import type * as Duration from "effect/Duration"
import type { Pipeable } from "effect/Pipeable"
import { pipeArguments } from "effect/Pipeable"
import type { Reason, Tag } from "../domain/Reason.ts"
import type * as Disposition from "../policy/Disposition.ts"
import type { RetryPolicy, RetrySchedule } from "../policy/RetryPolicy.ts"
import type * as Strategies from "./strategy/all.ts"

/** How a balance orders its members; one file each in `route/strategy/`. @stability stable @category models @since 0.1.0 */
export type StrategyName = Strategies.Name

/** A member of a balance; weight 1 where none is given. @stability stable @category models @since 0.1.0 */
export interface Member {
  readonly route: Route
  readonly weight: number
}

/** What a route is made of, as plain data. @stability stable @category models @since 0.1.0 */
export type Node =
  | { readonly _tag: "Target"; readonly provider: string; readonly model: string }
  | {
      readonly _tag: "OrElse"
      readonly left: Route
      readonly right: Route
      readonly on: ReadonlyArray<Tag> | undefined
    }
  | { readonly _tag: "Balance"; readonly strategy: StrategyName; readonly members: ReadonlyArray<Member> }
  | { readonly _tag: "Retry"; readonly route: Route; readonly policy: RetryPolicy }
  | { readonly _tag: "RetryWith"; readonly route: Route; readonly schedule: RetrySchedule }
  | { readonly _tag: "Repair"; readonly route: Route; readonly repair: Disposition.Repair }
  | { readonly _tag: "Deadline"; readonly route: Route; readonly deadline: Duration.Duration }
  | { readonly _tag: "Budget"; readonly route: Route; readonly attempts: number }
  | { readonly _tag: "Named"; readonly name: string }

/**
 * A route. `E` is the union of reasons that can end a call through it.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export interface Route<out E extends Reason = Reason> extends Pipeable {
  readonly node: Node
  /** Only in the type. */
  readonly "~reason"?: E
}

/** A route of this node. @stability experimental @category constructors @since 0.1.0 */
export const make = <E extends Reason = Reason>(node: Node): Route<E> => ({
  node,
  pipe() {
    // eslint-disable-next-line prefer-rest-params
    return pipeArguments(this, arguments)
  }
})

/** The routes right below a node, in order. What a name stands for is not among them: that differs from router to router. @stability experimental @category getters @since 0.1.0 */
export const children = (node: Node): ReadonlyArray<Route> => {
  switch (node._tag) {
    case "Target":
    case "Named":
      return []
    case "OrElse":
      return [node.left, node.right]
    case "Balance":
      return node.members.map(({ route }) => route)
    case "Retry":
    case "RetryWith":
    case "Repair":
    case "Deadline":
    case "Budget":
      return [node.route]
  }
}

/** More targets than anybody lists, and fewer than a stack takes, one inside the other. @stability experimental @category constants @since 0.1.0 */
export const mostTargets = 1000

/** What a node is that leads on to no other of its tree. @stability experimental @category models @since 0.1.0 */
export type Leaf = Extract<Node, { readonly _tag: "Target" | "Named" }>

/** Those of a tree, in order, one more than `mostTargets` at most: a tree may be deeper than a stack is, and of more ways than can be walked. @stability experimental @category getters @since 0.1.0 */
export const leaves = (route: Route): ReadonlyArray<Leaf> => {
  const found: Array<Leaf> = []
  const left = [route]
  for (let next = left.pop(); next !== undefined && found.length <= mostTargets; next = left.pop()) {
    const { node } = next
    if (node._tag === "Target" || node._tag === "Named") found.push(node)
    else for (const child of children(node).toReversed()) left.push(child)
  }
  return found
}

/** The target that a route asks first, where it asks in order; `undefined` where a name stands for nothing. @stability experimental @category getters @since 0.1.0 */
export const firstTarget = (
  { node }: Route,
  named: (name: string) => Route | undefined
): Extract<Node, { readonly _tag: "Target" }> | undefined => {
  switch (node._tag) {
    case "Target":
      return node
    case "OrElse":
      return firstTarget(node.left, named)
    case "Balance":
      return node.members[0] && firstTarget(node.members[0].route, named)
    case "Named": {
      const next = named(node.name)
      return next && firstTarget(next, named)
    }
    case "Retry":
    case "RetryWith":
    case "Repair":
    case "Deadline":
    case "Budget":
      return firstTarget(node.route, named)
  }
}

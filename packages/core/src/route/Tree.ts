/**
 * The tree that a route is: its nodes as plain data, and nothing that reads or runs them.
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

/** @stability stable @category models @since 0.1.0 */
export type StrategyName = Strategies.Name

/** A member of a balance; weight 1 where none is given. @stability stable @category models @since 0.1.0 */
export interface Member {
  readonly route: Route
  readonly weight: number
}

/** @stability stable @category models @since 0.1.0 */
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

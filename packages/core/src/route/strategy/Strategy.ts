/**
 * In which order the members of a balance are asked: the registry of strategies, one file each beside this one.
 */
import * as Effect from "effect/Effect"
import type { Call } from "../../domain/Call.ts"
import type { Engine } from "../../target/Engine.ts"
import type { Node, Route } from "../Route.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Strategies {
  readonly order: (node: Extract<Node, { _tag: "Balance" }>, call: Call) => Effect.Effect<ReadonlyArray<Route>>
}

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (_engine: Engine): Strategies => ({
  order: (node) => Effect.succeed(node.members.map((member) => member.route))
})

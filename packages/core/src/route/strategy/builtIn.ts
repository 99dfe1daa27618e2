/**
 * In which order the members of a balance are asked: what a strategy of `all.ts` is told of each member.
 *
 * A strategy only orders: whether a member can be asked is health, whether the next is asked after a failure is the policy.
 */
import * as Effect from "effect/Effect"
import type { Engine } from "../../target/Engine.ts"
import type { Node, Route } from "../Tree.ts"
import * as Tree from "../Tree.ts"
import { all } from "./all.ts"
import type { Candidate } from "./Strategy.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Strategies {
  readonly order: (node: Extract<Node, { _tag: "Balance" }>) => Effect.Effect<ReadonlyArray<Route>>
}

/** The strategies over what an engine knows. @stability experimental @category constructors @since 0.1.0 */
export const make = (engine: Engine, named: (name: string) => Route | undefined): Strategies => {
  const turns = new WeakMap<object, number>()
  const candidateOf = (member: { readonly route: Route; readonly weight: number }): Candidate => {
    const target = Tree.firstTarget(member.route, named)
    if (target === undefined) return { weight: member.weight, open: 0, latencyCost: 0, price: undefined }
    const { model, provider } = target
    return {
      weight: member.weight,
      open: engine.activity.open(provider, model),
      latencyCost: engine.activity.cost(provider, model, engine.clock.currentTimeMillisUnsafe()),
      price: priceOf(engine, target)
    }
  }
  return {
    order: (node) =>
      Effect.suspend(() => {
        const turn = turns.get(node) ?? 0
        turns.set(node, turn + 1)
        return Effect.map(all[node.strategy].order(node.members.map(candidateOf), turn), (order) =>
          order.flatMap((index) => node.members[index]?.route ?? [])
        )
      })
  }
}

/** What a million tokens in and a million out would cost. */
const priceOf = (engine: Engine, target: { readonly provider: string; readonly model: string }): number | undefined => {
  const provider = engine.registry.get(target.provider)
  if (provider === undefined) return undefined
  return engine.recorder.costOf(provider, target.model, { inputTokens: 1e6, outputTokens: 1e6 }).costUsd
}

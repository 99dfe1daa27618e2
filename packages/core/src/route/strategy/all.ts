/**
 * Every strategy, one line each: the name that code and configuration use, and its module. What the names are is read off here by
 * the types, the configuration's schema, `explain` and the laws; a new strategy is a file beside this one, a line below, and a test.
 */
import * as Cheapest from "./Cheapest.ts"
import * as Fastest from "./Fastest.ts"
import * as LeastBusy from "./LeastBusy.ts"
import * as Priority from "./Priority.ts"
import * as Random from "./Random.ts"
import * as Rotation from "./Rotation.ts"
import type { Strategy } from "./Strategy.ts"
import * as Weighted from "./Weighted.ts"

/** By name. @stability experimental @category constants @since 0.1.0 */
export const all = {
  priority: Priority,
  weighted: Weighted,
  rotation: Rotation,
  random: Random,
  "least-busy": LeastBusy,
  fastest: Fastest,
  cheapest: Cheapest
} as const satisfies Readonly<Record<string, Module>>

/** What a strategy's file has. @stability experimental @category models @since 0.1.0 */
export interface Module {
  readonly order: Strategy
  /** The order in words, for `explain`. */
  readonly says: string
}

/** The name of a strategy, as code and configuration write it. @stability stable @category models @since 0.1.0 */
export type Name = keyof typeof all

/** In the order of the table. @stability experimental @category constants @since 0.1.0 */
export const names = Object.keys(all) as ReadonlyArray<Name>

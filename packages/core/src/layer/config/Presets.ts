/**
 * `preset:` from the file to `Route` values: each preset's own fields handed to its builder in `route/presets/`.
 */
import * as Json from "../../domain/Json.ts"
import { growthOf } from "../../policy/presets/chronicleJson.ts"
import type { RetryPolicy } from "../../policy/RetryPolicy.ts"
import * as chronicle from "../../route/presets/chronicle.ts"
import * as failover from "../../route/presets/failover.ts"
import * as minimal from "../../route/presets/minimal.ts"
import * as pool from "../../route/presets/pool.ts"
import * as reliable from "../../route/presets/reliable.ts"
import type { Member, Route } from "../../route/Route.ts"
import type { Path } from "./Problem.ts"
import type * as Schema from "./schema/Route.ts"

/** Reads what stands at a path below the preset. @stability experimental @category models @since 0.1.0 */
export interface Readers {
  readonly target: (text: string, ...at: Path) => Route
  readonly element: (item: Schema.Element, ...at: Path) => Route
  readonly across: (list: Schema.Balance["across"]) => ReadonlyArray<Member>
  /** Whether what stands there is a reference to a variable that is not set. */
  readonly isUnset: (...at: Path) => boolean
  /** Reports a model that names none, and stands in for it. */
  readonly unnamed: (found: string, ...at: Path) => Route
}

/** The route of a preset. @stability experimental @category decoding @since 0.1.0 */
export const read = (value: Schema.Preset, readers: Readers): Route => {
  switch (value.preset) {
    case "chronicle":
      return chronicle.route(
        value.targets.map((item, index) => readers.element(item, "targets", index)),
        { randomOrder: value.randomOrder, options: chronicleOptions(value.options) }
      )
    case "reliable":
      return reliable.over(
        [value.model, ...(value.fallbacks ?? [])].flatMap((model, round) => {
          const named: Path = round === 0 ? ["model"] : ["fallbacks", round - 1]
          const isUnset = readers.isUnset(...named)
          return value.providers.map((provider, index) =>
            readers.target(`${provider}/${model}`, ...(isUnset ? named : ["providers", index]))
          )
        }),
        value.options
      )
    case "minimal":
      return minimal.route(readers.target(value.target, "target"))
    case "pool":
      return pool.route(readers.across(value.across), value)
    case "failover": {
      const chain = failover.chainOf(value)
      if (chain.length === 0) return readers.unnamed(value.model, "model")
      return failover.over(
        chain.map((entry) => readers.target(failover.targetOf(entry), ...placeOf(value, entry))),
        value.options
      )
    }
  }
}

/** Where an entry of a chain stands in the file. */
const placeOf = (value: Schema.Failover, entry: string): Path => {
  for (const key of ["fallbacks", "globalFallbacks"] as const) {
    const index = (value[key] ?? []).findIndex((one) => one.trim() === entry)
    if (index >= 0 && value.model.trim() !== entry) return [key, index]
  }
  return ["model"]
}

const chronicleOptions = (options: Schema.Chronicle["options"]) => {
  if (options === undefined) return undefined
  const { increase, ...rest } = options
  return Json.compact({ ...rest, increase: increase === undefined ? undefined : growthOf(increase) })
}

/**
 * Members in order under a policy: the round of `chronicle` where the policy is that preset's or began as it; `undefined` where it takes
 * no more than the policy around them.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const over = (policy: RetryPolicy | undefined, members: ReadonlyArray<Route>): Route | undefined =>
  policy?.report === "chronicle" ? chronicle.over(members, policy) : undefined

/**
 * What budgets are owed since Redis is away, to be booked when it is back: one sum an account, and what was set aside there before.
 */
import * as Effect from "effect/Effect"
import * as Scripts from "./BudgetScripts.ts"
import type { Missed } from "./Changes.ts"
import type { Direct } from "./Connection.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Owed {
  /** So much was spent of the account with these keys; what was set aside under these ids is given back. */
  readonly add: (keys: ReadonlyArray<string>, usd: number, ids: ReadonlyArray<string>) => void
  readonly pay: (direct: Direct) => Effect.Effect<void, Missed>
}

interface Sum {
  readonly keys: ReadonlyArray<string>
  readonly ids: Array<string>
  usd: number
}

/** None at first. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Owed => {
  const sums = new Map<string, Sum>()
  const add: Owed["add"] = (keys, usd, ids) => {
    const name = keys.join("\n")
    const sum = sums.get(name) ?? { keys, ids: [], usd: 0 }
    sums.set(name, sum)
    sum.usd += usd
    for (const id of ids) sum.ids.push(id)
  }
  return {
    add,
    pay: (direct) =>
      Effect.suspend(() =>
        Effect.forEach(
          [...sums],
          ([name, { ids, keys, usd }]) => {
            sums.delete(name)
            const paid = direct.change(Scripts.settle, keys, [usd, ...ids])
            return Effect.tapError(paid, ({ ifUnmade }) => Effect.sync(() => ifUnmade(() => add(keys, usd, ids))))
          },
          { discard: true }
        )
      )
  }
}

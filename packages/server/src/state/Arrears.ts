/**
 * What was taken of limits while Redis was away, to be told when it is back. What belongs to a window that is over by then is
 * forgotten.
 */
import * as Elapsed from "@orelse/core/domain/Elapsed"
import type { Limits as Config } from "@orelse/core/provider/Provider"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Missed } from "./Changes.ts"
import type { Direct } from "./Connection.ts"
import * as Keys from "./Keys.ts"
import * as Scripts from "./LimitScripts.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Arrears {
  /** `requests` requests and `tokens` tokens were taken at this elapsed time. */
  readonly note: (key: string, limits: Config, requests: number, tokens: number, at: number) => void
  readonly pay: (direct: Direct) => Effect.Effect<void, Missed>
}

interface Due {
  amount: number
  /** In elapsed time. */
  readonly endsAt: number
}

/** None at first. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Arrears => {
  const dues = new Map<string, Due>()
  const add = (key: string, amount: number, endsAt: number, at: number) => {
    const due = dues.get(key)
    if (due !== undefined && due.endsAt > at) due.amount += amount
    else dues.set(key, { amount, endsAt })
  }
  const take = (key: string, rate: Config["requests"], amount: number, at: number) => {
    if (rate !== undefined && amount !== 0) add(key, amount, at + Duration.toMillis(rate.window), at)
  }
  return {
    note: (key, { requests: ofRequests, tokens: ofTokens }, requests, tokens, at) => {
      take(Keys.requests(key), ofRequests, requests, at)
      take(Keys.tokens(key), ofTokens, tokens, at)
    },
    pay: (direct) =>
      Effect.flatMap(Clock.Clock, (clock) => {
        const now = Elapsed.millis(clock)
        return Effect.forEach(
          [...dues],
          ([key, { amount, endsAt }]) => {
            dues.delete(key)
            if (endsAt <= now) return Effect.void
            const paid = direct.change(Scripts.add, [key], [amount, endsAt - now])
            return Effect.tapError(paid, ({ ifUnmade }) =>
              Effect.sync(() => ifUnmade(() => add(key, amount, endsAt, now)))
            )
          },
          { discard: true }
        )
      })
  }
}

/**
 * What was taken of limits while Redis was away, to be told when it is back. What belongs to a window that is over by then is
 * forgotten.
 */
import * as Elapsed from "@orelse/core/domain/Elapsed"
import type { Limits as Config } from "@orelse/core/provider/Provider"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Away, Direct } from "./Connection.ts"
import * as Keys from "./Keys.ts"
import * as Scripts from "./LimitScripts.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Arrears {
  /** `requests` requests and `tokens` tokens were taken now. */
  readonly note: (key: string, limits: Config, requests: number, tokens: number) => Effect.Effect<void>
  readonly pay: (direct: Direct) => Effect.Effect<void, Away>
}

interface Due {
  amount: number
  /** In elapsed time. */
  readonly endsAt: number
}

/** None at first. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Arrears => {
  const dues = new Map<string, Due>()
  const add = (key: string, rate: Config["requests"], amount: number, now: number) => {
    if (rate === undefined || amount === 0) return
    const due = dues.get(key)
    if (due !== undefined && due.endsAt > now) due.amount += amount
    else dues.set(key, { amount, endsAt: now + Duration.toMillis(rate.window) })
  }
  return {
    note: (key, limits, requests, tokens) =>
      Effect.map(Clock.Clock, (clock) => {
        const now = Elapsed.millis(clock)
        add(Keys.requests(key), limits.requests, requests, now)
        add(Keys.tokens(key), limits.tokens, tokens, now)
      }),
    pay: (direct) =>
      Effect.flatMap(Clock.Clock, (clock) => {
        const now = Elapsed.millis(clock)
        return Effect.forEach(
          [...dues],
          ([key, { amount, endsAt }]) => {
            dues.delete(key)
            return endsAt <= now ? Effect.void : direct.run(Scripts.add, [key], [amount, endsAt - now])
          },
          { discard: true }
        )
      })
  }
}

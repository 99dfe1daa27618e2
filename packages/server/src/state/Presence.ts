/**
 * Whether Redis is there: one word for all, one line of the log a change.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Status } from "./Sharing.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Presence {
  readonly isThere: () => boolean
  readonly status: () => Status
  /** It did not answer, for this reason. Said once. */
  readonly lose: (detail: string) => void
  /** It answers again, and everything is made good. */
  readonly found: () => void
  /** When to look again; milliseconds. */
  readonly askAgainMs: () => number
}

/**
 * How often Redis is asked again while it is away: less and less often where it goes again soon after it came (it answers, and
 * takes nothing). Milliseconds.
 */
const askAgain = { first: 200, most: 30_000 }
const soonMs = 10_000

/** Away, and nothing said yet. @stability experimental @category constructors @since 0.1.0 */
export const make: Effect.Effect<Presence> = Effect.gen(function* () {
  const clock = yield* Clock.Clock
  const runFork = Effect.runForkWith(yield* Effect.context<never>())
  let status: Status = {
    store: "redis",
    shared: false,
    since: clock.currentTimeMillisUnsafe(),
    detail: "not connected yet"
  }
  let isSaid = false
  let waitMs = askAgain.first
  return {
    isThere: () => status.store === "redis" && status.shared,
    status: () => status,
    askAgainMs: () => waitMs,
    lose: (detail) => {
      if (status.store === "redis" && !status.shared && isSaid) return
      const now = clock.currentTimeMillisUnsafe()
      const isSoon = status.store === "redis" && status.shared && now - status.since < soonMs
      waitMs = isSoon ? Math.min(waitMs * 2, askAgain.most) : askAgain.first
      status = { store: "redis", shared: false, since: now, detail }
      isSaid = true
      runFork(
        Effect.logWarning(
          `Redis is away (${detail}); limits, cooldowns and budgets are those of this process alone until it is back`
        )
      )
    },
    found: () => {
      status = { store: "redis", shared: true, since: clock.currentTimeMillisUnsafe() }
      runFork(Effect.logInfo("Redis is there; limits, cooldowns and budgets are one over all processes"))
    }
  }
})

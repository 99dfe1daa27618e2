/**
 * Our own limits of a credential: requests and tokens a window, calls at once. A permit lives until its scope closes, so a
 * stream holds it to its end.
 *
 * Nothing is taken before everything is there: a limit that says no leaves the others untouched. A limit never waits; the runner
 * moves on or fails as the route says.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { LimitReached } from "../domain/Reason.ts"
import type { Limits as LimitsConfig } from "../provider/Provider.ts"

/** What is left of one limit in the window that is open now. @stability experimental @category models @since 0.1.0 */
export interface Left {
  readonly limit: number
  /** At least 0. */
  readonly remaining: number
  /** Milliseconds until all of it is there again; 0 where nothing is used. */
  readonly resetMs: number
}

/** Where a key stands; only the limits that it has. @stability experimental @category models @since 0.1.0 */
export interface Standing {
  readonly requests?: Left | undefined
  readonly tokens?: Left | undefined
}

/**
 * The limiter.
 *
 * @stability stable
 * @category services
 * @since 0.1.0
 */
export class Limits extends Context.Service<
  Limits,
  {
    /** Takes one request, `tokens` tokens and one place under `key`, or fails and takes nothing. Answers what is left after it. */
    readonly acquire: (
      key: string,
      limits: LimitsConfig,
      tokens: number
    ) => Effect.Effect<Standing, LimitReached, Scope.Scope>
    /** Where `key` stands; looking takes nothing. */
    readonly standing: (key: string, limits: LimitsConfig) => Effect.Effect<Standing>
    /**
     * Counts tokens that were not known at `acquire`, or gives back (below 0) what was taken too much, in the window that is open
     * now; where none is open, nothing.
     */
    readonly correct: (key: string, limits: LimitsConfig, tokens: number) => Effect.Effect<void>
    /** Calls under way under `key`; looking takes nothing. */
    readonly open: (key: string) => number
  }
>()("@orelse/core/target/Limits") {
  static readonly layerMemory = Layer.sync(Limits, () => make())
}

/** The windows of one key that are open. */
interface Windows {
  requests?: Window
  tokens?: Window
}

interface Window {
  count: number
  resetsAt: number
}

type Rate = NonNullable<LimitsConfig["requests"]>

const make = (): Limits["Service"] => {
  const open = new Map<string, number>()
  const windows = new Map<string, Windows>()
  const leftOf = (window: Window | undefined, rate: Rate | undefined, now: number): Left | undefined => {
    if (rate === undefined) return undefined
    if (window === undefined || window.resetsAt <= now) return { limit: rate.limit, remaining: rate.limit, resetMs: 0 }
    return {
      limit: rate.limit,
      remaining: Math.max(0, rate.limit - window.count),
      resetMs: window.count === 0 ? 0 : window.resetsAt - now
    }
  }
  const standing = (key: string, limits: LimitsConfig, now: number): Standing => {
    const of = windows.get(key)
    return { requests: leftOf(of?.requests, limits.requests, now), tokens: leftOf(of?.tokens, limits.tokens, now) }
  }
  const look = (of: Windows, kind: keyof Windows, limit: Rate | undefined, amount: number, now: number) => {
    if (limit === undefined) return undefined
    let window = of[kind]
    if (window === undefined || window.resetsAt <= now) {
      window = { count: 0, resetsAt: now + Duration.toMillis(limit.window) }
      of[kind] = window
    }
    return window.count + amount > limit.limit ? { window, full: true } : { window, full: false }
  }
  return {
    open: (key) => open.get(key) ?? 0,
    acquire: (key, limits, tokens) =>
      Scope.Scope.use((scope) =>
        Clock.clockWith((clock) => {
          const now = clock.currentTimeMillisUnsafe()
          const running = open.get(key) ?? 0
          if (limits.concurrency !== undefined && running >= limits.concurrency)
            return Effect.fail(reached(key, "concurrency", undefined))
          let of = windows.get(key)
          if (of === undefined) windows.set(key, (of = {}))
          const requests = look(of, "requests", limits.requests, 1, now)
          if (requests?.full) return Effect.fail(reached(key, "requests", requests.window.resetsAt - now))
          const tokenWindow = look(of, "tokens", limits.tokens, tokens, now)
          if (tokenWindow?.full) return Effect.fail(reached(key, "tokens", tokenWindow.window.resetsAt - now))
          if (requests !== undefined) requests.window.count += 1
          if (tokenWindow !== undefined) tokenWindow.window.count += tokens
          open.set(key, running + 1)
          const giveBack = Effect.sync(() => open.set(key, (open.get(key) ?? 1) - 1))
          return Effect.as(Scope.addFinalizer(scope, giveBack), standing(key, limits, now))
        })
      ),
    standing: (key, limits) => Effect.map(Clock.currentTimeMillis, (now) => standing(key, limits, now)),
    correct: (key, limits, tokens) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const window = limits.tokens === undefined ? undefined : windows.get(key)?.tokens
        if (window !== undefined && window.resetsAt > now) window.count = Math.max(0, window.count + tokens)
      })
  }
}

const reached = (key: string, limited: "requests" | "tokens" | "concurrency", waitMs: number | undefined) =>
  new LimitReached({
    message: `our own ${limited} limit of ${key} is reached; nothing was sent`,
    limited,
    ...(waitMs === undefined ? {} : { retryAfter: Duration.millis(waitMs) })
  })

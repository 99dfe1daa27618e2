/**
 * Our own limits of a credential: requests and tokens a window, calls at once. A permit is held until it is released, so a
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
import * as Elapsed from "../domain/Elapsed.ts"
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

/** Leave to go on. @stability experimental @category models @since 0.1.0 */
export interface Permit {
  /** Where the key stands after it. */
  readonly standing: Standing
  /** Gives the place back, once: at the call, where it is at hand; the effect is what there is to wait for. */
  readonly release: () => Effect.Effect<void>
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
    /**
     * Takes one request, `tokens` tokens and one place under `key`, or fails and takes nothing: at the call, where the count is at hand; the
     * effect is what there is to wait for, once. Whoever waits so that it cannot be interrupted loses no permit.
     *
     * @param now the elapsed time, where that was just asked: a clock costs more than a count.
     */
    readonly acquire: (
      key: string,
      limits: LimitsConfig,
      tokens: number,
      now?: number
    ) => Effect.Effect<Permit, LimitReached>
    /** Where `key` stands; looking takes nothing. */
    readonly standing: (key: string, limits: LimitsConfig) => Effect.Effect<Standing>
    /**
     * Counts tokens that were not known at `acquire`, or gives back (below 0) what was taken too much, in the window that is open
     * now; where none is open, nothing. The effect is what there is to wait for.
     *
     * @param now as for `acquire`
     */
    readonly correct: (key: string, limits: LimitsConfig, tokens: number, now?: number) => Effect.Effect<void>
    /** Calls under way under `key`; looking takes nothing. */
    readonly open: (key: string) => number
  }
>()("@orelse/core/target/Limits") {
  static readonly layerMemory = Layer.effect(
    Limits,
    Effect.map(Clock.Clock, (clock) => make(clock))
  )
}

/** What is counted under one key. */
interface Counted {
  /** Calls under way. */
  open: number
  requests: Window | undefined
  tokens: Window | undefined
  readonly release: () => Effect.Effect<void>
}

interface Window {
  count: number
  /** In elapsed time. */
  resetsAt: number
}

type Rate = NonNullable<LimitsConfig["requests"]>

const make = (clock: Clock.Clock): Limits["Service"] => {
  const byKey = new Map<string, Counted>()
  const under = (key: string): Counted => {
    let counted = byKey.get(key)
    if (counted === undefined) byKey.set(key, (counted = nothingYet()))
    return counted
  }
  return {
    open: (key) => byKey.get(key)?.open ?? 0,
    acquire: (key, limits, tokens, now = Elapsed.millis(clock)) => take(key, under(key), limits, tokens, now),
    standing: (key, limits) => Effect.sync(() => standing(byKey.get(key), limits, Elapsed.millis(clock))),
    correct: (key, limits, tokens, now = Elapsed.millis(clock)) => {
      const window = limits.tokens === undefined ? undefined : byKey.get(key)?.tokens
      if (window !== undefined && window.resetsAt > now) window.count = Math.max(0, window.count + tokens)
      return Effect.void
    }
  }
}

const nothingYet = (): Counted => {
  const counted: Counted = {
    open: 0,
    requests: undefined,
    tokens: undefined,
    release: () => {
      counted.open -= 1
      return Effect.void
    }
  }
  return counted
}

const take = (
  key: string,
  counted: Counted,
  limits: LimitsConfig,
  tokens: number,
  now: number
): Effect.Effect<Permit, LimitReached> => {
  if (limits.concurrency !== undefined && counted.open >= limits.concurrency)
    return Effect.fail(reached(key, "concurrency", undefined))
  counted.requests = windowAt(counted.requests, limits.requests, now)
  const requestsAt = roomAt(counted.requests, limits.requests, 1)
  if (requestsAt > 0) return Effect.fail(reached(key, "requests", requestsAt - now))
  counted.tokens = windowAt(counted.tokens, limits.tokens, now)
  const tokensAt = roomAt(counted.tokens, limits.tokens, tokens)
  if (tokensAt > 0) return Effect.fail(reached(key, "tokens", tokensAt - now))
  if (limits.requests !== undefined) count(counted.requests, 1)
  if (limits.tokens !== undefined) count(counted.tokens, tokens)
  counted.open += 1
  return Effect.succeed({ standing: standing(counted, limits, now), release: counted.release })
}

/** The window that is open now, where there is such a limit. */
const windowAt = (window: Window | undefined, rate: Rate | undefined, now: number): Window | undefined =>
  rate === undefined || (window !== undefined && window.resetsAt > now)
    ? window
    : { count: 0, resetsAt: now + Duration.toMillis(rate.window) }

/** When there is room for so much: 0 where there is now. */
const roomAt = (window: Window | undefined, rate: Rate | undefined, amount: number): number =>
  rate !== undefined && window !== undefined && window.count + amount > rate.limit ? window.resetsAt : 0

const count = (window: Window | undefined, amount: number): void => {
  if (window !== undefined) window.count += amount
}

const standing = (counted: Counted | undefined, limits: LimitsConfig, now: number): Standing => ({
  requests: leftOf(counted?.requests, limits.requests, now),
  tokens: leftOf(counted?.tokens, limits.tokens, now)
})

const leftOf = (window: Window | undefined, rate: Rate | undefined, now: number): Left | undefined => {
  if (rate === undefined) return undefined
  if (window === undefined || window.resetsAt <= now) return { limit: rate.limit, remaining: rate.limit, resetMs: 0 }
  return {
    limit: rate.limit,
    remaining: Math.max(0, rate.limit - window.count),
    resetMs: window.count === 0 ? 0 : window.resetsAt - now
  }
}

const reached = (key: string, limited: "requests" | "tokens" | "concurrency", waitMs: number | undefined) =>
  new LimitReached({
    message: `our own ${limited} limit of ${key} is reached; nothing was sent`,
    limited,
    ...(waitMs === undefined ? {} : { retryAfter: Duration.millis(waitMs) })
  })

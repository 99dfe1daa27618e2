/**
 * How long to wait before the next attempt on the same target: growth, cap and jitter, as a Schedule.
 *
 * What a provider asks for (Retry-After) is added by `RetryPolicy.ts`; this file knows nothing of providers.
 * Jitter draws from Effect's `Random`, so a seed makes every wait exact.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"

/**
 * How the base grows from wait to wait. `list` gives each wait; after its last entry there is none.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export type Growth =
  | "constant"
  | { readonly additive: Duration.Duration }
  | { readonly exponential: number }
  | { readonly list: ReadonlyArray<Duration.Duration> }

/**
 * `none`: the base. `equal`: in [base/2, base]. `full`: in [0, base]. `added`: base plus [0, added].
 * See "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export type Jitter = "none" | "equal" | "full" | { readonly added: Duration.Duration }

/** How waits grow, how long they get and how far chance moves them. @stability stable @category models @since 0.1.0 */
export interface Backoff {
  /** The first base; not used with `list`. */
  readonly initial: Duration.Duration
  readonly growth: Growth
  /** No base (or, with `capAfterJitter`, no wait) is longer. */
  readonly cap: Duration.Duration
  readonly jitter: Jitter
  /** Whether the cap bounds the jittered wait instead of the base; then every wait at the cap is exactly the cap. */
  readonly capAfterJitter: boolean
}

/** Waits of 250 ms, doubled up to 8 s, with equal jitter. @stability stable @category constructors @since 0.1.0 */
export const recommended: Backoff = {
  initial: Duration.millis(250),
  growth: { exponential: 2 },
  cap: Duration.seconds(8),
  jitter: "equal",
  capAfterJitter: false
}

/**
 * The base of the wait number `n` (from 1), before cap and jitter; `undefined` where a list has ended.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const base = (self: Backoff, n: number): Duration.Duration | undefined => {
  if (self.growth === "constant") return self.initial
  if ("list" in self.growth) return self.growth.list[n - 1]
  const initial = Duration.toMillis(self.initial)
  if ("additive" in self.growth) return Duration.millis(initial + (n - 1) * Duration.toMillis(self.growth.additive))
  return Duration.millis(grown(initial, self.growth.exponential, n))
}

/** Whole nanoseconds, cut off at each step. */
const grown = (initial: number, factor: number, n: number): number => {
  let nanos = Math.trunc(initial * 1e6)
  for (let step = 1; step < n && Number.isFinite(nanos); step++) nanos = Math.trunc(nanos * factor)
  return nanos / 1e6
}

/**
 * The wait number `n` (from 1), capped and jittered; `undefined` where a list has ended.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const wait = (self: Backoff, n: number): Effect.Effect<Duration.Duration | undefined> => {
  const uncapped = base(self, n)
  if (uncapped === undefined) return Effect.succeed(undefined)
  if (self.capAfterJitter) {
    return Effect.map(jittered(self.jitter, uncapped), (duration) => Duration.min(duration, self.cap))
  }
  return jittered(self.jitter, Duration.min(uncapped, self.cap))
}

/**
 * The waits as a Schedule without end (a `list` ends with its list). Bound it with `Schedule.upTo` or a `RetryPolicy`.
 *
 * @stability stable
 * @category conversions
 * @since 0.1.0
 */
export const toSchedule = (self: Backoff): Schedule.Schedule<Duration.Duration> =>
  Schedule.fromStepWithMetadata(
    Effect.succeed((meta: Schedule.InputMetadata<unknown>) =>
      Effect.flatMap(wait(self, meta.attempt), (duration) =>
        duration === undefined
          ? Cause.done(Duration.zero)
          : Effect.succeed<[Duration.Duration, Duration.Duration]>([duration, duration])
      )
    )
  )

const jittered = (jitter: Jitter, duration: Duration.Duration): Effect.Effect<Duration.Duration> => {
  const ms = Duration.toMillis(duration)
  if (jitter === "none" || (typeof jitter === "object" && Duration.isZero(jitter.added)))
    return Effect.succeed(duration)
  return Effect.map(Random.next, (chance) => {
    if (jitter === "equal") return Duration.millis(ms / 2 + chance * (ms / 2))
    if (jitter === "full") return Duration.millis(chance * ms)
    return Duration.millis(ms + chance * Duration.toMillis(jitter.added))
  })
}

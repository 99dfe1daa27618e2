/**
 * The policies of the preset `chronicle`: each target once without waiting, then the first one again with growing waits. See
 * `docs/presets.md` (C-1 to C-65).
 */
import * as Duration from "effect/Duration"
import type { Growth } from "../Backoff.ts"
import * as Disposition from "../Disposition.ts"
import * as RetryPolicy from "../RetryPolicy.ts"

/** What can be set of the policy. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** Attempts of the whole call, the first included; at least 1. Default 4. */
  readonly maxTries: number
  /** The first wait. Default 200 ms. */
  readonly initialBackoff: Duration.Duration
  /** How waits grow. Default doubled. */
  readonly increase: Exclude<Growth, { readonly list: unknown }>
  /** Most that chance adds to a wait. Default 100 ms. */
  readonly jitter: Duration.Duration
  /** The longest wait, chance included. Default 5 s. */
  readonly maxBackoff: Duration.Duration
  /** Whether a rate limit that asks for more than `maxBackoff` ends the call. Default true. */
  readonly failIfRateLimitExceedsMaxBackoff: boolean
}

/** What holds where nothing is said. @stability stable @category constants @since 0.1.0 */
export const defaults: Options = {
  maxTries: 4,
  initialBackoff: Duration.millis(200),
  increase: { exponential: 2 },
  jitter: Duration.millis(100),
  maxBackoff: Duration.seconds(5),
  failIfRateLimitExceedsMaxBackoff: true
}

/** In the preset's own route nothing comes after the last target; around it, something may. */
const next: ReadonlyArray<Disposition.Action> = ["nextTarget", "abort"]
const again: ReadonlyArray<Disposition.Action> = ["retry", ...next]

/**
 * The policy of the last target, which is asked until it answers, may not be asked again, or no try is left; it is the preset's policy.
 *
 * @stability stable
 * @category presets
 * @since 0.1.0
 */
export const policy = (options: Partial<Options> = {}): RetryPolicy.RetryPolicy => {
  const all = { ...defaults, ...options }
  return RetryPolicy.make(RetryPolicy.recommended, {
    name: "chronicle",
    attempts: all.maxTries,
    deadline: RetryPolicy.unbounded,
    retry: retries(all.maxTries),
    backoff: {
      initial: all.initialBackoff,
      growth: all.increase,
      cap: all.maxBackoff,
      jitter: { added: all.jitter },
      capAfterJitter: true
    },
    retryAfter: {
      cap: all.maxBackoff,
      onExceed: all.failIfRateLimitExceedsMaxBackoff ? "fail" : "wait",
      rule: "longer",
      worded: false,
      final: false,
      jitter: 0
    },
    rules: [
      // What its provider's program broke of is no provider's error (C-40).
      { codes: ["defect"], actions: next },
      { statuses: [429, 5], actions: again },
      { statuses: [4], actions: next }
    ],
    on: Disposition.override(Disposition.same(next), {
      RateLimited: again,
      Overloaded: again,
      ServerError: again,
      TimedOut: again,
      ConnectionFailed: again,
      MalformedResponse: again,
      EmptyResponse: again,
      UnknownFailure: again,
      LimitReached: again
    }),
    contextWindow: "any",
    commit: { ...RetryPolicy.recommended.commit, on: "headers" },
    waits: { scope: "call", first: true },
    health: false,
    report: "chronicle"
  })
}

/** Each try but the first may be a retry in place: only their sum counts (C-7). */
const retries = (tries: number) => ({ last: tries - 1, others: tries - 1 })

/** A policy that began as the preset's, with as many retries as its tries take. @stability stable @category combinators @since 0.1.0 */
export const counted = (self: RetryPolicy.RetryPolicy): RetryPolicy.RetryPolicy =>
  RetryPolicy.make(self, { retry: retries(self.attempts) })

/** The policy of the targets before it: any failure moves on at once. @stability stable @category presets @since 0.1.0 */
export const sweep = (last: RetryPolicy.RetryPolicy): RetryPolicy.RetryPolicy =>
  RetryPolicy.make(last, {
    rules: [],
    on: Disposition.same(next),
    waits: { scope: "call", first: false }
  })

/**
 * The policy of the preset `reliable`: retries on each provider in turn, then the same again for the next model; the older half of a
 * conversation is dropped once where it does not fit. See `docs/presets.md`.
 */
import * as Duration from "effect/Duration"
import type { Tag } from "../../domain/Reason.ts"
import type { Backoff } from "../Backoff.ts"
import * as Disposition from "../Disposition.ts"
import * as RetryPolicy from "../RetryPolicy.ts"
import * as words from "./reliableWords.ts"

/** What can be set of the policy. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** Retries on each pair of model and provider. Default 2. */
  readonly maxRetries: number
  /** The first wait; at least 50 ms. Default 500 ms. */
  readonly baseBackoff: Duration.Duration
}

/** What holds where nothing is said. @stability stable @category constants @since 0.1.0 */
export const defaults: Options = { maxRetries: 2, baseBackoff: Duration.millis(500) }

const again: ReadonlyArray<Disposition.Action> = ["retry", "nextTarget", "abort"]
const next: ReadonlyArray<Disposition.Action> = ["nextTarget", "abort"]
const truncate: ReadonlyArray<Disposition.Action> = [
  "repair:halveHistory",
  "abortUnlessRepaired",
  "retry",
  "nextTarget",
  "abort"
]

/** Where only words are left to decide by. */
const worded: ReadonlyArray<Tag> = ["UnknownFailure"]

/** In the order of R-15 to R-22, with R-32 and the streams' own rows before. */
const rules: ReadonlyArray<Disposition.Rule> = [
  { reasons: ["EmptyResponse"], stream: true, actions: next },
  { reasons: ["ContextWindowExceeded"], stream: true, actions: again },
  { reasons: ["ContextWindowExceeded"], actions: truncate },
  { reasons: worded, says: [words.contextWindow], stream: false, actions: truncate },
  { reasons: worded, says: [words.contextWindow], actions: again },
  { reasons: ["QuotaExhausted"], actions: next },
  { reasons: ["RateLimited"], codes: words.businessCodes, actions: next },
  { reasons: ["RateLimited"], says: [words.business], actions: next },
  { reasons: worded, says: [["429"], words.rateLimit, words.business], actions: next },
  { reasons: ["ToolSchemaRejected"], actions: again },
  { reasons: [...worded, "InvalidRequest"], says: [words.toolSchema], actions: again },
  { statuses: [408, 429, 1, 2, 3, 5], actions: again },
  { statuses: [4], actions: next },
  { reasons: worded, statuses: [408, 429], worded: true, actions: again },
  { reasons: worded, statuses: [4], worded: true, actions: next },
  { reasons: worded, says: [words.refused], actions: next },
  { reasons: worded, says: [["model"], words.unknownModel], actions: next }
]

const lowest = Duration.millis(50)
const highest = Duration.seconds(10)

/** A base above the cap is used once and then falls to the cap. */
const backoff = (options: Options): Backoff => {
  const initial = Duration.max(options.baseBackoff, lowest)
  const falls = Duration.isGreaterThan(initial, highest)
  const list = [initial, ...Array.from({ length: Math.max(0, options.maxRetries - 1) }, () => highest)]
  return {
    initial,
    growth: falls ? { list } : { exponential: 2 },
    cap: Duration.max(initial, highest),
    jitter: "equal",
    capAfterJitter: false
  }
}

/** More than any list of models and providers takes: each pair ends by itself. */
const plenty = 1000

/**
 * The policy over so many pairs of model and provider; where that is not known, over any number.
 *
 * @stability stable
 * @category presets
 * @since 0.1.0
 */
export const policy = (options: Partial<Options> = {}, pairs?: number): RetryPolicy.RetryPolicy => {
  const all = { ...defaults, ...options }
  return RetryPolicy.make(RetryPolicy.recommended, {
    name: "reliable",
    // One more than can be made, so that what ends the call is its last failure and not the count.
    attempts: pairs === undefined ? plenty : pairs * (all.maxRetries + 1) + 1,
    deadline: RetryPolicy.unbounded,
    retry: { last: all.maxRetries, others: all.maxRetries },
    backoff: backoff(all),
    retryAfter: {
      cap: Duration.seconds(30),
      onExceed: "clamp",
      rule: "longerThanBase",
      worded: true,
      final: false,
      jitter: 0
    },
    rules,
    on: Disposition.override(Disposition.same(again), {
      Unauthenticated: next,
      PermissionDenied: next,
      ModelNotFound: next,
      InvalidRequest: next,
      Unsupported: next,
      RequestTooLarge: next,
      ContentFiltered: next,
      OutputLimitExceeded: next,
      Conflict: next
    }),
    contextWindow: "any",
    commit: { ...RetryPolicy.recommended.commit, on: "firstEvent" },
    repairs: { scope: "call", count: true },
    health: false,
    report: "reliable"
  })
}

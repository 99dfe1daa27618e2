/**
 * The policy of the preset `failover`: credentials in turn with a cooldown each, then the next model of a chain whose health is kept; two
 * retries in place for what may pass. See `docs/presets.md` (F-1 to F-51).
 */
import * as Duration from "effect/Duration"
import * as Disposition from "../Disposition.ts"
import * as RetryPolicy from "../RetryPolicy.ts"

/** @stability stable @category models @since 0.1.0 */
export interface Options {
  /** Whether a credential's failures are forgotten once its cooldown has passed, so that each is 5 s. Default false. */
  readonly resetCountOnExpiry: boolean
}

/** @stability stable @category constants @since 0.1.0 */
export const defaults: Options = { resetCountOnExpiry: false }

/** Words that mean an output limit, whatever else the answer says (F-36). @stability stable @category constants @since 0.1.0 */
export const outputLimitWords = [
  "max_tokens",
  "context_length_exceeded",
  "maximum context length",
  "context length exceeded"
]

const next: ReadonlyArray<Disposition.Action> = ["nextTarget", "abort"]
const rotate: ReadonlyArray<Disposition.Action> = ["nextCredential", "nextTarget", "abort"]
const mend: ReadonlyArray<Disposition.Action> = ["repair:dropMaxTokens", "abort"]

/** More than any chain of models and credentials takes: each ends by itself. */
const plenty = 1000

/** The policy. @stability stable @category presets @since 0.1.0 */
export const policy = (options: Partial<Options> = {}): RetryPolicy.RetryPolicy =>
  RetryPolicy.make(RetryPolicy.recommended, {
    name: "failover",
    attempts: plenty,
    deadline: RetryPolicy.unbounded,
    retry: { last: 2, others: 2 },
    backoff: {
      initial: Duration.millis(500),
      growth: { list: [Duration.millis(500), Duration.seconds(2)] },
      cap: Duration.seconds(2),
      jitter: "none",
      capAfterJitter: false
    },
    retryAfter: { ...RetryPolicy.recommended.retryAfter, rule: "ignored", jitter: 0 },
    rules: [
      {
        reasons: ["ContextWindowExceeded", "InvalidRequest", "UnknownFailure"],
        says: [outputLimitWords],
        actions: mend
      }
    ],
    on: Disposition.override(Disposition.same(["retry", "nextTarget", "abort"]), {
      RateLimited: rotate,
      Unauthenticated: rotate,
      LimitReached: rotate,
      PermissionDenied: next,
      QuotaExhausted: next,
      ModelNotFound: next,
      OutputLimitExceeded: mend,
      ContextWindowExceeded: ["abort"]
    }),
    contextWindow: "any",
    commit: { ...RetryPolicy.recommended.commit, on: "headers" },
    repairs: { scope: "call", count: false },
    cooldowns: (options.resetCountOnExpiry ?? defaults.resetCountOnExpiry) ? "failoverForgetting" : "failover",
    allCooling: "fail",
    report: "failover"
  })

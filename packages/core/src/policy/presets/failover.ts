/**
 * The policy of the preset `failover`: credentials in turn with a cooldown each, then the next model of a chain whose health is kept; two
 * retries in place for what may pass. See `docs/presets.md` (F-1 to F-51).
 */
import * as Duration from "effect/Duration"
import type { Tag } from "../../domain/Reason.ts"
import * as Disposition from "../Disposition.ts"
import * as RetryPolicy from "../RetryPolicy.ts"
import * as words from "./failoverWords.ts"

/** What can be set of the policy. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** Whether a credential's failures are forgotten once its cooldown has passed, so that each is 5 s. Default false. */
  readonly resetCountOnExpiry: boolean
}

/** What holds where nothing is said. @stability stable @category constants @since 0.1.0 */
export const defaults: Options = { resetCountOnExpiry: false }

const next: ReadonlyArray<Disposition.Action> = ["nextTarget", "abort"]
const rotate: ReadonlyArray<Disposition.Action> = ["nextCredential", "nextTarget", "abort"]
const mend: ReadonlyArray<Disposition.Action> = ["repair:dropMaxTokens", "abort"]

const unknown: ReadonlyArray<Tag> = ["UnknownFailure"]
/** Of a plain 400 only words that stand for themselves are read, and no numbers. */
const unclear: ReadonlyArray<Tag> = ["UnknownFailure", "InvalidRequest"]

/** In the order of F-23, F-26 and F-41. */
const rules: ReadonlyArray<Disposition.Rule> = [
  { reasons: ["ContextWindowExceeded", ...unclear], says: [words.outputLimit], actions: mend },
  { reasons: unknown, says: [words.rateLimit], actions: rotate },
  { reasons: unknown, says: [words.refused], actions: rotate },
  { reasons: unclear, codes: words.context, actions: ["abort"] },
  { reasons: unclear, says: [words.context], actions: ["abort"] },
  { reasons: unclear, says: [words.balance], actions: next },
  { reasons: unclear, says: words.lowBalance, actions: next },
  { reasons: unknown, says: words.unpaid, actions: next },
  { reasons: unclear, says: [words.missing], actions: next },
  { reasons: unclear, says: words.modelNotFound, actions: next },
  { reasons: unknown, says: [words.forbidden], actions: next },
  { reasons: unknown, says: [words.modelLimit], actions: next }
]

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
    retryAfter: { ...RetryPolicy.recommended.retryAfter, rule: "ignored", final: false, jitter: 0 },
    rules,
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

/**
 * The policy of the preset `minimal`: one target, four attempts at most, 100, 200 and 400 ms apart; a rate limit's own wait instead, however
 * long; nothing else is retried. See `docs/presets.md` (M-1 to M-15).
 */
import * as Duration from "effect/Duration"
import * as Disposition from "../Disposition.ts"
import * as RetryPolicy from "../RetryPolicy.ts"

const again: ReadonlyArray<Disposition.Action> = ["retry", "abort"]

/** The policy; it has no options. @stability stable @category presets @since 0.1.0 */
export const policy: RetryPolicy.RetryPolicy = RetryPolicy.make(RetryPolicy.recommended, {
  name: "minimal",
  attempts: 4,
  deadline: RetryPolicy.unbounded,
  retry: { last: 3, others: 3 },
  backoff: {
    initial: Duration.millis(100),
    growth: { exponential: 2 },
    cap: RetryPolicy.unbounded,
    jitter: "none",
    capAfterJitter: false
  },
  retryAfter: { cap: RetryPolicy.unbounded, onExceed: "wait", rule: "instead", worded: false, final: false, jitter: 0 },
  on: Disposition.override(Disposition.same(["abort"]), {
    RateLimited: again,
    Overloaded: again,
    ServerError: again,
    TimedOut: again,
    ConnectionFailed: again
  }),
  contextWindow: "any",
  commit: { ...RetryPolicy.recommended.commit, on: "headers" },
  health: false,
  report: "minimal"
})

/**
 * The policy of the preset `pool`: each target once, without waiting; what moves on is a list of statuses. See `docs/presets.md` (P-1 to P-32).
 */
import * as Disposition from "../Disposition.ts"
import * as RetryPolicy from "../RetryPolicy.ts"

/** When the next target is asked. @stability stable @category models @since 0.1.0 */
export interface Fallback {
  /** Whether anything moves on at all. Default false. */
  readonly enabled: boolean
  /** Statuses that move on: 5 is 500 to 599, 50 is 500 to 509, 503 is itself. Default none. */
  readonly onStatus: ReadonlyArray<number>
  /** Whether our own limits move on. Default false. */
  readonly onRateLimit: boolean
}

/** Nothing moves on. @stability stable @category constants @since 0.1.0 */
export const noFallback: Fallback = { enabled: false, onStatus: [], onRateLimit: false }

const every = [1, 2, 3, 4, 5]

/** Whether an answer of this status is discarded and the next target asked. @stability stable @category getters @since 0.1.0 */
export const movesOn = (fallback: Fallback, status: number): boolean =>
  fallback.enabled && Disposition.isListed(fallback.onStatus, status)

/** The policy over so many targets. @stability stable @category presets @since 0.1.0 */
export const policy = (fallback: Fallback = noFallback, targets = 1): RetryPolicy.RetryPolicy => {
  const { enabled, onRateLimit, onStatus } = fallback
  const unreached: ReadonlyArray<Disposition.Action> = enabled ? ["nextTarget", "abort"] : ["abort"]
  return RetryPolicy.make(RetryPolicy.recommended, {
    name: "pool",
    attempts: targets,
    deadline: RetryPolicy.unbounded,
    retry: { last: 0, others: 0 },
    retryAfter: { ...RetryPolicy.recommended.retryAfter, rule: "ignored", final: false, jitter: 0 },
    rules: [
      ...(enabled && onStatus.length > 0 ? [{ statuses: onStatus, actions: ["nextTarget", "abort"] as const }] : []),
      { statuses: every, actions: ["abort"] }
    ],
    on: Disposition.override(Disposition.same(["abort"]), {
      ConnectionFailed: unreached,
      StreamInterrupted: unreached,
      TimedOut: unreached,
      LimitReached: enabled && onRateLimit ? ["nextTarget", "abort"] : ["abort"]
    }),
    contextWindow: "any",
    commit: { ...RetryPolicy.recommended.commit, on: "headers" },
    health: false,
    report: "pool"
  })
}

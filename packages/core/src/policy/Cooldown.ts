/**
 * How long a credential or a target is left alone after a failure: grows with consecutive failures, reset by success only.
 *
 * A pure function of reason and count; who keeps the counts is `target/Health.ts`. A wait that the provider asked for is not a
 * cooldown: it is kept exactly, and may not be cut short by a probe.
 */
import * as Duration from "effect/Duration"
import type { Reason, Tag } from "../domain/Reason.ts"

/** What a failure parks: the credential everywhere, the credential for this model, the target for everyone, or nothing. @stability stable @category models @since 0.1.0 */
export type Scope = "credential" | "credentialModel" | "target" | "none"

/** How long a failure for one reason parks what. @stability stable @category models @since 0.1.0 */
export interface Rule {
  readonly scope: Scope
  /** After the first failure; doubled with each further one. */
  readonly base: Duration.Duration
  readonly max: Duration.Duration
  /** Consecutive failures before the first cooldown. */
  readonly after: number
  /** Counts only a failure with which its target (or the call) is given up. Default false. */
  readonly givenUp?: boolean
  /** From so many consecutive failures on it is `max` at once. */
  readonly fullFrom?: number
  /** Instead of doubling `base`: the cooldown after so many consecutive failures, in milliseconds. */
  readonly length?: (failures: number) => number
  /** Whether a cooldown that has passed is forgotten, and its failures with it. Default false. */
  readonly forgets?: boolean
}

const none: Rule = { scope: "none", base: Duration.zero, max: Duration.zero, after: 1 }
const key: Rule = { scope: "credential", base: Duration.seconds(60), max: Duration.hours(1), after: 1 }
const flaky: Rule = { scope: "target", base: Duration.seconds(5), max: Duration.minutes(5), after: 3 }

/**
 * One row a reason: the caller's own faults never count.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const recommended: { readonly [T in Tag]: Rule } = {
  RateLimited: { scope: "credentialModel", base: Duration.seconds(5), max: Duration.minutes(5), after: 1 },
  QuotaExhausted: key,
  Unauthenticated: key,
  PermissionDenied: { ...key, scope: "credentialModel" },
  ModelNotFound: { scope: "target", base: Duration.seconds(60), max: Duration.hours(1), after: 1 },
  Overloaded: { scope: "target", base: Duration.seconds(5), max: Duration.minutes(5), after: 2 },
  ServerError: flaky,
  TimedOut: flaky,
  ConnectionFailed: flaky,
  MalformedResponse: flaky,
  EmptyResponse: flaky,
  StreamInterrupted: flaky,
  ContextWindowExceeded: none,
  OutputLimitExceeded: none,
  RequestTooLarge: none,
  ContentFiltered: none,
  ToolSchemaRejected: none,
  InvalidRequest: none,
  Unsupported: none,
  Conflict: none,
  UnknownFailure: none,
  LimitReached: none
}

/** An instant farther away than this (milliseconds, a year) is a mistake. */
const farthest = 366 * 86_400_000

/**
 * When the account or plan behind a credential is usable again, as its provider said it (epoch milliseconds); until then it cools down.
 *
 * It is no wait that was asked for: an account can be filled before, so that what is the only candidate is asked all the same.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const opensAt = (reason: Reason, now: number): number | undefined => {
  if (reason._tag !== "QuotaExhausted" || reason.resetsAt === undefined) return undefined
  return reason.resetsAt > now && reason.resetsAt - now <= farthest ? reason.resetsAt : undefined
}

/**
 * The cooldown after `failures` consecutive failures; `undefined` where none is due yet.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const after = (rule: Rule, failures: number): Duration.Duration | undefined => {
  if (rule.scope === "none" || failures < rule.after) return undefined
  if (rule.length !== undefined) return Duration.millis(rule.length(failures))
  if (rule.fullFrom !== undefined && failures >= rule.fullFrom) return rule.max
  const doublings = Math.min(failures - rule.after, 30)
  return Duration.min(Duration.millis(Duration.toMillis(rule.base) * 2 ** doublings), rule.max)
}

/**
 * What is known against one target or credential: its failures, and until when it is left alone.
 *
 * How an entry changes is said here. Which entries a call touches is the table's to know (`../Health.ts`), how long a reason parks
 * is `policy/Cooldown.ts`.
 */
import * as Duration from "effect/Duration"
import type { Reason, Tag } from "../../domain/Reason.ts"
import * as Cooldown from "../../policy/Cooldown.ts"

/** Moments are epoch milliseconds. @stability experimental @category models @since 0.1.0 */
export interface Entry {
  readonly provider: string
  readonly model: string | undefined
  readonly credential: string | undefined
  failures: number
  /** The last cooldown, in milliseconds; 0 where none was due yet. */
  cooldownMs: number
  until: number
  /** Until then the provider asked not to be called. */
  hardUntil: number
  /** When the last failure was recorded: a success that began before it does not count. */
  failedAt: number
  /** The last moment at which anything was heard of it. */
  heardAt: number
  /** When the last failure was counted: one of an attempt from before it is no further one. */
  countedAt: number
  /** A call is finding out whether all is well again. */
  probing: boolean
  lastReason: Tag | undefined
}

/** Of whom nothing is known yet. @stability experimental @category constructors @since 0.1.0 */
export const make = (provider: string, model: string | undefined, credential: string | undefined): Entry => ({
  provider,
  model,
  credential,
  failures: 0,
  cooldownMs: 0,
  until: 0,
  hardUntil: 0,
  failedAt: 0,
  heardAt: 0,
  countedAt: 0,
  probing: false,
  lastReason: undefined
})

/**
 * Counts a failure. With `grows` a cooldown is longer than the one before, also where the rows of several reasons meet; and of attempts that
 * were under way together, one that fails when all is parked already is no further failure: twenty calls at once are not twenty in a row.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const park = (
  entry: Entry,
  rule: Cooldown.Rule,
  reason: Reason,
  { grows, now, startedAt }: { readonly now: number; readonly grows: boolean; readonly startedAt: number | undefined }
): void => {
  if (rule.forgets === true && entry.until <= now) entry.failures = 0
  const isFurther = !(grows && entry.until > now && (startedAt ?? now) < entry.countedAt)
  if (isFurther) {
    entry.failures += 1
    entry.countedAt = now
  }
  entry.failedAt = now
  entry.heardAt = Math.max(entry.heardAt, now)
  entry.lastReason = reason._tag
  const cooldown = Cooldown.after(rule, entry.failures)
  const due = cooldown === undefined ? 0 : Duration.toMillis(cooldown)
  if (!isFurther && due <= entry.cooldownMs) return
  const grown = Math.min(entry.cooldownMs * 2, Math.max(Duration.toMillis(rule.max), entry.cooldownMs))
  entry.cooldownMs = grows && isFurther ? Math.max(due, grown) : due
  if (entry.cooldownMs > 0) entry.until = Math.max(entry.until, now + entry.cooldownMs)
}

/**
 * All is well again, but for the wait that the provider asked for: an answer that was under way does not end it.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const forgive = (entry: Entry): void => {
  entry.failures = 0
  entry.cooldownMs = 0
  entry.until = entry.hardUntil
}

/**
 * The provider's own wait: extends a cooldown, never shortens it.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const leaveAlone = (entry: Entry, reason: Reason, now: number, asked: Duration.Duration): void => {
  entry.lastReason = reason._tag
  entry.heardAt = Math.max(entry.heardAt, now)
  entry.hardUntil = Math.max(entry.hardUntil, now + Duration.toMillis(asked))
  entry.until = Math.max(entry.until, entry.hardUntil)
}

/** Clocks of processes that tell each other of failures agree by so much; milliseconds. */
const slackMs = 5_000

/**
 * What was heard lies ahead of the present: the system's clock was set back since. Then it counts as heard just now, so that nothing is left
 * alone for as long as the clock was set back, and nobody is asked before the time that it asked for.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const setBack = (entry: Entry, now: number): void => {
  const back = entry.heardAt - now
  if (back <= slackMs) return
  entry.heardAt = now
  entry.failedAt = Math.min(entry.failedAt, now)
  entry.countedAt = Math.min(entry.countedAt, now)
  entry.until = Math.max(0, entry.until - back)
  entry.hardUntil = Math.max(0, entry.hardUntil - back)
}

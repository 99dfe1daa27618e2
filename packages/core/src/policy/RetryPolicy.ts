/**
 * A policy: how often, how long and on what a call is tried again. A retry policy is a Schedule in the end (`toSchedule`).
 *
 * It is plain data: a value of the configuration, a value in code, printable and comparable. It reads facts (`Reason`) and
 * decides; it does not know providers, and it runs nothing.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { AttemptError } from "../domain/AttemptError.ts"
import * as Json from "../domain/Json.ts"
import { retryAfterOf, type Phase, type Reason } from "../domain/Reason.ts"
import * as Backoff from "./Backoff.ts"
import type * as CooldownTables from "./CooldownTables.ts"
import * as Disposition from "./Disposition.ts"
import * as Words from "./Words.ts"

/** The four clocks of an attempt. `total` covers the attempt to the end of its stream. @stability stable @category models @since 0.1.0 */
export type Clocks = { readonly [P in Phase]: Duration.Duration }

/** When a stream is handed to the caller. @stability stable @category models @since 0.1.0 */
export interface Commit {
  readonly on: "firstContent" | "firstEvent" | "headers"
  /** Events held back at most before the commit. */
  readonly maxEvents: number
  /** Time held back at most, from the first event. */
  readonly maxWait: Duration.Duration
}

/** A policy, whole: `recommended` is the default, and `make` replaces some of it. @stability stable @category models @since 0.1.0 */
export interface RetryPolicy {
  readonly name: string
  /** Attempts of the whole call, all targets together; at least 1. */
  readonly attempts: number
  /** Of the whole call, waits included; for a stream until its first content. */
  readonly deadline: Duration.Duration
  /** Retries in place: on the last candidate, and on one that has others after it. */
  readonly retry: { readonly last: number; readonly others: number }
  readonly backoff: Backoff.Backoff
  readonly retryAfter: {
    /** Longest wait that a provider may ask for. */
    readonly cap: Duration.Duration
    /** `fail`: give up on this target; `wait`: wait all the same; `clamp`: wait only the cap (earlier than asked: presets only). */
    readonly onExceed: "fail" | "wait" | "clamp"
    /**
     * What becomes of it beside the computed wait: the `longer` of both; the `longerThanBase`, without jitter; it `instead`; `ignored`.
     */
    readonly rule: "longer" | "longerThanBase" | "instead" | "ignored"
    /** Whether it is read off the words too, in seconds, where nothing else says it. */
    readonly worded: boolean
    /** Whether a target that says that it is not to be asked again (`x-should-retry: false`) is not, in place. */
    readonly final: boolean
    /** Chance added to a wait that a provider asked for, as a fraction of it (at most 1 s), against a thundering herd. */
    readonly jitter: number
  }
  readonly timeouts: Clocks
  readonly on: Disposition.Table
  /** Rows that come before the table: by status, code or words. */
  readonly rules: ReadonlyArray<Disposition.Rule>
  /** Where a context overflow moves on to: targets that declare a `larger` window, or `any`. */
  readonly contextWindow: "larger" | "any"
  readonly commit: Commit
  readonly afterCommit: "fail"
  /** Whether waits begin anew at each target or go on over the whole call, and whether the first attempt after a failed one waits too. */
  readonly waits: { readonly scope: "target" | "call"; readonly first: boolean }
  /** How long a repair holds, and whether it counts as a retry. */
  readonly repairs: { readonly scope: "target" | "call"; readonly count: boolean }
  /** Whether cooldowns of targets and credentials are kept and heeded. */
  readonly health: boolean
  /** How long a failure parks what. */
  readonly cooldowns: CooldownTables.TableName
  /** Where everything cools down: ask the one that is free first all the same, or fail. */
  readonly allCooling: "probe" | "fail"
  /** How a call that failed is worded, and what decides its status. */
  readonly report: Report
}

/** Whose wording: Orelse's own, or that of a preset. @stability stable @category models @since 0.1.0 */
export type Report = (typeof reports)[number]

/** Every report. @stability stable @category constants @since 0.1.0 */
export const reports = ["typed", "chronicle", "reliable", "minimal", "pool", "failover"] as const

/** Stands for "no limit" where a duration has to stand: a year. @stability stable @category constants @since 0.1.0 */
export const unbounded: Duration.Duration = Duration.days(365)

/** Any Effect Schedule over attempt errors; each recurrence is one more attempt. @stability stable @category models @since 0.1.0 */
export type RetrySchedule = Schedule.Schedule<unknown, AttemptError>

/** The default policy. Why each number is what it is: `docs/defaults.md`. @stability stable @category constructors @since 0.1.0 */
export const recommended: RetryPolicy = {
  name: "recommended",
  attempts: 6,
  deadline: Duration.seconds(120),
  retry: { last: 3, others: 1 },
  backoff: Backoff.recommended,
  retryAfter: { cap: Duration.seconds(30), onExceed: "fail", rule: "longer", worded: false, final: true, jitter: 0.1 },
  timeouts: {
    connect: Duration.seconds(5),
    firstContent: Duration.seconds(60),
    idle: Duration.seconds(60),
    total: Duration.minutes(10)
  },
  on: Disposition.recommended,
  rules: [],
  contextWindow: "larger",
  commit: { on: "firstContent", maxEvents: 16, maxWait: Duration.seconds(2) },
  afterCommit: "fail",
  waits: { scope: "target", first: false },
  repairs: { scope: "target", count: false },
  health: true,
  cooldowns: "recommended",
  allCooling: "probe",
  report: "typed"
}

/**
 * A policy like another, but for the given fields; one that is `undefined` is not given. Throws where the attempts are fewer than 1, or the
 * deadline or one of the timeouts is not longer than 0.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const make = (
  from: RetryPolicy,
  fields: { readonly [K in keyof RetryPolicy]?: RetryPolicy[K] | undefined }
): RetryPolicy => {
  const policy = { ...from, ...Json.compact(fields) }
  if (!(policy.attempts >= 1)) throw new Error(`RetryPolicy.make: attempts must be at least 1, got ${policy.attempts}`)
  mustLast("deadline", policy.deadline)
  for (const [phase, time] of Object.entries(policy.timeouts)) mustLast(`timeouts.${phase}`, time)
  return policy
}

const mustLast = (field: string, time: Duration.Duration): void => {
  if (!Duration.isGreaterThan(time, Duration.zero))
    throw new Error(`RetryPolicy.make: ${field} must be longer than 0, got ${Duration.format(time)}`)
}

/**
 * The longest wait that is kept where a provider asks for one, in milliseconds.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const longestWait = ({ retryAfter: { cap, onExceed } }: RetryPolicy): number =>
  onExceed === "wait" ? Number.POSITIVE_INFINITY : Duration.toMillis(cap)

/**
 * A wait that a provider asked for, in milliseconds, and what chance adds to it, so that not everybody whom it turned away comes back at once.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const spread = ({ retryAfter: { jitter } }: RetryPolicy, waitMs: number): Effect.Effect<number> =>
  jitter === 0 || waitMs === 0
    ? Effect.succeed(waitMs)
    : Effect.map(Random.next, (chance) => waitMs + chance * Math.min(waitMs * jitter, 1000))

/**
 * The waits between the attempts on one target, as a Schedule over the errors. It ends after `retry.last` recurrences, and ends
 * at once where the provider asks for a longer wait than `retryAfter` allows.
 *
 * @stability stable
 * @category conversions
 * @since 0.1.0
 */
export const toSchedule = (self: RetryPolicy): Schedule.Schedule<Duration.Duration, AttemptError> =>
  Schedule.fromStepWithMetadata(
    Effect.succeed((meta: Schedule.InputMetadata<AttemptError>) => {
      if (meta.attempt > self.retry.last) return Cause.done(Duration.zero)
      return Effect.flatMap(Backoff.wait(self.backoff, meta.attempt), (computed) =>
        computed === undefined
          ? Cause.done(Duration.zero)
          : Effect.flatMap(heeded(self, meta.input.reason, computed, cappedBase(self.backoff, meta.attempt)), (wait) =>
              wait === undefined
                ? Cause.done(Duration.zero)
                : Effect.succeed<[Duration.Duration, Duration.Duration]>([wait, wait])
            )
      )
    })
  )

/**
 * A Schedule of one's own under this policy: its waits give way to those that a provider asks for as `retryAfter` says, and it ends at once
 * where the provider asks for a longer one than that allows.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const heeding = (self: RetryPolicy, schedule: RetrySchedule): RetrySchedule =>
  Schedule.fromStep(
    Effect.map(
      Schedule.toStep(schedule),
      (step) => (now: number, error: AttemptError) =>
        Effect.flatMap(step(now, error), ([output, computed]) =>
          Effect.flatMap(heeded(self, error.reason, computed, computed), (wait) =>
            wait === undefined ? Cause.done(output) : Effect.succeed<[unknown, Duration.Duration]>([output, wait])
          )
        )
    )
  )

/**
 * The first `count` waits without sleeping; `error` is what every attempt fails with. Of a policy by default all of them, of a
 * Schedule the first 8.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const preview = (
  self: RetryPolicy | RetrySchedule,
  error: AttemptError,
  count = "attempts" in self ? self.retry.last : 8
): Effect.Effect<ReadonlyArray<Duration.Duration>> =>
  Effect.gen(function* () {
    const step = yield* Schedule.toStep("attempts" in self ? toSchedule(self) : self)
    const waits: Array<Duration.Duration> = []
    let now = 0
    while (waits.length < count) {
      const next = yield* Effect.option(step(now, error))
      if (next._tag === "None") break
      waits.push(next.value[1])
      now += Duration.toMillis(next.value[1])
    }
    return waits
  })

const askedBy = (self: RetryPolicy, reason: Reason): Duration.Duration | undefined => {
  const typed = retryAfterOf(reason)
  if (typed !== undefined || !self.retryAfter.worded) return typed
  const worded = Words.waitIn(reason.message)
  return worded === undefined ? undefined : Duration.millis(worded)
}

/** The wait, with what the provider asks for; nothing where that is too long. `base` is the computed one without jitter. */
const heeded = (
  self: RetryPolicy,
  reason: Reason,
  computed: Duration.Duration,
  base: Duration.Duration
): Effect.Effect<Duration.Duration | undefined> => {
  const { cap, onExceed, rule } = self.retryAfter
  const asked = rule === "ignored" ? undefined : askedBy(self, reason)
  if (asked === undefined) return Effect.succeed(computed)
  const tooLong = Duration.isGreaterThan(asked, cap)
  if (tooLong && onExceed === "fail") return Effect.succeed(undefined)
  const kept = tooLong && onExceed === "clamp" ? cap : asked
  if (rule === "instead") return Effect.succeed(kept)
  if (rule === "longerThanBase") return Effect.succeed(Duration.max(kept, base))
  const wait = Duration.max(kept, computed)
  if (kept !== asked || Duration.isZero(asked)) return Effect.succeed(wait)
  return Effect.map(spread(self, Duration.toMillis(wait)), Duration.millis)
}

const cappedBase = (backoff: Backoff.Backoff, attempt: number): Duration.Duration =>
  Duration.min(Backoff.base(backoff, attempt) ?? backoff.cap, backoff.cap)

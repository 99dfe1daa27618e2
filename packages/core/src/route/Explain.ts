/**
 * What a route is and what it does: its targets, its policies, how long it waits, and what each error leads to.
 *
 * Read off the tree and the policies; nothing is sent and nothing is waited for. What would happen to one call is `Walk.ts`. The text of
 * it is `explain/Text.ts`; the data are plain, ready for JSON.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import { AttemptError } from "../domain/AttemptError.ts"
import * as Reason from "../domain/Reason.ts"
import type * as Backoff from "../policy/Backoff.ts"
import * as RetryPolicy from "../policy/RetryPolicy.ts"
import type { ProviderRegistry } from "../provider/Provider.ts"
import * as Bounds from "./Bounds.ts"
import * as Leads from "./explain/Leads.ts"
import * as Longest from "./explain/Longest.ts"
import * as Shown from "./explain/Shown.ts"
import type { Route } from "./Tree.ts"

/** What an explanation knows beside the route. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** The routes that `Route.route(name)` means. Default none. */
  readonly named?: ((name: string) => Route | undefined) | undefined
  /** The providers; without them every target counts as one that can be asked. */
  readonly registry?: ProviderRegistry["Service"] | undefined
}

/** A policy. Times are milliseconds; `null` stands for no bound. @stability stable @category models @since 0.1.0 */
export interface Policy {
  readonly name: string
  readonly attempts: number
  readonly deadlineMs: number | null
  readonly retries: RetryPolicy.RetryPolicy["retry"]
  /** The longest that jitter allows. */
  readonly waitsMs: Leads.Waits
  readonly jitter: "none" | "equal" | "full" | { readonly addedMs: number }
  readonly retryAfter: {
    readonly capMs: number | null
    readonly onExceed: RetryPolicy.RetryPolicy["retryAfter"]["onExceed"]
    readonly rule: RetryPolicy.RetryPolicy["retryAfter"]["rule"]
    readonly jitter: number
  }
  readonly timeoutsMs: { readonly [P in Reason.Phase]: number | null }
  /** Whether cooldowns are kept and heeded. */
  readonly health: boolean
  readonly allCooling: RetryPolicy.RetryPolicy["allCooling"]
  readonly commit: RetryPolicy.Commit["on"]
  /** Rows that come before the table; the first that fits holds. */
  readonly rules: ReadonlyArray<Leads.RuleLead>
  /** Every reason once. */
  readonly leadsTo: ReadonlyArray<Leads.Lead>
}

/** What a route is, as plain data. Times are milliseconds. @stability stable @category models @since 0.1.0 */
export interface Explanation {
  /** Of the whole call. */
  readonly attempts: number
  /** Of the whole call, waits included; `null` where there is none. */
  readonly deadlineMs: number | null
  readonly tree: Shown.Shown
  /** Those that hold for a target of the tree, in its order. */
  readonly policies: ReadonlyArray<Policy>
}

/**
 * Explains a route.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const of = (route: Route, options: Options = {}): Effect.Effect<Explanation> =>
  Effect.gen(function* () {
    const named = options.named ?? (() => undefined)
    const found = policiesOf(route, named)
    const bounds = Bounds.of(route, named)
    const schedules = yield* previewAll(route, named)
    const tree = Shown.of(route, {
      named,
      policy: RetryPolicy.recommended,
      provider: (id) => (options.registry === undefined ? anyProvider(id) : options.registry.get(id)),
      nameOf: (policy) => found.find((one) => Equal.equals(one.policy, policy))?.name ?? policy.name,
      waitsOf: (schedule) => schedules.get(schedule) ?? []
    })
    const policies = yield* Effect.forEach(found, ({ name, policy }) => policyOf(name, policy))
    return { attempts: bounds.attempts, deadlineMs: bounded(bounds.deadline), tree, policies }
  }).pipe(Longest.jitter)

const anyProvider = (id: string) => ({ id, credentials: [], models: {} })

/** Each policy once; two that differ and have one name are told apart by a number. */
const policiesOf = (route: Route, named: (name: string) => Route | undefined) => {
  const found: Array<{ readonly name: string; readonly policy: RetryPolicy.RetryPolicy }> = []
  for (const policy of Shown.policiesOf(route, named, RetryPolicy.recommended)) {
    if (found.some((one) => Equal.equals(one.policy, policy))) continue
    const same = found.filter((one) => one.policy.name === policy.name).length
    found.push({ name: same === 0 ? policy.name : `${policy.name} (${same + 1})`, policy })
  }
  return found
}

const previewAll = (route: Route, named: (name: string) => Route | undefined) =>
  Effect.gen(function* () {
    const waits = new Map<RetryPolicy.RetrySchedule, ReadonlyArray<number>>()
    for (const schedule of Shown.schedulesOf(route, named)) {
      waits.set(schedule, yield* millis(RetryPolicy.preview(schedule, failed, Shown.mostWaits + 1)))
    }
    return waits
  })

const policyOf = (name: string, policy: RetryPolicy.RetryPolicy): Effect.Effect<Policy> =>
  Effect.gen(function* () {
    const { last, others } = policy.retry
    const waits = {
      last: yield* millis(RetryPolicy.preview(policy, failed, last)),
      others: yield* millis(RetryPolicy.preview(policy, failed, Math.min(others, last)))
    }
    const { retryAfter, timeouts } = policy
    return {
      name,
      attempts: policy.attempts,
      deadlineMs: bounded(policy.deadline),
      retries: policy.retry,
      waitsMs: waits,
      jitter: jitterOf(policy.backoff.jitter),
      retryAfter: {
        capMs: bounded(retryAfter.cap),
        onExceed: retryAfter.onExceed,
        rule: retryAfter.rule,
        jitter: retryAfter.jitter
      },
      timeoutsMs: {
        connect: bounded(timeouts.connect),
        firstContent: bounded(timeouts.firstContent),
        idle: bounded(timeouts.idle),
        total: bounded(timeouts.total)
      },
      health: policy.health,
      allCooling: policy.allCooling,
      commit: policy.commit.on,
      rules: Leads.ofRules(policy, waits),
      leadsTo: Leads.ofTable(policy, waits)
    }
  })

/** A failure that asks for no wait of its own. */
const failed = new AttemptError({
  provider: "any",
  model: "any",
  reason: new Reason.ServerError({ message: "supposed" })
})

const millis = (waits: Effect.Effect<ReadonlyArray<Duration.Duration>>) =>
  Effect.map(waits, (list) => list.map((wait) => Duration.toMillis(wait)))

const bounded = (duration: Duration.Duration): number | null =>
  Duration.isLessThan(duration, RetryPolicy.unbounded) ? Duration.toMillis(duration) : null

const jitterOf = (jitter: Backoff.Jitter): Policy["jitter"] =>
  typeof jitter === "string" ? jitter : { addedMs: Duration.toMillis(jitter.added) }

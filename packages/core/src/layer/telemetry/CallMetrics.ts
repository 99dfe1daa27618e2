/**
 * Which metrics a call and its attempts move, under which labels.
 *
 * Labels are bounded: a route, provider or model that is not configured is `other`, however callers spell it. No call
 * id, key, caller or message is ever a label. Series are found once per (route, target, outcome, reason) and kept.
 */
import type { Attempt } from "../../domain/Attempt.ts"
import type { CallEnd, CallStart } from "../Ledger.ts"
import type { Counter, Histogram, Instruments } from "./Instruments.ts"

/** The names that may be labels. Where absent (library), names count until a family is full. @stability experimental @category models @since 0.1.0 */
export interface Known {
  readonly routes: Pick<ReadonlySet<string>, "has">
  /** `provider/model`. */
  readonly targets: Pick<ReadonlySet<string>, "has">
}

/** @stability experimental @category models @since 0.1.0 */
export interface CallMetrics {
  readonly attemptEnd: (attempt: Attempt) => void
  readonly callEnd: (start: CallStart, end: CallEnd) => void
}

/** Seconds; from a cached embedding to a long reasoning answer. */
const durations = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320]
/** Seconds; Orelse's own part is microseconds to milliseconds. */
const overheads = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]

/** One target's series. */
interface TargetSeries {
  readonly provider: string
  readonly model: string
  readonly attempts: Map<string, Counter>
  readonly firstContent: Histogram
  readonly input: Counter
  readonly output: Counter
  readonly cached: Counter
  readonly reasoning: Counter
  readonly cost: Counter
}

/** One route's series. */
interface RouteSeries {
  readonly route: string
  /** By the target that served, where one did; then by how they ended. */
  readonly calls: Map<TargetSeries | undefined, Map<string, Counter>>
  readonly durations: Map<string, Histogram>
}

/**
 * The counters of calls and attempts, in these instruments.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (instruments: Instruments, known?: Known): CallMetrics => {
  const families = declare(instruments)
  const overhead = families.overhead()
  const routeOf = routeTable(known)
  const targetOf = targetTable(families, known)
  return {
    attemptEnd: (attempt) => {
      const target = targetOf(attempt.provider, attempt.model)
      const key = endOf(attempt)
      let counter = target.attempts.get(key)
      if (counter === undefined) {
        counter = families.attempts(target.provider, target.model, attempt.outcome, attempt.reason ?? "none")
        target.attempts.set(key, counter)
      }
      counter.add(1)
      if (attempt.firstContentMs !== undefined) target.firstContent.observe(attempt.firstContentMs / 1000)
      countUsage(target, attempt)
    },
    callEnd: (start, end) => {
      const route = routeOf(start.route)
      const target = end.served === undefined ? undefined : targetOf(end.served.provider, end.served.model)
      let calls = route.calls.get(target)
      if (calls === undefined) route.calls.set(target, (calls = new Map()))
      const key = endOf(end)
      let counter = calls.get(key)
      if (counter === undefined) {
        const { model = "none", provider = "none" } = target ?? {}
        counter = families.calls(route.route, provider, model, end.outcome, end.reason ?? "none")
        calls.set(key, counter)
      }
      counter.add(1)
      let duration = route.durations.get(end.outcome)
      if (duration === undefined) {
        duration = families.duration(route.route, end.outcome)
        route.durations.set(end.outcome, duration)
      }
      duration.observe(end.durationMs / 1000)
      overhead.observe(end.overheadMs / 1000)
    }
  }
}

/** How it ended, in one text; nearly always one that is there already. */
const endOf = ({ outcome, reason }: { readonly outcome: string; readonly reason?: string | undefined }): string =>
  reason === undefined ? outcome : `${outcome} ${reason}`

const countUsage = (target: TargetSeries, { costUsd, usage }: Attempt): void => {
  if (usage !== undefined) {
    target.input.add(usage.inputTokens ?? 0)
    target.output.add(usage.outputTokens ?? 0)
    target.cached.add(usage.cachedTokens ?? 0)
    target.reasoning.add(usage.reasoningTokens ?? 0)
  }
  if (costUsd !== undefined) target.cost.add(costUsd)
}

type Families = ReturnType<typeof declare>

const declare = (instruments: Instruments) => ({
  calls: instruments.counter({
    name: "orelse.calls",
    help: "Calls that ended, by route, the target that served them (none: nobody), outcome and reason.",
    labels: ["route", "provider", "model", "outcome", "reason"]
  }),
  attempts: instruments.counter({
    name: "orelse.attempts",
    help: "Attempts that ended, by target, outcome and reason.",
    labels: ["provider", "model", "outcome", "reason"]
  }),
  duration: instruments.histogram(
    {
      name: "orelse.call.duration",
      help: "Time from the call's arrival to the end of its answer.",
      unit: "s",
      labels: ["route", "outcome"]
    },
    durations
  ),
  firstContent: instruments.histogram(
    {
      name: "orelse.first_content",
      help: "Time from sending an attempt to its first content.",
      unit: "s",
      labels: ["provider", "model"]
    },
    durations
  ),
  overhead: instruments.histogram(
    {
      name: "orelse.overhead",
      help: "Part of a call spent neither on a provider nor between attempts.",
      unit: "s",
      labels: []
    },
    overheads
  ),
  tokens: instruments.counter({
    name: "orelse.tokens",
    help: "Tokens of all attempts, failed ones included; cached is part of input, reasoning mostly of output.",
    labels: ["provider", "model", "type"]
  }),
  cost: instruments.counter({
    name: "orelse.cost.usd",
    help: "Cost of all attempts whose price is known, in USD.",
    labels: ["provider", "model"]
  })
})

const routeTable = (known: Known | undefined) => {
  const table = new Map<string, RouteSeries>()
  const make = (route: string): RouteSeries => ({ route, calls: new Map(), durations: new Map() })
  const other = make("other")
  return (route: string): RouteSeries => {
    const found = table.get(route)
    if (found !== undefined) return found
    if (known === undefined ? table.size >= maxNames : !known.routes.has(route)) return other
    const series = make(route)
    table.set(route, series)
    return series
  }
}

/** Names that the library counts by themselves, where nothing says which are configured. */
const maxNames = 200

const targetTable = (families: Families, known: Known | undefined) => {
  const table = new Map<string, Map<string, TargetSeries>>()
  let size = 0
  const find = (provider: string, model: string): TargetSeries => {
    let models = table.get(provider)
    const found = models?.get(model)
    if (found !== undefined) return found
    const isOther = model === "other"
    if (!isOther && (known === undefined ? size >= maxNames : !known.targets.has(`${provider}/${model}`)))
      return find(known === undefined ? "other" : provider, "other")
    if (models === undefined) table.set(provider, (models = new Map()))
    const series = targetSeries(families, provider, model)
    models.set(model, series)
    size++
    return series
  }
  return find
}

const targetSeries = (families: Families, provider: string, model: string): TargetSeries => ({
  provider,
  model,
  attempts: new Map(),
  firstContent: families.firstContent(provider, model),
  input: families.tokens(provider, model, "input"),
  output: families.tokens(provider, model, "output"),
  cached: families.tokens(provider, model, "cached"),
  reasoning: families.tokens(provider, model, "reasoning"),
  cost: families.cost(provider, model)
})

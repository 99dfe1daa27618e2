/** The table of targets: what each row of a result is held against. `Report` and the end of a run print it with the figures beside. */
import type { RowResult, Samples } from "./Bench.ts"
import type { Meta } from "./Meta.ts"
import { median, pairedDifference, pairedRatio } from "./Stats.ts"

export interface Result {
  readonly meta: Meta
  readonly rows: Readonly<Record<string, RowResult>>
  readonly notes: ReadonlyArray<string>
}

export interface Target {
  readonly what: string
  readonly first: number
  readonly goal: number
  readonly better: "lower" | "higher"
  readonly write: (value: number) => string
  /** A time on the processor, which a machine half as fast doubles. */
  readonly time?: true
  /** `undefined` where the run did not measure it. */
  readonly measure: (result: Result) => number | undefined
}

const samples = (result: Result, row: string, subject: string, metric: string): ReadonlyArray<number> | undefined => {
  const found: Samples | undefined = result.rows[row]?.[subject]
  return found?.[metric]
}

const pair =
  (combine: (left: ReadonlyArray<number>, right: ReadonlyArray<number>) => number) =>
  (row: string, metric: string, left: string, right: string) =>
  (result: Result): number | undefined => {
    const [one, other] = [samples(result, row, left, metric), samples(result, row, right, metric)]
    return one === undefined || other === undefined ? undefined : combine(one, other)
  }

const ratio = pair(pairedRatio)
const difference = pair(pairedDifference)

const single =
  (row: string, subject: string, metric: string) =>
  (result: Result): number | undefined => {
    const found = samples(result, row, subject, metric)
    return found === undefined ? undefined : median(found)
  }

const map = (read: (result: Result) => number | undefined, change: (value: number) => number) => (result: Result) => {
  const value = read(result)
  return value === undefined ? undefined : change(value)
}

const times = (value: number): string => `${value.toFixed(2)}×`
const share = (value: number): string => `${value >= 0 ? "+" : ""}${(value * 100).toFixed(1)} %`
const unit =
  (name: string, digits = 1) =>
  (value: number): string =>
    `${value.toFixed(digits)} ${name}`

const workersShare = (result: Result): number | undefined => {
  const names = Object.keys(result.rows["workers"] ?? {})
  const count = Math.max(0, ...names.map((name) => Number(name.replace("workers-", ""))))
  if (count < 2) return undefined
  const gain = ratio("workers", "requestsPerSecond", `workers-${count}`, "workers-1")(result)
  return gain === undefined ? undefined : gain / count
}

const worstHangUp = (result: Result): number | undefined => {
  const found = ["mid-stream", "waiting"].map((phase) => single("hangup", `on ${phase}`, "p99Ms")(result))
  return found.every((value) => value !== undefined) ? Math.max(...found) : undefined
}

const lower = { better: "lower" } as const
const higher = { better: "higher" } as const

export const targets: ReadonlyArray<Target> = [
  {
    what: "CPU per request, against the bare proxy",
    first: 2,
    goal: 1.5,
    ...lower,
    write: times,
    measure: ratio("whole", "cpuMicros", "on", "bare")
  },
  {
    what: "requests/s, against the peer",
    first: 5,
    goal: 8,
    ...higher,
    write: times,
    measure: ratio("whole", "requestsPerSecond", "on", "peer")
  },
  {
    what: "200-chunk stream passed through, CPU against bare (uncoalesced)",
    first: 1.2,
    goal: 1,
    ...lower,
    write: times,
    measure: ratio("stream", "cpuMicros", "on", "bare")
  },
  {
    what: "translated stream (Anthropic in, OpenAI out), CPU against pass-through",
    first: 3,
    goal: 2,
    ...lower,
    write: times,
    measure: ratio("translated", "cpuMicros", "translated stream", "pass-through stream")
  },
  {
    what: "added latency at one connection, p50, against bare",
    first: 60,
    goal: 30,
    time: true,
    ...lower,
    write: unit("µs"),
    measure: difference("latency", "p50Micros", "on", "bare")
  },
  {
    what: "memory per open slow stream",
    first: 60,
    goal: 40,
    ...lower,
    write: unit("KiB"),
    measure: single("memory", "on", "kibPerStream")
  },
  {
    what: "library: overhead of `Router` over calling the provider function, per call",
    first: 25,
    goal: 15,
    time: true,
    ...lower,
    write: unit("µs"),
    measure: difference("library", "micros", "router, 1 target", "provider function")
  },
  {
    what: "ledger on against off, CPU",
    first: 0.2,
    goal: 0.1,
    ...lower,
    write: share,
    measure: map(ratio("parts", "cpuMicros", "on", "no-ledger"), (value) => value - 1)
  },
  {
    what: "100 KB request body (50 messages), added CPU against bare",
    first: 0.4,
    goal: 0.15,
    time: true,
    ...lower,
    write: unit("ms", 3),
    measure: map(difference("body", "cpuMicros", "on", "bare"), (value) => value / 1_000)
  },
  {
    what: "caller hangs up → provider told, p99, one at a time",
    first: 20,
    goal: 5,
    ...lower,
    write: unit("ms"),
    measure: worstHangUp
  },
  {
    what: "N workers on N cores: requests/s against N times one worker",
    first: 0.8,
    goal: 0.9,
    ...higher,
    write: times,
    measure: workersShare
  },
  {
    what: "cost against routes, targets, credentials configured (10 → 10,000)",
    first: 0.1,
    goal: 0.05,
    ...lower,
    write: share,
    measure: map(ratio("configured", "cpuMicros", "configured-10000", "configured-10"), (value) => value - 1)
  }
]

/** Microseconds of CPU per request of the bare proxy on the machine that the targets were set on. */
export const bareThere = 36.9

/** How many times slower than that machine this one was during the run; `undefined` where its row was not run. */
export const slowness = (result: Result): number | undefined =>
  map(single("whole", "bare", "cpuMicros"), (micros) => micros / bareThere)(result)

/** How a value stands to its target. */
export const verdict = (target: Target, value: number | undefined): string => {
  if (value === undefined) return "not measured"
  const reaches = (limit: number): boolean => (target.better === "lower" ? value <= limit : value >= limit)
  if (reaches(target.goal)) return "goal"
  return reaches(target.first) ? "first" : "missed"
}

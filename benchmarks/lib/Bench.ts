/** What every row works with: started subjects, alternated rounds, and samples by subject and metric. */
import { cpuMicros } from "./ProcessStats.ts"
import { drive } from "./Load.ts"
import { probe } from "./Probe.ts"
import type { Plan, Setup, Subject } from "./Subject.ts"

/** Samples of one metric, one a lap; one a round where there are no laps. */
export type Samples = Record<string, Array<number>>

/** Subject -> metric -> samples. */
export type RowResult = Record<string, Samples>

export interface Settings {
  readonly rounds: number
  /** How often each subject is measured in a round, in turn with the others. */
  readonly laps: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Before a subject's first measurement: its code has to be compiled and optimised first. */
  readonly firstWarmUpSeconds: number
  readonly connections: number
  /** Open slow streams of the memory row. */
  readonly streams: number
}

export interface Bench {
  readonly settings: Settings
  readonly setup: Setup
  readonly peer: Plan | undefined
  readonly say: (text: string) => void
  /** What went wrong, or bears on how a figure is to be read. */
  readonly notes: Array<string>
}

export interface Row {
  readonly name: string
  readonly title: string
  readonly run: (bench: Bench) => Promise<RowResult>
}

/** Keeps a note once. */
export const note = (bench: Bench, text: string): void => {
  if (!bench.notes.includes(text)) bench.notes.push(text)
}

export const record = (result: RowResult, subject: string, metric: string, value: number): void => {
  const samples = (result[subject] ??= {})
  ;(samples[metric] ??= []).push(value)
}

/** Starts the subjects, runs, and stops them; one that does not start is noted and left out. */
export const withSubjects = async (
  bench: Bench,
  plans: ReadonlyArray<Plan>,
  run: (subjects: ReadonlyArray<Subject>) => Promise<void>
): Promise<void> => {
  const subjects: Array<Subject> = []
  for (const plan of plans) {
    try {
      subjects.push(await plan.start(bench.setup))
    } catch (error) {
      note(bench, `FAILED ${plan.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  try {
    await run(subjects)
  } finally {
    for (const subject of subjects) await subject.stop()
  }
}

/** Runs `measure` for each subject in each round; the order turns from round to round. */
export const alternate = async (
  bench: Bench,
  subjects: ReadonlyArray<Subject>,
  measure: (subject: Subject) => Promise<void>
): Promise<void> => {
  for (let round = 0; round < bench.settings.rounds; round++)
    for (const subject of turned(subjects, round)) await measure(subject)
}

/** How a row deals with each of its subjects. */
export interface Course {
  /** Before any is measured; who fails here is noted and left out. */
  readonly ready: (subject: Subject) => Promise<void>
  readonly measure: (subject: Subject) => Promise<void>
}

/**
 * The same with processes that are started anew for each round. One program takes up to a tenth more or less from one start to the next, by
 * where it comes to lie in memory and by what V8 compiles when: what differs by less than that from another process shows only over several.
 * All are made ready first and measured in turn then, a few laps long: of what lies half a minute apart on a shared machine, one half may have
 * had it to itself.
 */
export const afresh = async (bench: Bench, plans: ReadonlyArray<Plan>, course: Course): Promise<void> => {
  for (let round = 0; round < bench.settings.rounds; round++)
    await withSubjects(bench, turned(plans, round), async (subjects) => {
      const sound = await readied(bench, subjects, course.ready)
      for (let lap = 0; lap < bench.settings.laps; lap++)
        for (const subject of turned(sound, lap)) await course.measure(subject)
    })
}

/** Those that are ready. */
export const readied = async (
  bench: Bench,
  subjects: ReadonlyArray<Subject>,
  ready: Course["ready"]
): Promise<ReadonlyArray<Subject>> => {
  const sound: Array<Subject> = []
  for (const subject of subjects) {
    try {
      await ready(subject)
      sound.push(subject)
    } catch (error) {
      note(bench, `FAILED ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return sound
}

const turned = <A>(list: ReadonlyArray<A>, round: number): ReadonlyArray<A> => {
  const turn = list.length === 0 ? 0 : round % list.length
  return [...list.slice(turn), ...list.slice(0, turn)]
}

/** Which processes have been under which load: their ids, with the request. */
const warmed = new Set<string>()

/** Puts a process under load before it is measured: for long the first time, so that its code is compiled and optimised. */
export const warmUp = async (
  { settings }: Bench,
  { address, pid }: Subject,
  request: Buffer,
  connections: number
): Promise<void> => {
  const load = `${pid} ${request.toString("latin1")}`
  const seconds = warmed.has(load) ? settings.warmUpSeconds : settings.firstWarmUpSeconds
  warmed.add(load)
  await drive(address, request, { connections, seconds })
}

/** That the subject answers this request at all, and with what the scripted server said. */
export const verify = async (subject: Subject, request: Buffer, expected: string): Promise<void> => {
  const answer = await probe(subject.address, request, 10_000)
  if (answer.status === 200 && answer.text.includes(expected)) return
  // Without its head, whose date would make a note of each round.
  const body = answer.text.slice(answer.text.indexOf("\r\n\r\n") + 4).slice(0, 400)
  throw new Error(`${subject.name}: status ${answer.status}, expected text "${expected}" in: ${body}`)
}

/** CPU a request and requests a second under a closed loop of `connections`. */
export const throughput = async (
  bench: Bench,
  result: RowResult,
  subject: Subject,
  request: Buffer,
  options: { readonly label?: string; readonly connections?: number } = {}
): Promise<void> => {
  const connections = options.connections ?? bench.settings.connections
  const label = options.label ?? subject.name
  await warmUp(bench, subject, request, connections)
  const before = cpuMicros(subject.pid)
  const outcome = await drive(subject.address, request, { connections, seconds: bench.settings.seconds })
  const used = cpuMicros(subject.pid) - before
  if (outcome.errors > outcome.requests / 100) {
    throw new Error(
      `${label}: ${outcome.errors} errors in ${outcome.requests} requests: its figures would mean nothing`
    )
  }
  if (outcome.errors > 0) note(bench, `${label}: ${outcome.errors} errors in ${outcome.requests} requests`)
  if (outcome.busy > 0.9)
    note(
      bench,
      `${label}: the load generator was at ${Math.round(outcome.busy * 100)} % of a core; requests/s may be its limit`
    )
  record(result, label, "cpuMicros", used / outcome.requests)
  record(result, label, "requestsPerSecond", (outcome.requests / outcome.elapsedMs) * 1_000)
}

/**
 * `npm run bench`: what Orelse costs, beside the bare proxy, in the same run.
 *
 * How to read it. Every row measures its subjects in turn, round after round, on one machine and against one scripted server in its own
 * process; most start them anew for each round, and measure each some laps long, in turn with the others. CPU is user + system time of the measured process (and its children) per request; figures
 * are medians over all laps with lowest and highest beside them; ratios are taken within each lap, then their median. Only ratios
 * travel to other machines: compare `on` with `bare` of the same run, never with a figure of another day. A row with a note about errors
 * or a busy load generator says less.
 *
 *   bare            node:http + undici dispatch, nothing in between (`bare.ts`); `bare-coalesced` joins the chunks of one turn
 *   on              Orelse with policy, health, limits, callers, ledger on SQLite, OTLP and metrics
 *   off, no-PART    the same without all of them, or without that part
 *   peer            another gateway, by URL, set up to call the scripted server
 *
 * `--help` says what can be chosen.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { note } from "./lib/Bench.ts"
import type { Bench, Row, RowResult, Settings } from "./lib/Bench.ts"
import * as Child from "./lib/Child.ts"
import { collect } from "./lib/Meta.ts"
import * as Subject from "./lib/Subject.ts"
import * as Table from "./lib/Table.ts"
import type { Result } from "./lib/Targets.ts"
import { hangUp } from "./rows/HangUp.ts"
import { latency } from "./rows/Latency.ts"
import { library } from "./rows/Library.ts"
import { memory } from "./rows/Memory.ts"
import { configured, workers } from "./rows/Scale.ts"
import { body, partsRow, stream, translated, whole } from "./rows/Throughput.ts"

const rows: ReadonlyArray<Row> = [
  whole,
  partsRow,
  stream,
  translated,
  body,
  latency,
  memory,
  hangUp,
  workers,
  configured,
  library
]
const shortRows = ["whole", "stream", "translated", "latency", "hangup"]

const help = `npm run bench -- [options]
  --short                        a minute or so; prints, and shows only that all of it runs
  --only ROW                     this row, again for more: ${rows.map((row) => row.name).join(", ")}
  --rounds N, --laps N, --seconds N
                                 fresh starts, alternated laps in each, and how long one takes; 5 of 3 of 3 s by default
  --streams N                    open streams of the row "memory"; 4000 by default
  --peer URL                     another gateway beside, with --peer-model NAME and --peer-header "name: value" (again for
                                 more); {server} and {mode} are filled in: the scripted server's address, and how it answers
  --server-port N                of the scripted server; a free one by default, 9100 beside a peer
  --cpu-prof                     keep a profile of each process
  --dist, --program FILE         the built gateway, or the bin.ts of another checkout, instead of these sources
  --save, --out FILE             keep the result file`

const { values: options } = parseArgs({
  options: {
    help: { type: "boolean", short: "h", default: false },
    short: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    rounds: { type: "string" },
    laps: { type: "string" },
    seconds: { type: "string" },
    streams: { type: "string" },
    peer: { type: "string" },
    "peer-model": { type: "string", default: "bench-model" },
    "peer-header": { type: "string", multiple: true, default: [] },
    "server-port": { type: "string" },
    "cpu-prof": { type: "boolean", default: false },
    dist: { type: "boolean", default: false },
    program: { type: "string" },
    save: { type: "boolean", default: false },
    out: { type: "string" }
  }
})

const settings: Settings = {
  rounds: Number(options.rounds ?? (options.short ? 2 : 5)),
  laps: Number(options.laps ?? (options.short ? 1 : 3)),
  seconds: Number(options.seconds ?? (options.short ? 1 : 3)),
  warmUpSeconds: 1,
  // V8 compiles for the first 100,000 calls or so, and less each time: 10,000 calls in, one still costs half as much again.
  firstWarmUpSeconds: options.short ? 1 : 12,
  connections: 64,
  streams: Number(options.streams ?? (options.short ? 500 : 4_000))
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const chosen = (): ReadonlyArray<Row> => {
  const names = options.only ?? (options.short ? shortRows : rows.map((row) => row.name))
  const unknown = names.filter((name) => !rows.some((row) => row.name === name))
  if (unknown.length > 0)
    throw new Error(`bench: no row ${unknown.join(", ")}; there are ${rows.map((row) => row.name).join(", ")}`)
  return rows.filter((row) => names.includes(row.name))
}

const runRow = async (bench: Bench, row: Row): Promise<RowResult> => {
  say(`… ${row.name}: ${row.title}`)
  try {
    return await row.run(bench)
  } catch (error) {
    note(bench, `FAILED ${row.name}: ${error instanceof Error ? error.message : String(error)}`)
    return {}
  }
}

const measure = async (): Promise<Result> => {
  const port = options["server-port"] ?? (options.peer === undefined ? "0" : "9100")
  const server = await Child.start({
    name: "scripted-server",
    args: ["benchmarks/scripted-server.ts", port],
    printsLine: true
  })
  const peer =
    options.peer === undefined
      ? undefined
      : Subject.peer({ url: options.peer, model: options["peer-model"], headers: options["peer-header"] })
  const setup = {
    serverPort: Number(server.line),
    dist: options.dist,
    cpuProfile: options["cpu-prof"],
    program: options.program
  }
  const bench: Bench = { settings, setup, peer, say, notes: [] }
  const meta = collect({ ...settings, dist: options.dist, peer: options.peer ?? "" })
  const measured: Record<string, RowResult> = {}
  for (const row of chosen()) {
    const result = await runRow(bench, row)
    measured[row.name] = result
    say(`${Table.ofRow({ meta, rows: measured, notes: [] }, row.name)}\n`)
  }
  return { meta, rows: measured, notes: bench.notes }
}

const save = (result: Result): void => {
  const stamp = result.meta.takenAt.replaceAll(/[:.]/g, "-")
  const directory = join(Child.root, "benchmarks", "results")
  mkdirSync(directory, { recursive: true })
  const file = options.out ?? join(directory, `${options.save ? "saved-" : ""}${stamp}-${result.meta.commit}.json`)
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  say(`\nResult: ${file}`)
}

if (options.help) {
  say(help)
  process.exit(0)
}

process.once("SIGINT", () => void Child.stopAll().then(() => process.exit(130)))

try {
  const result = await measure()
  if (options.short)
    say(`${Table.ofRatios(result)}\n\nThe short form shows that all of it runs: V8 has not compiled what it measures.`)
  else say(Table.ofTargets(result))
  for (const text of result.notes) say(`note: ${text}`)
  if (!options.short || options.save || options.out !== undefined) save(result)
  if (options["cpu-prof"]) say(`Profiles: ${Child.workDirectory}/*.cpuprofile`)
  if (result.notes.some((text) => text.startsWith("FAILED"))) process.exitCode = 1
} finally {
  await Child.stopAll()
}

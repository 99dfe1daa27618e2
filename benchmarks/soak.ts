/**
 * Does it leak? Mixed load (whole answers, streams, faults, hang-ups) against the gateway for SECONDS, with samples of resident memory and
 * of open connections; then quiet. Fails (exit 1) where memory still grows in the second half, or where the provider still has connections
 * open on which nobody waits.
 *
 *   node benchmarks/soak.ts [--seconds 60] [--url URL --server-port N --header "name: value"] [--dist]
 *
 * Without --url it starts the gateway with everything on, and its own scripted server.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import * as Child from "./lib/Child.ts"
import { drive } from "./lib/Load.ts"
import { look, open } from "./lib/OpenStreams.ts"
import { openAiBody } from "./lib/Payload.ts"
import { probe } from "./lib/Probe.ts"
import { rssKib } from "./lib/ProcessStats.ts"
import { median } from "./lib/Stats.ts"
import * as Subject from "./lib/Subject.ts"

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    url: { type: "string" },
    header: { type: "string", multiple: true, default: [] },
    "server-port": { type: "string", default: "0" },
    dist: { type: "boolean", default: false }
  }
})
const seconds = Number(values.seconds)
/** Growth of the median of the last quarter over that of the second, as a share of it. */
const allowedGrowth = 0.1
/** Below this much, growth is the allocator's noise. */
const allowedGrowthKib = 8 * 1_024

interface Sample {
  readonly at: number
  readonly rssKib: number
  readonly heapKib: number | undefined
  readonly providerConnections: number
  readonly openAtProvider: number
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** Heap in use, where the gateway's metrics tell it. */
const heapKib = async (subject: Subject.Subject): Promise<number | undefined> => {
  const request = Buffer.from("GET /metrics HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")
  const answer = await probe(subject.address, request).catch(() => undefined)
  const found = /^\w*heap_(?:size_)?used_bytes(?:\{[^}]*\})? ([\d.e+]+)$/m.exec(answer?.text ?? "")?.[1]
  return found === undefined ? undefined : Number(found) / 1_024
}

const sample = async (subject: Subject.Subject, port: number, startedAt: number): Promise<Sample> => {
  const view = await look(port)
  return {
    at: (performance.now() - startedAt) / 1_000,
    rssKib: rssKib(subject.pid),
    heapKib: await heapKib(subject),
    providerConnections: view.connections - 1,
    openAtProvider: view.open.length
  }
}

/** Callers that hang up at a random moment of a stream. */
const hangUps = async (subject: Subject.Subject, until: number): Promise<number> => {
  let count = 0
  while (performance.now() < until) {
    const mode = count % 3 === 0 ? "silent" : count % 3 === 1 ? "hang" : "slow"
    const body = (model: string) => openAiBody(model, 1_024, { stream: true, tag: `tag-soak-${count} ` })
    const socket = await open(subject.address, subject.request(mode, body), mode === "silent").catch(() => undefined)
    await sleep(Math.random() * 40)
    socket?.destroy()
    count += 1
  }
  return count
}

const load = async (subject: Subject.Subject): Promise<Readonly<Record<string, number>>> => {
  const until = performance.now() + seconds * 1_000
  const whole = (model: string) => openAiBody(model, 1_024)
  const stream = (model: string) => openAiBody(model, 1_024, { stream: true })
  const run = (mode: "fast" | "faulty", body: (model: string) => string, connections: number) =>
    drive(subject.address, subject.request(mode, body), { connections, seconds })
  const [wholes, streams, faults, faultyStreams, left, moreLeft] = await Promise.all([
    run("fast", whole, 4),
    run("fast", stream, 2),
    run("faulty", whole, 4),
    run("faulty", stream, 2),
    hangUps(subject, until),
    hangUps(subject, until)
  ])
  return {
    whole: wholes.requests,
    "whole, errors": wholes.errors,
    streams: streams.requests,
    "streams, errors": streams.errors,
    faulty: faults.requests + faultyStreams.requests,
    "faulty, errors to the caller": faults.errors + faultyStreams.errors,
    "hang-ups": left + moreLeft
  }
}

const watch = async (
  subject: Subject.Subject,
  port: number,
  stop: { done: boolean }
): Promise<ReadonlyArray<Sample>> => {
  const startedAt = performance.now()
  const every = Math.max(500, (seconds * 1_000) / 40)
  const samples: Array<Sample> = []
  while (!stop.done) {
    samples.push(await sample(subject, port, startedAt))
    await sleep(every)
  }
  return samples
}

const quarter = (samples: ReadonlyArray<Sample>, which: number): number =>
  median(
    samples
      .slice(Math.floor((samples.length * which) / 4), Math.ceil((samples.length * (which + 1)) / 4))
      .map((one) => one.rssKib)
  )

const judge = (samples: ReadonlyArray<Sample>, after: Sample): ReadonlyArray<string> => {
  const [second, last] = [quarter(samples, 1), quarter(samples, 3)]
  const grown = last - second
  const problems: Array<string> = []
  say(
    `\nresident memory: ${Math.round(second / 1_024)} MiB in the second quarter, ${Math.round(last / 1_024)} MiB in the last (${grown >= 0 ? "+" : ""}${Math.round(grown / 1_024)} MiB)`
  )
  say(
    `after 3 s of quiet: ${Math.round(after.rssKib / 1_024)} MiB, ${after.openAtProvider} tagged exchanges open at the provider, ${after.providerConnections} connections`
  )
  // V8 takes what it is given until it has found its size, some 20 s in: growth before that is no leak.
  if (seconds < 40) say("too short to judge memory by: 40 s or more")
  else if (grown > Math.max(allowedGrowthKib, second * allowedGrowth))
    problems.push(`memory grew by ${Math.round(grown / 1_024)} MiB between the second quarter and the last`)
  if (after.openAtProvider > 0)
    problems.push(`${after.openAtProvider} exchanges are still open at the provider though every caller has gone`)
  return problems
}

const attach = (url: string): Promise<Subject.Subject> =>
  Subject.peer({ url, model: "{mode}", headers: values.header }).start({
    serverPort: 0,
    dist: false,
    cpuProfile: false
  })

const run = async (): Promise<void> => {
  const args = ["benchmarks/scripted-server.ts", values["server-port"]]
  const server = await Child.start({ name: "scripted-server", args, printsLine: true })
  const setup = { serverPort: Number(server.line), dist: values.dist, cpuProfile: false }
  const subject = values.url === undefined ? await Subject.orelse("soak").start(setup) : await attach(values.url)
  const stop = { done: false }
  const watching = watch(subject, setup.serverPort, stop)
  const counts = await load(subject)
  stop.done = true
  const samples = await watching
  await sleep(3_000)
  say("| s | RSS MiB | heap MiB | connections at the provider | tagged, open |\n| --- | --- | --- | --- | --- |")
  for (const one of samples.filter((_, index) => index % Math.ceil(samples.length / 20) === 0)) {
    const heap = one.heapKib === undefined ? "–" : Math.round(one.heapKib / 1_024)
    say(
      `| ${one.at.toFixed(0)} | ${Math.round(one.rssKib / 1_024)} | ${heap} | ${one.providerConnections} | ${one.openAtProvider} |`
    )
  }
  say(
    `\n${Object.entries(counts)
      .map(([name, count]) => `${name}: ${count}`)
      .join(", ")}`
  )
  const problems = judge(samples, await sample(subject, setup.serverPort, 0))
  for (const problem of problems) say(`FAILED: ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}

try {
  await run()
} finally {
  await Child.stopAll()
}

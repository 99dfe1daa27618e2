/** From a caller's hang-up to the provider's connection closing: mid-stream and before any answer, one at a time and all at once. */
import type { Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { note, record, withSubjects } from "../lib/Bench.ts"
import type { Bench, Row, RowResult } from "../lib/Bench.ts"
import { closings, look, open, openMany } from "../lib/OpenStreams.ts"
import { openAiBody } from "../lib/Payload.ts"
import { quantile } from "../lib/Stats.ts"
import * as Subject from "../lib/Subject.ts"

type Mode = "hang" | "silent"

/** Numbers the runs: a tag that closes late is not taken for one of the next run. */
let runs = 0

const begin = (subject: Subject.Subject, mode: Mode, tag: string): Promise<Socket> =>
  open(
    subject.address,
    subject.request(mode, (model) => openAiBody(model, 1_024, { stream: true, tag: `${tag} ` })),
    mode === "silent"
  )

/** Milliseconds from each hang-up to its closing; one that never closed counts as the whole wait. */
const delays = async (port: number, left: ReadonlyMap<string, bigint>): Promise<ReadonlyArray<number>> => {
  const found = new Map<string, number>()
  for (let turn = 0; turn < 60 && found.size < left.size; turn++) {
    await sleep(50)
    for (const [tag, at] of Object.entries(await closings(port))) {
      const start = left.get(tag)
      if (start !== undefined) found.set(tag, Number(BigInt(at) - start) / 1e6)
    }
  }
  return [...left.keys()].map((tag) => found.get(tag) ?? 3_000)
}

const oneAtATime = async (bench: Bench, subject: Subject.Subject, mode: Mode, count: number) => {
  const left = new Map<string, bigint>()
  const run = ++runs
  for (let index = 0; index < count; index++) {
    const tag = `tag-${mode}${run}-${index}`
    const socket = await begin(subject, mode, tag)
    await sleep(5)
    left.set(tag, process.hrtime.bigint())
    socket.destroy()
    await sleep(5)
  }
  return delays(bench.setup.serverPort, left)
}

const allAtOnce = async (bench: Bench, subject: Subject.Subject, mode: Mode, count: number) => {
  const run = ++runs
  const tags = Array.from({ length: count }, (_, index) => `tag-${mode}${run}-${index}`)
  const sockets = await openMany(count, (index) => begin(subject, mode, tags[index] ?? ""))
  await sleep(100)
  const { open: seen } = await look(bench.setup.serverPort)
  if (seen.length < count)
    note(bench, `${subject.name}: ${seen.length} of ${count} streams had reached the provider before the hang-up`)
  const left = new Map<string, bigint>()
  for (const [index, socket] of sockets.entries()) {
    left.set(tags[index] ?? "", process.hrtime.bigint())
    socket.destroy()
  }
  return delays(bench.setup.serverPort, left)
}

const measure = async (bench: Bench, result: RowResult, subject: Subject.Subject): Promise<void> => {
  const isShort = bench.settings.rounds < 3
  for (const mode of ["hang", "silent"] as const) {
    const phase = mode === "hang" ? "mid-stream" : "waiting"
    const single = await oneAtATime(bench, subject, mode, isShort ? 50 : 200)
    record(result, `${subject.name} ${phase}`, "p50Ms", quantile(single, 0.5))
    record(result, `${subject.name} ${phase}`, "p99Ms", quantile(single, 0.99))
    const many = await allAtOnce(bench, subject, mode, 200)
    record(result, `${subject.name} ${phase}`, "allAtOnceP99Ms", quantile(many, 0.99))
  }
}

export const hangUp: Row = {
  name: "hangup",
  title: "caller hangs up -> provider told",
  run: async (bench) => {
    const result: RowResult = {}
    await withSubjects(bench, [Subject.bare(), Subject.orelse("on")], async (subjects) => {
      for (let round = 0; round < Math.min(3, bench.settings.rounds); round++) {
        for (const subject of subjects) await measure(bench, result, subject)
      }
    })
    return result
  }
}

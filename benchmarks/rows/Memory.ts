/** Memory per open slow stream: the growth of resident memory from a warm process to one that holds so many, per stream. */
import { setTimeout as sleep } from "node:timers/promises"
import { note, readied, record, verify, withSubjects } from "../lib/Bench.ts"
import type { Bench, Row, RowResult } from "../lib/Bench.ts"
import { open, openMany } from "../lib/OpenStreams.ts"
import { lastWord, openAiBody } from "../lib/Payload.ts"
import { probe } from "../lib/Probe.ts"
import { mostOpen, rssKib } from "../lib/ProcessStats.ts"
import * as Subject from "../lib/Subject.ts"

const measure = async (bench: Bench, result: RowResult, subject: Subject.Subject): Promise<void> => {
  // A stream is two sockets of the proxy.
  const count = Math.min(bench.settings.streams, Math.floor((mostOpen() - 200) / 2))
  if (count < bench.settings.streams) note(bench, `memory: ${count} streams, for want of open files (ulimit -n)`)
  const warm = subject.request("fast", (model) => openAiBody(model, 1_024, { stream: true }))
  // A light one: a heavier warm-up leaves room on the heap that streams would then seem not to need.
  for (let turn = 0; turn < 40; turn++) await Promise.all(Array.from({ length: 8 }, () => probe(subject.address, warm)))
  await sleep(1_000)
  const before = rssKib(subject.pid)
  const request = (index: number) =>
    subject.request("slow", (model) => openAiBody(model, 1_024, { stream: true, tag: `tag-memory-${index} ` }))
  const sockets = await openMany(count, (index) => open(subject.address, request(index)))
  await sleep(4_000)
  record(result, subject.name, "kibPerStream", (rssKib(subject.pid) - before) / count)
  for (const socket of sockets) socket.destroy()
  await sleep(1_000)
}

export const memory: Row = {
  name: "memory",
  title: "memory per open slow stream",
  run: async (bench) => {
    const result: RowResult = {}
    const plans = [Subject.bare(), Subject.orelse("on"), ...(bench.peer === undefined ? [] : [bench.peer])]
    const rounds = Math.min(2, bench.settings.rounds)
    // A fresh process each time: memory that was once taken is not given back.
    for (let round = 0; round < rounds; round++) {
      for (const plan of plans) {
        await withSubjects(bench, [plan], async (subjects) => {
          const body = (model: string) => openAiBody(model, 1_024, { stream: true })
          const ready = (subject: Subject.Subject) => verify(subject, subject.request("fast", body), lastWord)
          for (const subject of await readied(bench, subjects, ready)) await measure(bench, result, subject)
        })
      }
    }
    return result
  }
}

/** Whether cost stays where it is: with 10 and with 10,000 routes, targets and credentials configured; with 1 and with N workers. */
import { availableParallelism } from "node:os"
import { afresh, throughput, warmUp } from "../lib/Bench.ts"
import type { Row, RowResult } from "../lib/Bench.ts"
import { openAiBody } from "../lib/Payload.ts"
import * as Subject from "../lib/Subject.ts"

const body = (model: string): string => openAiBody(model, 1_024)

const row = (name: string, title: string, plans: () => ReadonlyArray<Subject.Plan>, atOnce?: number): Row => ({
  name,
  title,
  run: async (bench) => {
    const result: RowResult = {}
    const connections = atOnce ?? bench.settings.connections
    const requestTo = (subject: Subject.Subject) => subject.request("fast", body)
    await afresh(bench, plans(), {
      ready: (subject) => warmUp(bench, subject, requestTo(subject), connections),
      measure: (subject) => throughput(bench, result, subject, requestTo(subject), { connections })
    })
    return result
  }
})

export const configured = row("configured", "10 against 10,000 configured", () =>
  [10, 1_000, 10_000].map((count) => Subject.orelse(`configured-${count}`, { configured: count }))
)

/** The scripted server and the load generator take a core each; workers get what is left. */
export const workerCount = Math.max(1, availableParallelism() - 2)

export const workers = row(
  "workers",
  `1 against ${workerCount} workers`,
  () => [1, workerCount].map((count) => Subject.orelse(`workers-${count}`, { workers: count })),
  128
)

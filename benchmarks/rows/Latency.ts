/** What a caller waits longer for: latency at one connection, beside the bare proxy. */
import { alternate, record, withSubjects } from "../lib/Bench.ts"
import type { Row, RowResult } from "../lib/Bench.ts"
import { drive } from "../lib/Load.ts"
import { openAiBody } from "../lib/Payload.ts"
import { quantile } from "../lib/Stats.ts"
import * as Subject from "../lib/Subject.ts"

export const latency: Row = {
  name: "latency",
  title: "latency at one connection",
  run: async (bench) => {
    const result: RowResult = {}
    const plans = [Subject.bare(), Subject.orelse("on"), ...(bench.peer === undefined ? [] : [bench.peer])]
    await withSubjects(bench, plans, (subjects) =>
      alternate(bench, subjects, async (subject, round) => {
        const request = subject.request("fast", (model) => openAiBody(model, 1_024))
        await drive(subject.address, request, {
          connections: 1,
          durationMs: round === 0 ? bench.settings.firstWarmUpMs : bench.settings.warmUpMs
        })
        const plan = { connections: 1, durationMs: bench.settings.durationMs, latencies: true }
        const outcome = await drive(subject.address, request, plan)
        record(result, subject.name, "p50Micros", quantile(outcome.latencies, 0.5))
        record(result, subject.name, "p99Micros", quantile(outcome.latencies, 0.99))
      })
    )
    return result
  }
}

/** What a caller waits longer for: latency at one connection, beside the bare proxy. */
import { afresh, record, warmUp } from "../lib/Bench.ts"
import type { Row, RowResult } from "../lib/Bench.ts"
import { drive } from "../lib/Load.ts"
import { openAiBody } from "../lib/Payload.ts"
import * as Subject from "../lib/Subject.ts"

export const latency: Row = {
  name: "latency",
  title: "latency at one connection",
  run: async (bench) => {
    const result: RowResult = {}
    const plans = [Subject.bare(), Subject.orelse("on"), ...(bench.peer === undefined ? [] : [bench.peer])]
    const requestTo = (subject: Subject.Subject) => subject.request("fast", (model) => openAiBody(model, 1_024))
    await afresh(bench, plans, {
      ready: (subject) => warmUp(bench, subject, requestTo(subject), bench.settings.connections),
      measure: async (subject) => {
        const one = { connections: 1, seconds: bench.settings.seconds }
        const outcome = await drive(subject.address, requestTo(subject), one)
        record(result, subject.name, "p50Micros", outcome.p50Micros)
        record(result, subject.name, "p99Micros", outcome.p99Micros)
      }
    })
    return result
  }
}

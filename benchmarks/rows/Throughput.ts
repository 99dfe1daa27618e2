/** CPU per request and requests a second: whole answers (with each part off in turn), streams, translated streams, large bodies. */
import { afresh, alternate, throughput, verify, warmUp, withSubjects } from "../lib/Bench.ts"
import type { Bench, Row, RowResult } from "../lib/Bench.ts"
import { parts } from "../lib/GatewayConfig.ts"
import { anthropicBody, lastWord, openAiBody } from "../lib/Payload.ts"
import * as Subject from "../lib/Subject.ts"

const withPeer = (bench: Bench, plans: ReadonlyArray<Subject.Plan>): ReadonlyArray<Subject.Plan> =>
  bench.peer === undefined ? plans : [...plans, bench.peer]

const row = (
  name: string,
  title: string,
  plans: (bench: Bench) => ReadonlyArray<Subject.Plan>,
  body: (model: string) => string,
  expected: string
): Row => ({
  name,
  title,
  run: async (bench) => {
    const result: RowResult = {}
    await afresh(bench, plans(bench), {
      ready: async (subject) => {
        const request = subject.request("fast", body)
        await verify(subject, request, expected)
        await warmUp(bench, subject, request, bench.settings.connections)
      },
      measure: (subject) => throughput(bench, result, subject, subject.request("fast", body))
    })
    return result
  }
})

const small = (model: string): string => openAiBody(model, 1_024)

export const whole = row(
  "whole",
  "1 KB request, whole answer",
  (bench) => withPeer(bench, [Subject.bare(), Subject.orelse("on"), Subject.orelse("off", { without: parts })]),
  small,
  "chat.completion"
)

/** Each part off in turn: what it costs. */
export const partsRow = row(
  "parts",
  "the same with each part off in turn",
  () => [Subject.orelse("on"), ...parts.map((part) => Subject.orelse(`no-${part}`, { without: [part] }))],
  small,
  "chat.completion"
)

export const stream = row(
  "stream",
  "200-chunk stream at full speed, passed through",
  (bench) => withPeer(bench, [Subject.bare(), Subject.bare(true), Subject.orelse("on")]),
  (model) => openAiBody(model, 1_024, { stream: true }),
  lastWord
)

export const body = row(
  "body",
  "100 KB request body of 50 messages, whole answer",
  (bench) => withPeer(bench, [Subject.bare(), Subject.orelse("on")]),
  (model) => openAiBody(model, 100_000, { messages: 50 }),
  "chat.completion"
)

/** Anthropic in, OpenAI out, beside pass-through, on one and the same gateway. */
export const translated: Row = {
  name: "translated",
  title: "Anthropic in, OpenAI out, beside pass-through",
  run: async (bench) => {
    const result: RowResult = {}
    await withSubjects(bench, [Subject.orelse("on")], async (subjects) => {
      for (const subject of subjects) {
        const path = "/v1/messages"
        const requests = {
          "pass-through stream": subject.request("fast", (model) => openAiBody(model, 1_024, { stream: true })),
          "translated stream": subject.request("fast", (model) => anthropicBody(model, 1_024, true), path),
          "pass-through whole": subject.request("fast", small),
          "translated whole": subject.request("fast", (model) => anthropicBody(model, 1_024, false), path)
        }
        await verify(subject, requests["translated stream"], lastWord)
        await verify(subject, requests["translated whole"], "end_turn")
        await alternate(bench, [subject], async () => {
          for (const [label, request] of Object.entries(requests))
            await throughput(bench, result, subject, request, { label })
        })
      }
    })
    return result
  }
}

import type { AppEvent, CallStart } from "@orelse/core/domain/Entry"
import { assert, describe, it } from "vitest"
import * as Batch from "../../src/ledger/Batch.ts"
import * as PostgresWrites from "../../src/ledger/PostgresWrites.ts"

type Row = Readonly<Record<string, string>>

/** The first row of each table, as the database is given it: starts of calls, and events. */
const written = (start: Partial<CallStart>, event: Pick<AppEvent, "metadata" | "data">) => {
  const batch = Batch.empty()
  const call = {
    id: "c",
    startedAt: 1,
    route: "r",
    model: "m",
    operation: "chat",
    dialect: "openai-chat",
    stream: false
  }
  Batch.add(batch, { _tag: "CallStart", ...call, ...start } as CallStart, () => 0)
  Batch.add(batch, { _tag: "AppEvent", id: "e", at: 1, type: "step:end", ...event }, () => 0)
  const parameters = PostgresWrites.parameters(batch, "owner").map((text) => JSON.parse(text) as ReadonlyArray<Row>)
  return { call: parameters[2]?.[0] ?? {}, event: parameters[6]?.[0] ?? {} }
}

const parsed = (text: string | undefined): unknown => JSON.parse(text ?? "")

describe("PostgresWrites.parameters", () => {
  it("takes NUL out and marks half a pair, in texts and in what is JSON, and leaves whole pairs", () => {
    const odd = "a\0b\ud83dc\u{1f600}"
    const { call, event } = written({ requestBody: odd }, { metadata: { own: odd }, data: { [odd]: [odd] } })
    const kept = "ab\ufffdc\u{1f600}"
    assert.strictEqual(call["request_body"], kept)
    assert.deepStrictEqual(parsed(event["metadata"]), { own: kept })
    assert.deepStrictEqual(parsed(event["data"]), { [kept]: [kept] })
  })

  it("leaves escapes that are text as they are: in a kept body, and in a text that is JSON itself", () => {
    const body = String.raw`{"content":"\ud83d\ude00 \u0000"}`
    const note = String.raw`C:\u0000`
    const { call, event } = written({ requestBody: body }, { metadata: { note }, data: { raw: body } })
    assert.strictEqual(call["request_body"], body)
    assert.deepStrictEqual(parsed(event["metadata"]), { note })
    assert.deepStrictEqual(parsed(event["data"]), { raw: body })
  })
})

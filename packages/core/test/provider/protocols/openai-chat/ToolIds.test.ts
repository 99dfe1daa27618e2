import { assert, describe, it } from "@effect/vitest"
import * as Json from "../../../../src/domain/Json.ts"
import * as ToolIds from "../../../../src/provider/protocols/openai-chat/ToolIds.ts"

const shorten = (text: string): string => ToolIds.shorten(text, Json.parseObject(text) ?? {})

describe("ToolIds.shorten", () => {
  it("shortens the id of a call and that of its result alike, and keeps every other byte", () => {
    const id = "toolu_01 of another"
    const text = `{ "messages":[ {"tool_calls":[{"id": "${id}" , "n":12345678901234567890}]},{"tool_call_id":"${id}","content":"about ${id}"} ] }`
    assert.strictEqual(shorten(text), text.replaceAll(`"${id}"`, `"${ToolIds.short(id)}"`))
    assert.match(ToolIds.short(id), /^[a-z0-9]{9}$/)
  })

  it("leaves a body whose ids fit as it is", () => {
    const text = '{"messages":[{"tool_calls":[{"id":"abcDEF123"}]},{"tool_call_id":"abcDEF123"}]}'
    assert.strictEqual(shorten(text), text)
  })

  it("shortens a hundred thousand ids in the time of reading the body", () => {
    const ids = Array.from({ length: 100_000 }, (_, at) => `call-${at}`)
    const calls = (named: ReadonlyArray<string>) =>
      JSON.stringify({ messages: [{ role: "assistant", tool_calls: named.map((id) => ({ id })) }] })
    assert.strictEqual(shorten(calls(ids)), calls(ids.map(ToolIds.short)))
  })
})

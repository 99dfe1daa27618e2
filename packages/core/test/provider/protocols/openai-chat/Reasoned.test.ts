import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../../src/domain/Json.ts"
import type { Message } from "../../../../src/domain/Request.ts"
import { profiles } from "../../../../src/provider/profiles.ts"
import { protocol } from "../../../../src/provider/protocols/OpenAiChat.ts"

const call = { id: "a", type: "function", function: { name: "f", arguments: "{}" } }
const question = { role: "user", content: "hi" }
const called = { role: "assistant", content: null, tool_calls: [call] }
const result = { role: "tool", tool_call_id: "a", content: "1" }
const answer = { role: "assistant", content: "done" }

const passed = (row: string, messages: ReadonlyArray<object>): unknown => {
  const body = { model: "x", messages } as unknown as Json.JsonObject
  const context = { model: "m", stream: false, quirks: profiles[row]!.quirks }
  return Json.at(Json.parse(protocol.passThrough(JSON.stringify(body), body, context).body), "messages")
}

const blank = { reasoning_content: " " }

describe("the reasoning behind calls of tools", () => {
  for (const row of ["deepseek", "moonshot"]) {
    it(`is a blank for ${row} where another provider made the call, or gave it empty`, () => {
      const empty = { ...called, reasoning_content: "" }
      assert.deepStrictEqual(passed(row, [question, called, result, answer, empty]), [
        question,
        { ...called, ...blank },
        result,
        { ...answer, ...blank },
        { ...empty, ...blank }
      ])
    })

    it(`stays at ${row} as it was, and where nothing was called nothing is made up`, () => {
      const own = { ...called, reasoning_content: "Hm." }
      assert.deepStrictEqual(passed(row, [question, own, result]), [question, own, result])
      assert.deepStrictEqual(passed(row, [question, answer, question]), [question, answer, question])
    })
  }

  it("is made up for no other provider", () => {
    for (const row of ["openai", "groq", "openrouter", "vllm"])
      assert.deepStrictEqual(passed(row, [question, called, result]), [question, called, result], row)
  })

  it("goes back to DeepSeek and Moonshot from callers of every dialect", () => {
    const thought = { type: "reasoning" as const, text: "Hm." }
    const made = { type: "toolCall" as const, id: "a", name: "f", arguments: "{}" }
    const sent = (content: Extract<Message, { role: "assistant" }>["content"], row: string) => {
      const messages: ReadonlyArray<Message> = [{ role: "assistant", content }]
      const written = protocol.encode({ messages }, { model: "m", stream: false, quirks: profiles[row]!.quirks })
      if (Result.isFailure(written)) throw new Error(written.failure.message)
      return Json.at(Json.parse(written.success.body), "messages", 0, "reasoning_content")
    }
    for (const row of ["deepseek", "moonshot"])
      assert.deepStrictEqual([sent([thought, made], row), sent([made], row)], ["Hm.", " "], row)
    assert.isUndefined(sent([thought, made], "vllm"))
  })
})

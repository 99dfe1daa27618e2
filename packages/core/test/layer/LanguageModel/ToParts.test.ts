import { assert, describe, it } from "@effect/vitest"
import type { StreamPart } from "../../../src/domain/Response.ts"
import * as ToParts from "../../../src/layer/LanguageModel/ToParts.ts"

const written = (...parts: ReadonlyArray<StreamPart>) => {
  const writer = ToParts.writer({})
  return [...parts.flatMap((part) => writer.write(part)), ...writer.end()]
}

const start = (index: number): StreamPart => ({ type: "toolCallStart", index, id: `call_${index}`, name: "f" })
const piece = (index: number, text: string): StreamPart => ({ type: "toolCallDelta", index, arguments: text })

const calls = (...parts: ReadonlyArray<StreamPart>) =>
  written(...parts).flatMap((part) => (part.type === "tool-call" ? [[part.id, part.params]] : []))

describe("a stream as parts of effect/ai", () => {
  it("shows a picture that lies elsewhere by its address, for a file has none, and so does a whole answer", () => {
    const url = "https://cdn.example.org/a.png"
    const parts = written({ type: "image", index: 0, mediaType: "image/png", data: "", url })
    assert.deepStrictEqual(
      parts.flatMap((part) => (part.type === "text-delta" ? [part.delta] : part.type === "file" ? ["file"] : [])),
      [`![image](${url})`]
    )
    const whole = ToParts.ofResponse({ content: [{ type: "image", url }], finishReason: "stop" }, {})
    assert.deepInclude(whole, { type: "text", text: `![image](${url})` })
  })

  it("keeps calls apart whose arguments come by turns", () => {
    assert.deepStrictEqual(
      calls(start(0), start(1), piece(0, '{"a"'), piece(1, '{"b":'), piece(0, ":1}"), piece(1, "2}")),
      [
        ["call_0", { a: 1 }],
        ["call_1", { b: 2 }]
      ]
    )
  })

  it("ends a call before what follows it, once its arguments are whole", () => {
    const parts = written(start(0), piece(0, "{}"), { type: "text", index: 1, text: "x" })
    assert.deepStrictEqual(
      parts.map((part) => part.type),
      [
        "tool-params-start",
        "tool-params-delta",
        "tool-params-end",
        "tool-call",
        "text-start",
        "text-delta",
        "text-end",
        "finish"
      ]
    )
  })

  it("calls a tool that is given nothing", () => {
    assert.deepStrictEqual(calls(start(0), start(1), piece(1, '{"b":2}')), [
      ["call_0", {}],
      ["call_1", { b: 2 }]
    ])
  })

  it("adds up what is told of the tokens piece by piece", () => {
    const usage = (fields: object): StreamPart => ({ type: "usage", usage: fields })
    const last = written(usage({ inputTokens: 5 }), usage({ outputTokens: 7 })).at(-1)
    assert.deepStrictEqual(
      last?.type === "finish" && [last.usage.inputTokens.total, last.usage.outputTokens.total],
      [5, 7]
    )
  })
})

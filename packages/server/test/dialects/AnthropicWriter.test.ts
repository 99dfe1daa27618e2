import { assert, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import type { StreamPart } from "@orelse/core/domain/Response"
import * as AnthropicMessages from "../../src/dialects/AnthropicMessages.ts"
import { context, streamed } from "./context.ts"
import * as Sdk from "./sdk.ts"

const written = (...parts: ReadonlyArray<StreamPart>) => streamed(AnthropicMessages.dialect, parts)

/** The events, each as `type` or `type index`. */
const outline = (text: string): ReadonlyArray<string> =>
  text
    .trimEnd()
    .split("\n\n")
    .map((event) => {
      const data = Json.parse(event.slice(event.indexOf("data: ") + 6))
      const type = Json.string(Json.at(data, "type")) ?? ""
      const index = Json.number(Json.at(data, "index"))
      assert.isTrue(event.startsWith(`event: ${type}\n`))
      return index === undefined ? type : `${type} ${index}`
    })

const start = (index: number): StreamPart => ({ type: "toolCallStart", index, id: `call_${index}`, name: "f" })
const piece = (index: number, written: string): StreamPart => ({ type: "toolCallDelta", index, arguments: written })
const text = (index: number, said: string): StreamPart => ({ type: "text", index, text: said })

const block = (index: number, deltas: number) => [
  `content_block_start ${index}`,
  ...Array.from({ length: deltas }, () => `content_block_delta ${index}`),
  `content_block_stop ${index}`
]

describe("a stream in Anthropic's events", () => {
  it("counts no more tokens than the provider did, where that one counts more as cached than in all", async () => {
    const { usage } = await Sdk.anthropicStream(
      written(
        text(0, "a"),
        { type: "usage", usage: { inputTokens: 7, cachedTokens: 154, outputTokens: 8 } },
        { type: "finish", reason: "stop" }
      )
    )
    assert.deepStrictEqual(usage, { input: 7, output: 8 })
  })

  it("opens one block at a time, in the order of the answer", () => {
    const parts: ReadonlyArray<StreamPart> = [
      { type: "reasoning", index: 0, text: "hm" },
      text(1, "a"),
      text(1, "b"),
      start(2),
      piece(2, "{}"),
      text(3, "c")
    ]
    assert.deepStrictEqual(outline(written(...parts)), [
      "message_start",
      ...block(0, 1),
      ...block(1, 2),
      ...block(2, 1),
      ...block(3, 1),
      "message_delta",
      "message_stop"
    ])
  })

  it("opens a new block where the provider does, be it of the same kind", () => {
    assert.deepStrictEqual(outline(written(text(0, "a"), text(1, "b"))).slice(1, -2), [...block(0, 1), ...block(1, 1)])
  })

  it("writes calls that come interleaved one after the other", async () => {
    const parts = [start(0), start(1), piece(0, '{"a"'), piece(1, '{"b":'), piece(0, ":1}"), piece(1, "2}")]
    const result = written(...parts)
    assert.deepStrictEqual(outline(result).slice(1, -2), [...block(0, 2), ...block(1, 2)])
    const { toolCalls } = await Sdk.anthropicStream(result)
    assert.deepStrictEqual(
      toolCalls.map((call) => call.arguments),
      [{ a: 1 }, { b: 2 }]
    )
  })

  it("writes a call whole, and then what was said between its pieces", async () => {
    const parts = [
      start(0),
      piece(0, '{"x":'),
      text(1, "\n"),
      text(1, "so"),
      piece(0, "1"),
      piece(0, "}"),
      text(1, "!")
    ]
    const result = written(...parts)
    assert.deepStrictEqual(outline(result).slice(1, -2), [...block(0, 3), ...block(1, 3)])
    const { text: said, toolCalls } = await Sdk.anthropicStream(result)
    assert.deepStrictEqual(toolCalls[0]?.arguments, { x: 1 })
    assert.strictEqual(said, "\nso!")
  })

  it("loses nothing of words, thoughts and calls that come among each other's pieces", async () => {
    const result = written(
      start(0),
      piece(0, "{"),
      text(1, "a"),
      start(2),
      { type: "reasoning", index: 3, text: "hm" },
      piece(2, '{"b":'),
      text(4, "c"),
      piece(0, "}"),
      start(5),
      piece(2, "2}"),
      piece(5, "{}")
    )
    assert.deepStrictEqual(outline(result).slice(1, -2), [
      ...block(0, 2),
      ...block(1, 1),
      ...block(2, 2),
      ...block(3, 1),
      ...block(4, 1),
      ...block(5, 1)
    ])
    const { reasoning, text: said, toolCalls } = await Sdk.anthropicStream(result)
    assert.deepStrictEqual(
      toolCalls.map((call) => call.arguments),
      [{}, { b: 2 }, {}]
    )
    assert.deepStrictEqual([said, reasoning], ["ac", "hm"])
  })

  it("says at the end what waited for a call whose arguments never came whole", () => {
    const result = written(start(0), piece(0, '{"x":'), text(1, "a"), start(2))
    assert.deepStrictEqual(outline(result).slice(1, -2), [...block(0, 1), ...block(1, 1), ...block(2, 0)])
  })

  it("writes three interleaved calls whole, though the first never says its arguments", async () => {
    const result = written(start(0), start(1), start(2), piece(2, '{"c"'), piece(1, '{"b":2}'), piece(2, ":3}"))
    const { toolCalls } = await Sdk.anthropicStream(result)
    assert.deepStrictEqual(toolCalls, [
      { id: "call_0", name: "f", arguments: {} },
      { id: "call_1", name: "f", arguments: { b: 2 } },
      { id: "call_2", name: "f", arguments: { c: 3 } }
    ])
  })

  it("streams the second call at once where the first is whole", () => {
    const writer = AnthropicMessages.dialect.writer(context)
    for (const part of [start(0), piece(0, '{"a":1}')]) writer.write(part)
    assert.include(writer.write(start(1)), "content_block_start")
    assert.include(writer.write(piece(1, "{")), "input_json_delta")
  })

  it("writes a call of a megabyte in no time, though a word waits for its end", () => {
    const writer = AnthropicMessages.dialect.writer(context)
    const begun = performance.now()
    for (const part of [start(0), piece(0, '{"code":"'), text(1, "so")]) writer.write(part)
    for (let index = 0; index < 100_000; index++) writer.write(piece(0, "0123456789"))
    assert.include(writer.write(piece(0, '"}')), '"text":"so"')
    assert.isBelow(performance.now() - begun, 5_000)
  })

  it("writes hidden reasoning as a block of its own", () => {
    const result = written({ type: "reasoning", index: 0, text: "", redacted: "c2Vj" }, text(1, "a"))
    assert.include(result, '{"type":"redacted_thinking","data":"c2Vj"}')
    assert.deepStrictEqual(outline(result).slice(1, -2), [...block(0, 0), ...block(1, 1)])
  })

  it("says the stop sequence, and the provider's own word where no table knows it", () => {
    assert.include(
      written({ type: "finish", reason: "stop", raw: "stop_sequence", stopSequence: "END" }),
      '"stop_reason":"stop_sequence","stop_sequence":"END"'
    )
    assert.include(written({ type: "finish", reason: "unknown", raw: "OTHER" }), '"stop_reason":"OTHER"')
    assert.include(written(text(0, "a")), '"stop_reason":null')
  })

  it("passes pings on only once the message has begun", () => {
    const writer = AnthropicMessages.dialect.writer(context)
    assert.strictEqual(writer.write({ type: "ping" }), "")
    writer.write({ type: "start" })
    assert.strictEqual(writer.write({ type: "ping" }), 'event: ping\ndata: {"type":"ping"}\n\n')
  })
})

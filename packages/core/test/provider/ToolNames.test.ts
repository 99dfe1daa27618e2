import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Answer, Sink } from "../../src/domain/Answer.ts"
import type { Request } from "../../src/domain/Request.ts"
import type { StreamPart } from "../../src/domain/Response.ts"
import * as FunctionTool from "../../src/provider/protocols/FunctionTool.ts"
import * as ToolNames from "../../src/provider/ToolNames.ts"

const long = "mcp__plugin_chrome-devtools-mcp_chrome-devtools__get_console_message"
const fits = FunctionTool.usualName

const request = (...names: ReadonlyArray<string>): Request => ({
  messages: [
    { role: "user", content: [{ type: "text", text: "hi" }] },
    { role: "assistant", content: [{ type: "toolCall", id: "call_1", name: names[0]!, arguments: "{}" }] },
    { role: "tool", toolCallId: "call_1", name: names[0]!, content: [] }
  ],
  tools: names.map((name) => ({ name })),
  toolChoice: { name: names[0]! }
})

const namesOf = (request: Request | undefined) => request?.tools?.map(({ name }) => name)

describe("names of tools that a provider refuses", () => {
  it("are left alone where all of them fit", () => assert.isUndefined(ToolNames.fit(request("a", "b-2"), fits)))

  it("are fitted wherever they stand, each by one name", () => {
    const { given, request: fitted } = ToolNames.fit(request(long, "b"), fits)!
    const [name] = namesOf(fitted)!
    assert.deepStrictEqual(fitted, request(name!, "b"))
    assert.isTrue(fits.test(name!))
    assert.match(name!, /^mcp__plugin_chrome_devtools_mcp_/)
    assert.deepStrictEqual([...given], [[name, long]])
  })

  it("stay apart where they would be one, and keep what can be read of them", () => {
    const other = `${long}s`
    const { given, request: fitted } = ToolNames.fit(request("a.b", "a_b", "a:b", "1 ü", long, other), fits)!
    const names = namesOf(fitted)!
    assert.strictEqual(new Set(names).size, 6)
    assert.strictEqual(names[1], "a_b")
    assert.strictEqual(names[3], "_1__")
    for (const name of names) assert.isTrue(fits.test(name), name)
    assert.deepStrictEqual(
      names.map((name) => given.get(name) ?? name),
      ["a.b", "a_b", "a:b", "1 ü", long, other]
    )
  })

  it("are the same in the next turn", () => {
    const first = ToolNames.fit(request(long, "a.b"), fits)!
    assert.deepStrictEqual(
      namesOf(ToolNames.fit(request(long, "a.b", "c"), fits)!.request)!.slice(0, 2),
      namesOf(first.request)
    )
  })
})

describe("an answer to a request with fitted names", () => {
  const given = new Map([["short", long]])

  it("holds the caller's names again", () => {
    const call = { type: "toolCall" as const, id: "call_1", name: "short", arguments: "{}" }
    const other = { ...call, name: "b" }
    const answer: Answer = { _tag: "Whole", protocol: "gemini", response: () => ({ content: [call, other] }) }
    const restored = ToolNames.restored(answer, given)
    assert.deepStrictEqual(restored._tag === "Whole" && restored.response().content, [{ ...call, name: long }, other])
  })

  it.effect("says them where a call begins, in a stream", () =>
    Effect.gen(function* () {
      const parts: ReadonlyArray<StreamPart> = [
        { type: "text", index: 0, text: "short" },
        { type: "toolCallStart", index: 1, id: "call_1", name: "short" }
      ]
      const answer: Answer = {
        _tag: "Streaming",
        protocol: "gemini",
        run: (sink) => Effect.sync(() => void (sink.wants === "parts" && sink.write(parts))),
        isTerminated: () => true,
        lastContentAt: () => 0
      }
      const heard: Array<StreamPart> = []
      const sink: Sink = { wants: "parts", write: (some) => heard.push(...some) > 0, onReady: () => {} }
      const restored = ToolNames.restored(answer, given)
      if (restored._tag === "Streaming") yield* restored.run(sink)
      assert.deepStrictEqual(heard, [parts[0]!, { ...parts[1]!, name: long } as StreamPart])
    })
  )
})

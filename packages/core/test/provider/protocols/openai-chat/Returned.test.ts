import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../../src/domain/Json.ts"
import type { Message } from "../../../../src/domain/Request.ts"
import { profiles } from "../../../../src/provider/profiles.ts"
import { protocol as azure } from "../../../../src/provider/protocols/AzureOpenAi.ts"
import { protocol } from "../../../../src/provider/protocols/OpenAiChat.ts"

const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }
const proof = { google: { thought_signature: "S" } }

/** What an SDK appends of an answer that another provider gave. */
const given = {
  role: "assistant",
  content: null,
  refusal: null,
  annotations: [],
  audio: null,
  function_call: null,
  reasoning_content: "Hm.",
  reasoning_details: [{ type: "reasoning.text", text: "Hm.", signature: "sig" }],
  tool_calls: [{ ...call, extra_content: proof }]
}
const said = { role: "assistant", content: "hi", reasoning: "Ah." }
const others = [
  { role: "user", content: "hi", reasoning_content: "the caller's own" },
  { role: "tool", tool_call_id: "call_1", content: "1" }
]

/** What becomes of these messages where they pass through to a provider of the table. */
const passed = (row: string, model: string, messages: ReadonlyArray<object>, by = protocol): unknown => {
  const body = { model: "x", messages } as unknown as Json.JsonObject
  const context = { model, stream: false, quirks: profiles[row]!.quirks }
  return Json.at(Json.parse(by.passThrough(JSON.stringify(body), body, context).body), "messages")
}

const bare = { role: "assistant", content: null, tool_calls: [call] }
const spoken = { role: "assistant", content: "hi" }

describe("what is sent back of answers in OpenAI's format", () => {
  for (const [row, kept] of [
    ["groq", said],
    ["cerebras", said],
    ["fireworks", spoken]
  ] as const) {
    it(`goes to ${row} without the fields that it refuses, and other messages stay as they are`, () => {
      const left = row === "fireworks" ? { ...bare, reasoning_content: "Hm." } : bare
      assert.deepStrictEqual(passed(row, "llama-4", [...others, given, said]), [...others, left, kept])
    })
  }

  it("goes to Mistral without any of them, its own thinking in the content kept", () => {
    const thought = { role: "assistant", content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm." }] }] }
    const short = { ...call, id: "abcdefghi" }
    const messages = [{ ...given, tool_calls: [{ ...short, extra_content: proof }] }, said, thought]
    assert.deepStrictEqual(passed("mistral", "magistral-medium", messages), [
      { ...bare, tool_calls: [short] },
      spoken,
      thought
    ])
  })

  it("goes to OpenAI and Azure without reasoning and Google's proofs, with the fields that are OpenAI's own", () => {
    const own = { refusal: null, annotations: [], audio: null, function_call: null }
    const left = [{ role: "assistant", content: null, ...own, tool_calls: [call] }, spoken]
    assert.deepStrictEqual(passed("openai", "gpt-5.2", [given, said]), left)
    assert.deepStrictEqual(passed("azure-openai", "my-deployment", [given, said], azure), left)
  })

  it("goes as it came to another maker's model behind OpenAI's name, and to providers that take what they do not know", () => {
    assert.deepStrictEqual(passed("openai", "deepseek-reasoner", [given, said]), [given, said])
    for (const row of ["deepseek", "openrouter", "vllm", "xai"])
      assert.deepStrictEqual(passed(row, "some-model", [given, said]), [given, said], row)
  })

  it("keeps the proofs of calls for Google's models, wherever they stand", () => {
    assert.deepStrictEqual(passed("fireworks", "gemini-3", [{ ...bare, tool_calls: given.tool_calls }]), [
      { ...bare, tool_calls: given.tool_calls }
    ])
  })

  it("goes to nobody with OpenAI's encrypted reasoning, and with all other proofs", () => {
    const [details] = given.reasoning_details
    const hidden = { type: "reasoning.text", text: "", signature: "openai:gAAA" }
    const mixed = { ...spoken, reasoning_details: [hidden, details] }
    assert.deepStrictEqual(passed("openrouter", "anthropic/claude-opus-4-5", [mixed]), [
      { ...spoken, reasoning_details: [details] }
    ])
    assert.deepStrictEqual(passed("openrouter", "x-ai/grok-4", [{ ...spoken, reasoning_details: [hidden] }]), [spoken])
  })

  it("leaves every byte of a body as it is that holds none of it", () => {
    const text = '{ "model": "x", "messages": [ {"role":"assistant" , "content":"1e400", "n":12345678901234567890} ] }'
    const context = { model: "x", stream: false, quirks: profiles["groq"]!.quirks }
    assert.strictEqual(protocol.passThrough(text, Json.parseObject(text)!, context).body, text)
  })

  it("is left out of a request that is written anew, too", () => {
    const field = (name: string) => ({ extra: { "openai-chat": { field: name } } })
    const messages: ReadonlyArray<Message> = [
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm.", signature: "sig", ...field("reasoning_content") },
          { type: "text", text: "hi" }
        ]
      }
    ]
    const sent = (row: string) => {
      const written = protocol.encode({ messages }, { model: "m", stream: false, quirks: profiles[row]!.quirks })
      return Result.isSuccess(written) ? Json.at(Json.parse(written.success.body), "messages", 0) : undefined
    }
    assert.deepStrictEqual(sent("groq"), spoken)
    assert.deepStrictEqual(sent("fireworks"), { ...spoken, reasoning_content: "Hm." })
    assert.deepStrictEqual(sent("deepseek"), {
      ...spoken,
      reasoning_content: "Hm.",
      reasoning_details: given.reasoning_details
    })
  })
})

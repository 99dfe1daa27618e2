import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../src/domain/Json.ts"
import type { Message, Request } from "../../../src/domain/Request.ts"
import type { Protocol } from "../../../src/provider/Protocol.ts"
import { builtIn } from "../../../src/provider/protocols/builtIn.ts"
import { protocol as azure } from "../../../src/provider/protocols/AzureOpenAi.ts"
import { protocol as cohere } from "../../../src/provider/protocols/Cohere.ts"
import { protocol as gemini } from "../../../src/provider/protocols/Gemini.ts"
import { protocol as chat } from "../../../src/provider/protocols/OpenAiChat.ts"
import { protocol as responses } from "../../../src/provider/protocols/OpenAiResponses.ts"
import * as Written from "../written.ts"

const hi: Message = { role: "user", content: [{ type: "text", text: "hi" }] }
const asked: Request = { messages: [hi] }
const tools = [{ name: "f" }]

const encoded = (protocol: Protocol, more: Partial<Request>) =>
  Written.body(protocol, { ...asked, ...more }, { model: "m" })
const messages = (...all: ReadonlyArray<Message>) => Json.array(encoded(chat, { messages: all })["messages"])

describe("what OpenAI and Google refuse to hear", () => {
  it("says nothing of tools where there are none", () => {
    for (const protocol of [chat, azure, responses, gemini]) {
      const plain = encoded(protocol, {})
      assert.deepStrictEqual(encoded(protocol, { tools: [], parallelToolCalls: false }), plain, protocol.id)
      assert.deepStrictEqual(encoded(protocol, { tools: [], toolChoice: "none" }), plain, protocol.id)
      assert.deepStrictEqual(encoded(protocol, { toolChoice: "auto" }), plain, protocol.id)
    }
  })

  it("leaves a call that is forced without tools to the provider's refusal", () => {
    assert.strictEqual(encoded(chat, { tools: [], toolChoice: "required" })["tool_choice"], "required")
    assert.strictEqual(encoded(responses, { toolChoice: "required" })["tool_choice"], "required")
    const config = { functionCallingConfig: { mode: "ANY" } }
    assert.deepStrictEqual(encoded(gemini, { toolChoice: "required" })["toolConfig"], config)
  })

  it("says the choice beside tools of the provider's own, where it is OpenAI's to make", () => {
    const own = { extra: { "openai-chat": { tools: [{ type: "custom", custom: { name: "c" } }] } } }
    assert.strictEqual(encoded(chat, { ...own, toolChoice: "none" })["tool_choice"], "none")
    assert.strictEqual(encoded(chat, { tools, toolChoice: "auto" })["tool_choice"], "auto")
    const search = { extra: { gemini: { tools: [{ googleSearch: {} }] } } }
    assert.isUndefined(encoded(gemini, { ...search, toolChoice: "none" })["toolConfig"])
  })

  it("leaves out a turn of the assistant in which it said nothing to others", () => {
    const thought: Message = { role: "assistant", content: [{ type: "reasoning", text: "hm", signature: "s" }] }
    assert.deepStrictEqual(messages(hi, thought, hi), messages(hi, hi))
    assert.deepStrictEqual(messages({ role: "assistant", content: [] }), [])
  })

  it("keeps such a turn where something of it is the provider's own", () => {
    const field = { extra: { "openai-chat": { field: "reasoning_content" } } }
    const shown: Message = { role: "assistant", content: [{ type: "reasoning", text: "hm", ...field }] }
    assert.deepStrictEqual(messages(shown), [{ role: "assistant", reasoning_content: "hm", content: "" }])
    const spoken: Message = { role: "assistant", content: [], extra: { "openai-chat": { audio: { id: "a" } } } }
    assert.deepStrictEqual(messages(spoken), [{ role: "assistant", content: "", audio: { id: "a" } }])
  })
})

describe("documents for OpenAI", () => {
  const document = (more: Json.JsonObject) => ({ type: "document" as const, ...more })
  const base64 = (text: string) => Buffer.from(text).toString("base64")
  const file = (protocol: Protocol, more: Json.JsonObject) => {
    const request = { messages: [{ role: "user" as const, content: [document(more)] }] }
    const written = protocol.encode(request, { model: "m", stream: false, quirks: {} })
    if (Result.isFailure(written)) return written.failure.feature
    const body = Json.parseObject(written.success.body)
    return Json.at(body, "messages", 0, "content") ?? Json.at(body, "input", 0, "content", 0, "filename")
  }

  it("go as words to its chat, which takes no file that is text", () => {
    const csv = { mediaType: "text/csv", data: base64("ü,1") }
    assert.strictEqual(file(chat, csv), "ü,1")
    assert.strictEqual(file(chat, { ...csv, name: "list.csv" }), "list.csv\n\nü,1")
    assert.strictEqual(file(chat, { mediaType: "application/json; charset=utf-8", data: base64("{}") }), "{}")
  })

  it("are refused by its chat where they are neither text nor PDF", () => {
    assert.strictEqual(
      file(chat, { mediaType: "application/msword", data: "AA==" }),
      "documents of type application/msword"
    )
    const pdf = { filename: "document.pdf", file_data: "data:application/pdf;base64,AA==" }
    assert.deepStrictEqual(file(chat, { data: "AA==" }), [{ type: "file", file: pdf }])
  })

  it("are called by what they are in Responses, which reads it off their names", () => {
    assert.strictEqual(file(responses, { mediaType: "text/plain", data: "AA==" }), "document.txt")
    assert.strictEqual(file(responses, { data: "AA==", name: "Report of 2026" }), "Report of 2026.pdf")
    assert.strictEqual(file(responses, { mediaType: "text/csv", data: "AA==", name: "a.b.csv" }), "a.b.csv")
    assert.strictEqual(file(responses, { mediaType: "application/x-unheard-of", data: "AA==" }), "document.bin")
  })
})

describe("ids of tool calls for OpenAI's Responses", () => {
  it("are no longer than it takes, the same for a call and its result", () => {
    const id = `call_1__thought__${"x".repeat(80)}`
    const call = { type: "toolCall" as const, id, name: "f", arguments: "{}" }
    const conversation: ReadonlyArray<Message> = [
      hi,
      { role: "assistant", content: [call] },
      { role: "tool", toolCallId: id, content: [{ type: "text", text: "1" }] }
    ]
    const items = Json.array(encoded(responses, { messages: conversation })["input"]).slice(1)
    const ids = items.map((item) => Json.string(Json.at(item, "call_id")))
    assert.deepStrictEqual(ids, [id.slice(0, 64), id.slice(0, 64)])
  })
})

describe("JSON without a schema, for OpenAI", () => {
  const json = { responseFormat: { type: "json" as const } }
  const words = (protocol: Protocol, messages: ReadonlyArray<Message>) => {
    const body = encoded(protocol, { ...json, messages })
    return Json.array(body["messages"] ?? body["input"]).map((message) => Json.at(message, "content"))
  }

  it("is asked for in words, too, where nobody has said so", () => {
    for (const protocol of [chat, azure, responses]) {
      assert.deepStrictEqual(words(protocol, [hi]), ["Answer in JSON.", "hi"])
      const said: Message = { role: "user", content: [{ type: "text", text: "as json, please" }] }
      assert.deepStrictEqual(words(protocol, [said]), ["as json, please"])
    }
    assert.deepStrictEqual(Json.array(encoded(chat, {})["messages"]).length, 1)
  })

  it("does not count as said in the instructions of Responses", () => {
    const extra = { "openai-responses": { field: "instructions" } }
    const instructions: Message = { role: "system", content: [{ type: "text", text: "JSON" }], extra }
    assert.deepStrictEqual(words(responses, [instructions, hi]), ["Answer in JSON.", "hi"])
  })
})

describe("numbers that a provider refuses", () => {
  it("become the nearest that it takes, where that does no harm", () => {
    assert.strictEqual(encoded(responses, { maxTokens: 1 })["max_output_tokens"], 16)
    assert.strictEqual(encoded(responses, { maxTokens: 17 })["max_output_tokens"], 17)
    const seed = (seed: number) => Json.at(encoded(gemini, { seed }), "generationConfig", "seed")
    assert.deepStrictEqual([seed(42), seed(2 ** 31 - 1), seed(2 ** 40 + 7)], [42, 2 ** 31 - 1, 7])
    assert.isUndefined(encoded(chat, { stop: [] })["stop"])
  })

  it("refuse the request where they would make another answer", () => {
    const stop = ["a", "b", "c", "d", "e", "f"]
    for (const protocol of [gemini, cohere]) {
      assert.strictEqual(Written.refusal(protocol, { ...asked, stop }, { model: "m" }), "stop sequences", protocol.id)
      assert.isUndefined(Written.refusal(protocol, { ...asked, stop: stop.slice(1) }, { model: "m" }), protocol.id)
    }
  })
})

describe("a field of another dialect that cannot go unsaid", () => {
  const refusal = (extra: NonNullable<Request["extra"]>) => Written.refusal(chat, { ...asked, extra }, { model: "m" })

  it("is nothing where it says what goes without saying", () => {
    assert.isUndefined(refusal({ "openai-responses": { background: false } }))
    assert.strictEqual(refusal({ "openai-responses": { background: true } }), "openai-responses's background")
  })

  it("is the answer that a thread goes on from, under the code by which its SDKs send all, and not the thread's beginning", () => {
    assert.isUndefined(refusal({ "anthropic-messages": { thread: { type: "create" } } }))
    const thread = { type: "continue", previous_message_id: "msg_1" }
    const request = { ...asked, extra: { "anthropic-messages": { thread } } }
    const written = Written.encode(chat, request, { model: "m" })
    assert.strictEqual(Result.isFailure(written) ? written.failure.providerCode : undefined, "thread_not_found")
  })
})

describe("words behind the result of a tool, for Mistral", () => {
  const mistral = { model: "mistral-medium", stream: false, quirks: { answersTools: true } }
  const called: Message = {
    role: "assistant",
    content: [{ type: "toolCall", id: "abcdefgh1", name: "f", arguments: "{}" }]
  }
  const answered: Message = { role: "tool", toolCallId: "abcdefgh1", content: [{ type: "text", text: "1" }] }
  const rolesOf = (body: Json.JsonObject) => Json.array(body["messages"]).map((message) => Json.at(message, "role"))
  const order = ["user", "assistant", "tool", "assistant", "user"]

  it("stand behind the assistant's, in a request that is written anew", () => {
    const request = { messages: [hi, called, answered, hi] }
    assert.deepStrictEqual(rolesOf(Written.body(chat, request, mistral)), order)
    assert.deepStrictEqual(rolesOf(Written.body(chat, request, { model: "m" })), ["user", "assistant", "tool", "user"])
    const usual = { messages: [hi, called, answered, answered] }
    assert.deepStrictEqual(rolesOf(Written.body(chat, usual, mistral)), ["user", "assistant", "tool", "tool"])
  })

  it("do so in a caller's own bytes too, of which nothing else is changed", () => {
    const text =
      '{"model": "a", "messages": [{"role":"user", "content":"hi"},{"role":"assistant","tool_calls":[]},{"role":"tool","content":"1"}, {"role":"user","content":"go on"}]}'
    const { body } = chat.passThrough(text, Json.parseObject(text)!, mistral)
    assert.deepStrictEqual(rolesOf(Json.parseObject(body)!), order)
    for (const piece of ['{"role":"user", "content":"hi"}', '{"role":"user","content":"go on"}'])
      assert.include(body, piece)
    const optioned = text.replace(/}$/, ',"orelse":{"attempts":2}}')
    assert.strictEqual(chat.passThrough(optioned, Json.parseObject(optioned)!, mistral).body, body)
    const plain = text.replace('"role":"tool"', '"role":"assistant"')
    assert.strictEqual(
      chat.passThrough(plain, Json.parseObject(plain)!, mistral).body,
      plain.replace('"a"', '"mistral-medium"')
    )
  })
})

describe("a turn that the assistant said as audio which OpenAI keeps", () => {
  const spoken = (content: ReadonlyArray<{ readonly type: "text"; readonly text: string }>): Message => ({
    role: "assistant",
    content,
    extra: { "openai-chat": { audio: { id: "audio_1" } } }
  })
  const others = Object.entries(builtIn).filter(([id]) => id !== "openai-chat" && id !== "azure-openai")

  it("goes back to OpenAI by its id", () => {
    for (const protocol of [chat, azure])
      assert.deepInclude(Json.array(encoded(protocol, { messages: [hi, spoken([]), hi] })["messages"])[1], {
        role: "assistant",
        audio: { id: "audio_1" }
      })
  })

  it.each(others)("is not left out for %s, which cannot hear it", (_, protocol) => {
    const refused = protocol.encode({ messages: [hi, spoken([]), hi] }, { model: "m", stream: false, quirks: {} })
    assert.include(Result.isFailure(refused) ? refused.failure.message : "", "transcript")
  })

  it.each(others)("goes to %s as the words that stand beside it", (_, protocol) => {
    const messages = [hi, spoken([{ type: "text", text: "the transcript" }]), hi]
    const written = protocol.encode({ messages }, { model: "m", stream: false, quirks: {} })
    assert.include(Result.isSuccess(written) ? written.success.body : "", "the transcript")
  })
})

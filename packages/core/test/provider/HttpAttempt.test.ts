import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import type { ProtocolId } from "../../src/domain/Dialect.ts"
import type { StreamPart } from "../../src/domain/Response.ts"
import { profiles } from "../../src/provider/profiles.ts"
import type { WireEvent } from "../../src/provider/Protocol.ts"
import * as Attempt from "./attempt.ts"
import * as AwsFrames from "./awsFrames.ts"
import { event } from "./conformance.ts"
import { FakeDispatcher, type Answer } from "./fakeDispatcher.ts"

const rows: Partial<Readonly<Record<ProtocolId, string>>> = {
  "openai-chat": "openai",
  "anthropic-messages": "anthropic",
  "bedrock-converse": "bedrock",
  ollama: "ollama-native",
  cohere: "cohere",
  gemini: "gemini"
}

/** A streamed call, as far as its first content, and then to its end. */
const stream = (protocol: ProtocolId, answer: Answer) =>
  Effect.gen(function* () {
    const row = profiles[rows[protocol] ?? ""]!
    const dispatcher = new FakeDispatcher(() => answer)
    const streaming = yield* Attempt.at(row, dispatcher, { stream: true })
    const parts: Array<StreamPart> = []
    if (streaming._tag === "Streaming") {
      yield* streaming.run({
        wants: "parts",
        write: (some) => {
          parts.push(...some)
          return true
        },
        onReady: () => {}
      })
    }
    return parts
  }).pipe(Effect.scoped)

const failed = (protocol: ProtocolId, answer: Answer) =>
  Effect.map(Effect.flip(stream(protocol, answer)), (error) => error.reason._tag)

/** A whole answer, as far as the failure of its attempt. */
const refused = (protocol: ProtocolId, answer: Answer) =>
  Effect.gen(function* () {
    const dispatcher = new FakeDispatcher(() => answer)
    return (yield* Effect.flip(Attempt.at(profiles[rows[protocol]!]!, dispatcher))).reason
  }).pipe(Effect.scoped)

const frames = (...events: ReadonlyArray<WireEvent>): Answer => ({ body: AwsFrames.bytes(events) })
const start = event({ role: "assistant" }, "messageStart")
const said = event({ contentBlockIndex: 0, delta: { text: "hi" } }, "contentBlockDelta")

describe("HttpAttempt, where a stream goes wrong in its protocol's own way", () => {
  it.effect("takes an exception of AWS for what its frame names, whatever its message says", () =>
    Effect.gen(function* () {
      const of = (name: string) =>
        failed("bedrock-converse", frames(start, event({ message: "Sorry." }, `exception:${name}`)))
      assert.strictEqual(yield* of("throttlingException"), "RateLimited")
      assert.strictEqual(yield* of("serviceUnavailableException"), "Overloaded")
      assert.strictEqual(yield* of("modelStreamErrorException"), "ServerError")
      assert.strictEqual(yield* of("validationException"), "InvalidRequest")
    })
  )

  it.effect("fails after the content where the exception comes later, or the frames stop", () =>
    Effect.gen(function* () {
      const late = event({ message: "Sorry." }, "exception:throttlingException")
      assert.strictEqual(yield* failed("bedrock-converse", frames(start, said, late)), "RateLimited")
      assert.strictEqual(yield* failed("bedrock-converse", frames(start, said)), "StreamInterrupted")
    })
  )

  it.effect("calls a frame that is broken a malformed answer", () =>
    Effect.gen(function* () {
      const bytes = AwsFrames.bytes([start])
      bytes[bytes.length - 1]! ^= 1
      assert.strictEqual(yield* failed("bedrock-converse", { body: bytes }), "MalformedResponse")
    })
  )

  it.effect("reads Ollama's error line, and misses the line that ends an answer", () =>
    Effect.gen(function* () {
      const line = '{"message":{"role":"assistant","content":"hi"},"done":false}\n'
      assert.strictEqual(
        yield* failed("ollama", { body: `${line}{"error":"runner process has terminated"}\n` }),
        "ServerError"
      )
      assert.strictEqual(yield* failed("ollama", { body: line }), "StreamInterrupted")
      assert.strictEqual(yield* failed("ollama", { body: "" }), "EmptyResponse")
    })
  )

  it.effect("reads Cohere's error at the end of a message", () =>
    Effect.gen(function* () {
      const end = 'data: {"type":"message-end","delta":{"finish_reason":"ERROR","error":"boom"}}\n\n'
      const reason = yield* failed("cohere", { body: `data: {"type":"message-start"}\n\n${end}` })
      assert.notStrictEqual(reason, "StreamInterrupted")
      assert.notStrictEqual(reason, "EmptyResponse")
    })
  )

  it.effect("takes an answer that a filter held back for an answer", () =>
    Effect.gen(function* () {
      const body = 'data: {"promptFeedback":{"blockReason":"SAFETY"}}\n\n'
      const parts = yield* stream("gemini", { body })
      assert.deepInclude(
        parts.find((part) => part.type === "finish"),
        { reason: "content_filter" }
      )
    })
  )
})

describe("HttpAttempt, where an answer is nested beyond any use", () => {
  const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`
  const gemini = (part: string) => `{"candidates":[{"content":{"role":"model","parts":[${part}]}}]}`
  const call = `{"functionCall":{"name":"f","args":${deep}}}`
  const block = `{"type":"tool_use","id":"t","name":"f","input":${deep}}`

  it.effect("calls it malformed within a stream, after the content and before it", () =>
    Effect.gen(function* () {
      const text = 'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}\n\n'
      const tool = `data: {"type":"content_block_start","index":1,"content_block":${block}}\n\n`
      const said = `data: ${gemini('{"text":"hi"}')}\n\n`
      const called = `data: ${gemini(call)}\n\n`
      for (const body of [tool, text + tool])
        assert.strictEqual(yield* failed("anthropic-messages", { body }), "MalformedResponse")
      for (const body of [called, said + called])
        assert.strictEqual(yield* failed("gemini", { body }), "MalformedResponse")
    })
  )

  it.effect("calls it malformed as a whole answer", () =>
    Effect.gen(function* () {
      const message = `{"type":"message","role":"assistant","content":[${block}],"stop_reason":"tool_use"}`
      const completion = `{"choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}],"weird":${deep}}`
      assert.strictEqual((yield* refused("anthropic-messages", { body: message }))._tag, "MalformedResponse")
      assert.strictEqual((yield* refused("gemini", { body: gemini(call) }))._tag, "MalformedResponse")
      assert.strictEqual((yield* refused("openai-chat", { body: completion }))._tag, "MalformedResponse")
    })
  )

  it.effect("knows an error by its status, whatever its body", () =>
    Effect.gen(function* () {
      const reason = yield* refused("openai-chat", { status: 429, body: `{"error":${deep}}` })
      assert.strictEqual(reason._tag, "RateLimited")
    })
  )
})

describe("HttpAttempt, where heads come before the answer's own", () => {
  const interim = [102, 103, 103]

  it.effect("takes the answer for what its own head says, whole and streamed", () =>
    Effect.gen(function* () {
      const choice = (field: string, more: string) => `{"choices":[{"index":0,"${field}":{"content":"hi"}${more}}]}`
      const dispatcher = new FakeDispatcher(() => ({ interim, body: choice("message", ',"finish_reason":"stop"') }))
      const whole = yield* Attempt.at(profiles["openai"]!, dispatcher)
      assert.strictEqual(whole._tag, "Whole")
      const parts = yield* stream("openai-chat", { interim, body: `data: ${choice("delta", "")}\n\ndata: [DONE]\n\n` })
      assert.strictEqual(parts.filter(({ type }) => type === "text").length, 1)
      assert.strictEqual((yield* refused("openai-chat", { interim, status: 503, body: "" }))._tag, "Overloaded")
    }).pipe(Effect.scoped)
  )
})

describe("HttpAttempt, where an answer is compressed", () => {
  const headers = { "content-encoding": "gzip" }
  const zipped = (text: string) => ({ headers, body: gzipSync(text) })

  it.effect("asks for none that is", () =>
    Effect.gen(function* () {
      const dispatcher = new FakeDispatcher(() => zipped("{}"))
      yield* Effect.flip(Attempt.at(profiles["openai"]!, dispatcher))
      assert.strictEqual(dispatcher.sent[0]?.headers["accept-encoding"], "identity")
    }).pipe(Effect.scoped)
  )

  it.effect("fails at its head, whole and streamed, and names the encoding", () =>
    Effect.gen(function* () {
      const reason = yield* refused("openai-chat", zipped('{"choices":[]}'))
      assert.strictEqual(reason._tag, "MalformedResponse")
      assert.include(reason.message, "content-encoding: gzip")
      assert.strictEqual(yield* failed("openai-chat", zipped("data: [DONE]\n\n")), "MalformedResponse")
    })
  )

  it.effect("reads an error for what it says, and by its status where it cannot", () =>
    Effect.gen(function* () {
      const text = '{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}'
      // Neither fits: not what comes, and not what it was made from.
      const noise = `\n${randomBytes(600 * 1024).toString("base64")}`
      for (const [encoding, body] of [
        ["gzip", gzipSync(text)],
        ["br", brotliCompressSync(text)],
        ["deflate", deflateSync(text)],
        ["gzip", gzipSync(`${text}${" ".repeat(300 * 1024)}`)],
        ["br", brotliCompressSync(`${text}${" ".repeat(300 * 1024)}`)],
        ["gzip", gzipSync(`${text}${noise}`)],
        ["deflate", deflateSync(`${text}${noise}`)]
      ] as const) {
        const answer = { status: 429, headers: { "content-encoding": encoding }, body }
        assert.strictEqual((yield* refused("openai-chat", answer))._tag, "QuotaExhausted", encoding)
      }
      for (const [encoding, body] of [
        ["gzip", "no gzip"],
        ["snappy", "\0\u0001"],
        ["gzip", gzipSync(text).subarray(0, 5)]
      ] as const) {
        const reason = yield* refused("openai-chat", { status: 429, headers: { "content-encoding": encoding }, body })
        assert.strictEqual(reason._tag, "RateLimited")
        assert.notInclude(reason.message, "\0")
      }
    })
  )

  it.effect("takes identity for what it is", () =>
    Effect.gen(function* () {
      const body = '{"choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}]}'
      const dispatcher = new FakeDispatcher(() => ({ headers: { "content-encoding": "Identity" }, body }))
      assert.strictEqual((yield* Attempt.at(profiles["openai"]!, dispatcher))._tag, "Whole")
    }).pipe(Effect.scoped)
  )
})

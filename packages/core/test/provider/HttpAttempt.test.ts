import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { ProtocolId } from "../../src/domain/Dialect.ts"
import type { StreamPart } from "../../src/domain/Response.ts"
import { profiles } from "../../src/provider/profiles.ts"
import type { WireEvent } from "../../src/provider/Protocol.ts"
import * as Attempt from "./attempt.ts"
import * as AwsFrames from "./awsFrames.ts"
import { event } from "./conformance.ts"
import { FakeDispatcher, type Answer } from "./fakeDispatcher.ts"

const rows: Partial<Readonly<Record<ProtocolId, string>>> = {
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

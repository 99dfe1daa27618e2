import { assert, describe, it } from "@effect/vitest"
import type { Protocol } from "../../src/provider/Protocol.ts"
import * as AnthropicMessages from "../../src/provider/protocols/AnthropicMessages.ts"
import * as BedrockConverse from "../../src/provider/protocols/BedrockConverse.ts"
import * as Cohere from "../../src/provider/protocols/Cohere.ts"
import { protocol } from "../../src/provider/protocols/OpenAiChat.ts"
import * as AwsFrames from "./awsFrames.ts"
import { event } from "./conformance.ts"
import { streamed } from "./streamed.ts"

const hi = 'data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]}\n\n'
const content = `${hi.replace("null", '"stop"')}data: [DONE]\n\n`

const run = (...chunks: ReadonlyArray<string>) =>
  streamed(
    protocol,
    chunks.map((chunk) => Buffer.from(chunk)),
    { wants: "bytes" }
  )

describe("StreamBody, where comments come before the content", () => {
  it("passes them on as they came", () => {
    const comments = ": PROCESSING\n\n: PROCESSING\n\n"
    assert.strictEqual(run(comments, content).bytes, comments + content)
  })

  it("keeps 16 KiB of them and no more, however long they come", () => {
    const comment = `: ${"x".repeat(1020)}\n\n`
    const comments = Array.from({ length: 100 }, () => comment)
    assert.strictEqual(run(...comments, content).bytes, comment.repeat(16) + content)
  })
})

describe("StreamBody, where a stream ends within an event", () => {
  it("takes it for cut, not for an answer that no protocol allows", () => {
    const after = run(hi, hi.slice(0, 40))
    assert.deepStrictEqual([after.reason?._tag, after.bytes], ["StreamInterrupted", hi])
    assert.strictEqual(run(hi.slice(0, 40)).reason?._tag, "StreamInterrupted")
    assert.strictEqual(run(hi, "data: {\n\n").reason?._tag, "MalformedResponse")
  })
})

const typed = (...events: ReadonlyArray<{ readonly type: string } & Readonly<Record<string, unknown>>>): Buffer =>
  Buffer.from(events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join(""))

const role = 'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n'
const used = 'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":0}}\n\n'
const done = "data: [DONE]\n\n"

const messageStart = { type: "message_start", message: { id: "x", role: "assistant", content: [], stop_reason: null } }
const messageStop = { type: "message_stop" }

/** Each ends as its format says, and says nothing. */
const empty: ReadonlyArray<readonly [what: string, protocol: Protocol, bytes: Buffer]> = [
  ["[DONE] alone", protocol, Buffer.from(done)],
  ["a role and [DONE]", protocol, Buffer.from(role + done)],
  ["usage and [DONE]", protocol, Buffer.from(used + done)],
  ["message_stop alone", AnthropicMessages.protocol, typed(messageStop)],
  [
    "a message without a stop reason",
    AnthropicMessages.protocol,
    typed(messageStart, { type: "message_delta", delta: { stop_reason: null } }, messageStop)
  ],
  [
    "a text without a letter",
    AnthropicMessages.protocol,
    typed(
      messageStart,
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_stop", index: 0 },
      messageStop
    )
  ],
  ["message-end with nothing in it", Cohere.protocol, typed({ type: "message-end", delta: {} })],
  [
    "messageStop without a reason, and what was used",
    BedrockConverse.protocol,
    AwsFrames.bytes([event({ role: "assistant" }, "messageStart"), event({}, "messageStop"), event({}, "metadata")])
  ]
]

describe("StreamBody, where a stream ends as its protocol says with neither content nor a finish reason", () => {
  for (const [what, protocol, bytes] of empty)
    it(`calls it empty, and hands nothing on: ${what}`, () => {
      const { bytes: passed, committed, reason } = streamed(protocol, [bytes], { wants: "bytes" })
      assert.deepStrictEqual([reason?._tag, committed, passed], ["EmptyResponse", false, ""])
    })

  it("calls it empty after so many events that they were passed on, and does not pass on its end", () => {
    const { bytes, committed, reason } = run(...Array.from({ length: 17 }, () => role), done)
    assert.deepStrictEqual([reason?._tag, committed, bytes], ["EmptyResponse", true, role.repeat(17)])
  })

  it("calls it empty in the very same way without that end", () => {
    const { bytes, committed, reason } = run(...Array.from({ length: 17 }, () => role))
    assert.deepStrictEqual([reason?._tag, committed, bytes], ["EmptyResponse", true, role.repeat(17)])
    assert.strictEqual(run(role).reason?._tag, "EmptyResponse")
  })

  it("takes content without a finish reason, and a finish reason without content, for an answer", () => {
    for (const answer of [hi + done, role.replace("null", '"stop"') + done, role.replace("null", '"length"')]) {
      const { bytes, committed, reason } = run(answer)
      assert.deepStrictEqual([reason, committed, bytes], [undefined, true, answer])
    }
  })
})

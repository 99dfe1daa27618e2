import { assert, describe, it } from "@effect/vitest"
import { protocol } from "../../src/provider/protocols/OpenAiChat.ts"
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

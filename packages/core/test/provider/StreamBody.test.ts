import { assert, describe, it } from "@effect/vitest"
import type { Sink } from "../../src/domain/Answer.ts"
import { MalformedResponse } from "../../src/domain/Reason.ts"
import * as Framing from "../../src/provider/Framing.ts"
import { protocol } from "../../src/provider/protocols/OpenAiChat.ts"
import { StreamBody } from "../../src/provider/StreamBody.ts"

const content = 'data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

/** What a caller of the same dialect gets of these bytes. */
const passed = (...chunks: ReadonlyArray<string>): string => {
  let out = ""
  const sink: Sink = {
    wants: "bytes",
    write: (bytes) => {
      out += bytes.toString()
      return true
    },
    onReady: () => undefined
  }
  const body = new StreamBody({
    splitter: Framing.make("sse"),
    reader: protocol.reader(),
    trace: { usage: undefined, finishReason: undefined },
    commit: { on: "firstContent", maxEvents: 16 },
    hideUsage: false,
    now: () => 0,
    classify: (message) => new MalformedResponse({ message }),
    pause: () => undefined,
    resume: () => undefined,
    onHeldBack: () => undefined,
    onCommit: () => body.run(sink, () => undefined),
    onFailure: () => undefined
  })
  for (const chunk of chunks) body.push(Buffer.from(chunk))
  body.close()
  return out
}

describe("StreamBody, where comments come before the content", () => {
  it("passes them on as they came", () => {
    const comments = ": PROCESSING\n\n: PROCESSING\n\n"
    assert.strictEqual(passed(comments, content), comments + content)
  })

  it("keeps 16 KiB of them and no more, however long they come", () => {
    const comment = `: ${"x".repeat(1020)}\n\n`
    const comments = Array.from({ length: 100 }, () => comment)
    assert.strictEqual(passed(...comments, content), comment.repeat(16) + content)
  })
})

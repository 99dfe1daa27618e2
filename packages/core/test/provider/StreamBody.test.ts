import { assert, describe, it } from "@effect/vitest"
import type { Reason } from "../../src/domain/Reason.ts"
import type { StreamPart } from "../../src/domain/Response.ts"
import { StreamBody } from "../../src/provider/StreamBody.ts"
import type { Protocol } from "../../src/provider/Protocol.ts"
import * as AnthropicMessages from "../../src/provider/protocols/AnthropicMessages.ts"
import * as BedrockConverse from "../../src/provider/protocols/BedrockConverse.ts"
import * as Cohere from "../../src/provider/protocols/Cohere.ts"
import * as Gemini from "../../src/provider/protocols/Gemini.ts"
import { protocol } from "../../src/provider/protocols/OpenAiChat.ts"
import * as AwsFrames from "./awsFrames.ts"
import { event } from "./conformance.ts"
import { options, streamed } from "./streamed.ts"

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

/** A stream whose sink takes one piece at a time, and is ready when the test says so, or at once. */
const pressed = (wants: "bytes" | "parts", isReadyAtOnce = false) => {
  const log: Array<string> = []
  let ready: (() => void) | undefined
  const onReady = (resume: () => void) => {
    if (isReadyAtOnce) resume()
    else ready = resume
  }
  const note = (what: string): boolean => {
    log.push(what)
    return false
  }
  const body = new StreamBody({
    ...options(protocol),
    pause: () => log.push("pause"),
    resume: () => log.push("resume")
  })
  const sink = {
    bytes: { wants: "bytes", write: (bytes: Buffer | string) => note(bytes.toString()), onReady },
    parts: {
      wants: "parts",
      write: (parts: ReadonlyArray<StreamPart>) => note(parts.map(({ type }) => type).join()),
      onReady
    }
  } as const
  const run = () =>
    body.run(sink[wants], ({ reason }: { readonly reason: Reason | undefined }) =>
      log.push(reason === undefined ? "end" : reason._tag)
    )
  const next = (): ReadonlyArray<string> => log.splice(0)
  const take = (): ReadonlyArray<string> => {
    const resume = ready
    ready = undefined
    resume?.()
    return next()
  }
  const push = (...chunks: ReadonlyArray<string>): void => {
    for (const chunk of chunks) body.push(Buffer.from(chunk))
  }
  return { body, next, push, run, take }
}

describe("StreamBody, where its sink takes no more for now", () => {
  it("writes nothing until the sink is ready, however many pieces are held, and lets the provider go on after the last", () => {
    const { next, push, run, take } = pressed("bytes")
    push(role, used, hi)
    assert.deepStrictEqual(next(), ["pause"])
    run()
    assert.deepStrictEqual(next(), [role, "pause"])
    assert.deepStrictEqual(take(), [used, "pause"])
    assert.deepStrictEqual(take(), [hi, "pause"])
    assert.deepStrictEqual(take(), ["resume"])
  })

  for (const wants of ["bytes", "parts"] as const)
    it(`holds what comes meanwhile, and its end with it (${wants})`, () => {
      const { body, next, push, run, take } = pressed(wants)
      const [first, second] = wants === "bytes" ? [hi, hi + done] : ["start,text", "text"]
      push(hi)
      run()
      assert.deepStrictEqual(next(), ["pause", first, "pause"])
      push(hi + done)
      body.close()
      assert.deepStrictEqual(next(), [])
      assert.deepStrictEqual(take(), [second, "pause", "end"])
    })

  it("tells that the stream was cut after what had come before", () => {
    const { body, next, push, run, take } = pressed("bytes")
    push(hi)
    run()
    push(hi)
    body.broke("ECONNRESET")
    assert.deepStrictEqual(next(), ["pause", hi, "pause"])
    assert.deepStrictEqual(take(), [hi, "pause", "StreamInterrupted"])
  })

  it("goes on at once with a sink that is ready at once, and tells the end once", () => {
    const { body, next, push, run } = pressed("bytes", true)
    push(role, hi)
    next()
    run()
    assert.deepStrictEqual(
      next().filter((what) => what === role || what === hi),
      [role, hi]
    )
    push(done)
    body.close()
    assert.deepStrictEqual(next(), [done, "pause", "end"])
  })

  it("tells a reader that has gone nothing, though it were ready", () => {
    const { body, next, push, run, take } = pressed("bytes")
    push(role, hi)
    run()
    next()
    body.drop()
    assert.deepStrictEqual(take(), [])
  })
})

describe("StreamBody, where more comes behind its protocol's end", () => {
  it("passes on nothing of it, in one read as in several", () => {
    const late = `${hi}data: {"error":{"message":"late"}}\n\ndata: {\n\n: late\n\n`
    for (const chunks of [[content + late], [content, late]]) {
      const { bytes, reason } = run(...chunks)
      assert.deepStrictEqual([bytes, reason], [content, undefined])
    }
  })
})

describe("StreamBody, where OpenAI's end comes behind that of another format", () => {
  it("passes it on with the read that it came in", () => {
    const ended = 'data: {"type":"message_stop"}\n\n'
    const text = 'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}\n\n'
    const all = `${text}${ended}data: [DONE]\n\n`
    const { bytes, reason } = streamed(AnthropicMessages.protocol, [Buffer.from(`${all}${text}`)], { wants: "bytes" })
    assert.deepStrictEqual([bytes, reason], [all, undefined])
  })
})

describe("StreamBody, where several answers were asked for", () => {
  const choice = (index: number, content: string, finish: string | null = null) => {
    const delta = content === "" ? {} : { content }
    return `data: ${JSON.stringify({ choices: [{ index, delta, finish_reason: finish }] })}\n\n`
  }
  const candidate = (index: number, text: string, finishReason?: string) =>
    `data: ${JSON.stringify({ candidates: [{ index, content: { parts: text === "" ? [] : [{ text }] }, finishReason }] })}\n\n`
  const gemini = (...events: ReadonlyArray<string>) =>
    streamed(
      Gemini.protocol,
      events.map((one) => Buffer.from(one)),
      { wants: "bytes" }
    )

  it("takes it for cut as long as one of them has not ended, whichever", () => {
    const begun = [choice(0, "A"), choice(1, "B")]
    for (const [ended, open] of [
      [0, 1],
      [1, 0]
    ] as const)
      // Some servers write `[DONE]` whatever became of what went before.
      for (const end of ["", "data: [DONE]\n\n"])
        assert.strictEqual(
          run(...begun, choice(ended, "", "stop"), choice(open, "half"), end).reason?._tag,
          "StreamInterrupted"
        )
    assert.isUndefined(run(...begun, choice(1, "", "stop"), choice(0, "", "length")).reason)
    assert.isUndefined(run(...begun, "data: [DONE]\n\n").reason)
  })

  it("does so of Gemini's candidates, of which some say STOP in every chunk", () => {
    const begun = [candidate(0, "A"), candidate(1, "B")]
    assert.strictEqual(
      gemini(...begun, candidate(0, "", "STOP"), candidate(1, "half")).reason?._tag,
      "StreamInterrupted"
    )
    assert.isUndefined(gemini(...begun, candidate(0, "", "STOP"), candidate(1, "", "STOP")).reason)
    const stops = [0, 1, 0, 1].map((index) => candidate(index, "word", "STOP"))
    assert.isUndefined(gemini(...stops, candidate(1, "tail")).reason)
  })

  it("counts what any of them says as content", () => {
    const other = choice(1, "B")
    const first = run(other, other)
    assert.deepStrictEqual([first.committed, first.reason?._tag], [true, "StreamInterrupted"])
    const role = other.replace('"content":"B"', '"role":"assistant","content":"","tool_calls":[]')
    assert.deepStrictEqual([run(role).committed, run(role).reason?._tag], [false, "EmptyResponse"])
    const called = other.replace('"content":"B"', '"tool_calls":[{"index":0}]')
    assert.isTrue(run(called).committed)
  })
})

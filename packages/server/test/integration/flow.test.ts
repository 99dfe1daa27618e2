/**
 * What is held back until the commit, and how what follows flows: unchanged, event by event, as fast as it is read, however it is cut.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { request as send, type IncomingMessage } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { answer } from "../support/Answers.ts"
import { callers } from "../support/callers.ts"
import * as Gateway from "../support/gateway.ts"
import { until } from "../support/leaving.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { commented, crlf, type Piece, sse, type Step } from "../support/Step.ts"

const configuration = (url: string) => `
providers:
  openai-chat: { protocol: openai-chat, url: ${url}/v1, keys: [one] }
  openai-responses: { protocol: openai-responses, url: ${url}/v1, keys: [one] }
  anthropic-messages: { protocol: anthropic-messages, url: ${url}, keys: [one] }
  gemini: { protocol: gemini, url: ${url}, keys: [one] }
policies:
  plain: { from: recommended, retry: { last: 0, others: 0 } }
  soon: { from: recommended, retry: { last: 0, others: 0 }, commit: { maxWait: 500ms } }
routes:
  held: { try: [openai-chat/odd, openai-chat/good], policy: plain }
  soon: { try: [openai-chat/odd, openai-chat/good], policy: soon }
`

const chunk = (delta: object): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`
const preamble = chunk({ role: "assistant", content: "" })
const cutOff = (pieces: ReadonlyArray<Piece>): Step => sse(pieces, { fault: { kind: "fin", after: pieces.length } })
const joined = (pieces: ReadonlyArray<Piece>): string =>
  pieces.map((piece) => (typeof piece === "string" ? piece : "")).join("")
const other = (protocol: string) => (protocol === "openai-chat" ? "anthropic-messages" : "openai-chat")

describe("A stream through the gateway", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  beforeAll(async () => {
    server = await ScriptedServer.start()
    gateway = await Gateway.start(configuration(server.url))
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  /** A raw chat call: `read` gets the response before anything of it was read. */
  const open = (model: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({
        model,
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: "user", content: "hi" }]
      })
      send(`${gateway.url}/v1/chat/completions`, { method: "POST" }, resolve).on("error", reject).end(body)
    })
  const rest = async (response: IncomingMessage): Promise<string> => {
    let text = ""
    for await (const part of response) text += String(part)
    return text
  }

  const held = async (pieces: ReadonlyArray<Piece>, route = "held") => {
    server.use(ScriptedServer.byModel({ odd: cutOff(pieces), good: answer({ texts: ["fine"] }) }))
    gateway.health.reset("openai-chat", "odd")
    const began = performance.now()
    const response = await open(route)
    return { afterMs: performance.now() - began, text: await rest(response) }
  }

  it("is not committed by 15 events without content: what fails then is not seen", async () => {
    const { text } = await held([preamble, ...Array.from({ length: 14 }, () => chunk({}))])
    assert.include(text, "fine")
    assert.include(text, "[DONE]")
  })

  it("is committed by the 16th event: what fails then is an error event, and no clean end", async () => {
    const { text } = await held([preamble, ...Array.from({ length: 15 }, () => chunk({}))])
    assert.notInclude(text, "fine")
    assert.match(text, /data: \{"error":\{[^\n]*\}\n\n$/)
  })

  it("is committed `maxWait` after its first event, whatever that was", async () => {
    const early = await held([preamble, { pauseMs: 300 }], "soon")
    assert.include(early.text, "fine")
    const late = await held([preamble, { pauseMs: 1_200 }], "soon")
    assert.isAtLeast(late.afterMs, 495)
    assert.isBelow(late.afterMs, 1_150)
    assert.notInclude(late.text, "fine")
    assert.match(late.text, /data: \{"error":\{/)
  })

  for (const caller of callers) {
    for (const protocol of [caller.protocol, other(caller.protocol)]) {
      const texts = ["Grüße, ", "世界 ", "😀 ", "line\nbreak ", '"quoted" \\ ', "end"]
      const played = (change: (pieces: ReadonlyArray<Piece>) => ReadonlyArray<Piece>, bytesPerWrite?: number) => {
        const make = answer({ texts })
        server.use((request) => {
          const step = make(request)
          const pieces = change(step.pieces ?? [])
          return { ...step, pieces, ...(bytesPerWrite === undefined ? {} : { bytesPerWrite }) }
        })
        return caller.stream(gateway.url, `${protocol}/m`)
      }
      const cuts: ReadonlyArray<readonly [string, (pieces: ReadonlyArray<Piece>) => ReadonlyArray<Piece>, number?]> = [
        ["byte by byte", (pieces) => pieces, 1],
        ["in pieces of seven bytes with CRLF", crlf, 7],
        ["with comments between its events", commented],
        ["all at once", (pieces) => [joined(pieces)]]
      ]
      for (const [how, change, bytesPerWrite] of cuts) {
        it(`is read whole by a caller of ${caller.name} when ${protocol} sends it ${how}`, async () => {
          const seen = await played(change, bytesPerWrite)
          assert.isUndefined(seen.error)
          assert.strictEqual(seen.text, texts.join(""))
          assert.isDefined(seen.finish)
        })
      }

      it(`carries an event of 9 MiB from ${protocol} to a caller of ${caller.name}`, async () => {
        const large = "large ".repeat(1_572_864)
        server.use(answer({ texts: ["a ", large, "z"] }))
        const seen = await caller.stream(gateway.url, `${protocol}/m`)
        assert.isUndefined(seen.error)
        assert.strictEqual(seen.text.length, large.length + 3)
      })

      it(`ends with an error at an event of 11 MiB from ${protocol}, for a caller of ${caller.name}`, async () => {
        server.use(answer({ texts: ["a ", "larger ".repeat(1_650_000), "z"] }))
        const seen = await caller.stream(gateway.url, `${protocol}/m`)
        assert.strictEqual(seen.text, "a ")
        assert.isDefined(seen.error)
      })
    }
  }

  it("passes on unchanged to the byte, comments and line ends included, in its own dialect", async () => {
    let sent = ""
    const make = answer({ texts: ["Grüße ", "two ", "three"] })
    server.use((request) => {
      const pieces = crlf(commented(make(request).pieces ?? [], ": waiting\n\n"))
      sent = joined(pieces)
      return { ...make(request), pieces, bytesPerWrite: 50 }
    })
    const text = await rest(await open("openai-chat/m"))
    assert.strictEqual(text, sent)
  })

  it("joins data that comes in several lines, passed on and translated", async () => {
    const several = (piece: Piece): Piece =>
      typeof piece === "string" && piece.startsWith("data: {")
        ? piece.replace('","choices"', '",\ndata: "choices"')
        : piece
    const make = answer({ texts: ["one ", "two"] })
    server.use((request) => ({ ...make(request), pieces: (make(request).pieces ?? []).map(several) }))
    for (const caller of callers) {
      const seen = await caller.stream(gateway.url, "openai-chat/m")
      assert.strictEqual(seen.text, "one two")
      assert.isUndefined(seen.error)
    }
  })

  for (const protocol of ["openai-chat", "anthropic-messages"]) {
    it(`is passed on event by event as ${protocol} sends it, none waiting for the next`, async () => {
      server.use(answer({ texts: ["w0", "w1", "w2", "w3", "w4", "w5"] }, { betweenMs: 120 }))
      const arrived: Array<number> = []
      const response = await open(`${protocol}/m`)
      for await (const part of response) if (/w\d/.test(String(part))) arrived.push(performance.now())
      assert.strictEqual(arrived.length, 6)
      for (const [index, at] of arrived.slice(1).entries()) assert.isAbove(at - (arrived[index] ?? 0), 60)
    })

    it(`waits for a reader that does not read, in ${protocol} too, and is whole when it does`, async () => {
      const texts = Array.from({ length: 4_000 }, (_, index) => `${index}${"x".repeat(16_000)} `)
      server.use(answer({ texts }))
      server.forget()
      const response = await open(`${protocol}/m`)
      response.pause()
      const sent = () => server.requests[0]?.piecesSent ?? 0
      await until(
        async () => {
          const before = sent()
          await sleep(250)
          return before > 0 && sent() === before
        },
        "end of the provider's sending",
        10_000
      )
      const buffered = sent()
      // 64 MB would come; what the kernel's and the gateway's own buffers take is less.
      assert.isBelow(buffered, 1_500)
      const text = await rest(response)
      assert.include(text, '"3999xxx')
      assert.match(text, /data: \[DONE\]\n\n$/)
    })
  }

  it("is an answer with nothing but a finish reason, in every dialect", async () => {
    for (const caller of callers) {
      server.use(answer({ texts: [] }))
      const seen = await caller.stream(gateway.url, `${caller.protocol}/m`)
      assert.isUndefined(seen.error)
      assert.isDefined(seen.finish)
      assert.strictEqual(seen.text, "")
    }
  })
})

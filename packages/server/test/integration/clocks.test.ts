/**
 * The four clocks of an attempt, each said by a route's policy and by a provider: connect, first content, idle, total. Pings, comments and
 * events without content run all the while, and move none of them.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { answer, anthropicPing } from "../support/Answers.ts"
import { callers } from "../support/callers.ts"
import * as Gateway from "../support/gateway.ts"
import { unreachable, type Unreachable } from "../support/leaving.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { commented, type Piece, sse } from "../support/Step.ts"

const limit = 300
const long = "60s"
const quick = `${limit}ms`

const protocols = {
  chat: { protocol: "openai-chat", path: "/v1", caller: callers[0]! },
  messages: { protocol: "anthropic-messages", path: "", caller: callers[2]! }
} as const
type Speaks = keyof typeof protocols

const clocks = ["connect", "firstContent", "idle", "total"] as const
type Clock = (typeof clocks)[number]

const timeouts = (clock?: Clock) =>
  `{ ${clocks.map((name) => `${name}: ${name === clock ? quick : long}`).join(", ")} }`

/** A provider and a route for each clock, said by the one or by the other; `nowhere` takes no connection. */
const configuration = (url: string, nowhere: number) => `
providers:
${Object.entries(protocols)
  .flatMap(([name, { path, protocol }]) => [
    `  ${name}: { protocol: ${protocol}, url: "${url}${path}", keys: [a] }`,
    `  ${name}-nowhere: { protocol: ${protocol}, url: "http://127.0.0.1:${nowhere}${path}", keys: [a] }`,
    ...clocks.map((clock) => {
      const base = clock === "connect" ? `http://127.0.0.1:${nowhere}` : url
      const own = `{ ${clock}: ${quick} }`
      return `  ${name}-${clock}: { protocol: ${protocol}, url: "${base}${path}", keys: [a], timeouts: ${own} }`
    })
  ])
  .join("\n")}
policies:
  patient: { from: recommended, deadline: 5m, timeouts: ${timeouts()} }
${clocks.map((clock) => `  ${clock}: { from: recommended, deadline: 5m, timeouts: ${timeouts(clock)} }`).join("\n")}
routes:
${Object.keys(protocols)
  .flatMap((name) =>
    clocks.flatMap((clock) => [
      `  ${name}-${clock}-policy: { try: [${clock === "connect" ? `${name}-nowhere` : name}/odd, ${name}/good], policy: ${clock} }`,
      `  ${name}-${clock}-provider: { try: [${name}-${clock}/odd, ${name}/good], policy: patient }`
    ])
  )
  .join("\n")}
`

const chunk = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`
const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

const begun: { readonly [S in Speaks]: ReadonlyArray<Piece> } = {
  chat: [chunk({ role: "assistant", content: "" })],
  messages: [
    event("message_start", {
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "m",
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 }
      }
    }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } })
  ]
}
const content: { readonly [S in Speaks]: Piece } = {
  chat: chunk({ content: "word " }),
  messages: event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "word " } })
}
/** What is no content, for longer than any clock; fewer events than commit a stream. */
const idle: { readonly [S in Speaks]: ReadonlyArray<Piece> } = {
  chat: commented(Array.from({ length: 12 }, () => [chunk({}), { pauseMs: 150 }]).flat()),
  messages: commented(Array.from({ length: 12 }, () => [anthropicPing, { pauseMs: 150 }]).flat())
}

// Times are real here, and the machine may be busy.
describe("A clock of an attempt", { retry: 2 }, () => {
  let server: ScriptedServer.ScriptedServer
  let nowhere: Unreachable
  let gateway: Gateway.TestGateway
  beforeAll(async () => {
    server = await ScriptedServer.start()
    nowhere = await unreachable()
    gateway = await Gateway.start(configuration(server.url, nowhere.port))
  })
  afterAll(async () => {
    await gateway.close()
    await Promise.all([server.close(), nowhere.close()])
  })

  const ask = async (speaks: Speaks, route: string, odd: ReadonlyArray<Piece>) => {
    server.use(ScriptedServer.byModel({ odd: sse(odd), good: answer({ texts: ["fine"] }) }))
    for (const provider of ["", "-nowhere", ...clocks.map((clock) => `-${clock}`)])
      gateway.health.reset(`${speaks}${provider}`, "odd")
    const seen = await protocols[speaks].caller.stream(gateway.url, `${speaks}-${route}`)
    return { seen, attempts: (await gateway.stories())[0]?.attempts ?? [] }
  }

  /** The first attempt ended by this clock, when it was due. */
  const assertTimedOut = (attempts: Awaited<ReturnType<typeof ask>>["attempts"], words: RegExp): void => {
    assert.strictEqual(attempts[0]?.reason, "TimedOut")
    assert.match(attempts[0]?.message ?? "", words)
    assert.isAtLeast(attempts[0]?.durationMs ?? 0, limit - 5)
    assert.isBelow(attempts[0]?.durationMs ?? 0, limit + 650)
  }

  for (const speaks of ["chat", "messages"] as const) {
    for (const by of ["policy", "provider"] as const) {
      it(`connect: moves on, and the connection that was tried is given up (${speaks}, said by the ${by})`, async () => {
        const { attempts, seen } = await ask(speaks, `connect-${by}`, [])
        assert.strictEqual(seen.text, "fine")
        assertTimedOut(attempts, /connect/i)
        assert.strictEqual(nowhere.tried(), 0)
      })

      it(`first content: moves on, though pings, comments and empty deltas come (${speaks}, said by the ${by})`, async () => {
        const { attempts, seen } = await ask(speaks, `firstContent-${by}`, [...begun[speaks], ...idle[speaks]])
        assert.strictEqual(seen.text, "fine")
        assertTimedOut(attempts, /no content within 300 ms/)
      })

      it(`idle: ends the stream with an error, though pings, comments and empty deltas come (${speaks}, said by the ${by})`, async () => {
        const { attempts, seen } = await ask(speaks, `idle-${by}`, [
          ...begun[speaks],
          content[speaks],
          content[speaks],
          ...idle[speaks]
        ])
        assert.strictEqual(seen.text, "word word ")
        assert.isDefined(seen.error)
        assert.strictEqual(attempts.length, 1)
        assertTimedOut(attempts, /no further content within 300 ms/)
      })

      it(`total: moves on before the first content (${speaks}, said by the ${by})`, async () => {
        const { attempts, seen } = await ask(speaks, `total-${by}`, [...begun[speaks], ...idle[speaks]])
        assert.strictEqual(seen.text, "fine")
        assertTimedOut(attempts, /not finished within 300 ms/)
      })

      it(`total: ends a stream with an error, though its content never ceases (${speaks}, said by the ${by})`, async () => {
        const words = Array.from({ length: 30 }, () => [content[speaks], { pauseMs: 50 }]).flat()
        const { attempts, seen } = await ask(speaks, `total-${by}`, [...begun[speaks], ...words])
        assert.match(seen.text, /^(word ){2,8}$/)
        assert.isDefined(seen.error)
        assert.strictEqual(attempts.length, 1)
        assertTimedOut(attempts, /not finished within 300 ms/)
      })
    }
  }

  it("is moved by each of several answers that were asked for: idle", async () => {
    const other = (content: string, finish: string | null = null) =>
      chunk({}, { choices: [{ index: 1, delta: content === "" ? {} : { content }, finish_reason: finish }] })
    const ended = chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })
    const words = Array.from({ length: 6 }, () => [other("word "), { pauseMs: 150 }]).flat()
    const end = [other("", "stop"), "data: [DONE]\n\n"]
    const { seen, attempts } = await ask("chat", "idle-policy", [...begun.chat, content.chat, ended, ...words, ...end])
    assert.isUndefined(seen.error)
    assert.deepStrictEqual(
      attempts.map(({ outcome }) => outcome),
      ["answered"]
    )
  })
})

import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { setTimeout as sleep } from "node:timers/promises"
import { answer } from "../support/Answers.ts"
import { chatError } from "../support/answers/OpenAiChat.ts"
import * as Forked from "../support/forked.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { failure, resetBeforeHeaders } from "../support/Step.ts"

/** A minute with what goes before and after it; `ORELSE_LONG=1` runs half an hour, as the acceptance does. */
const seconds = process.env["ORELSE_LONG"] === undefined ? 40 : 1_800
const warmUpSeconds = 8

const models = ["good", "slow", "busy", "reset", "cut", "silent", "limited"] as const

const configuration = (url: string) => `
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [one, two] }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [one] }
policies:
  quick: { from: recommended, deadline: 4s, timeouts: { firstContent: 250ms, idle: 400ms }, backoff: { initial: 5ms, cap: 20ms } }
routes:
${models.map((model) => `  ${model}: { try: [open/${model}, anth/good], policy: quick }`).join("\n")}
callers:
  - { name: team, key: team-key, limits: { requests: 1000000/min, concurrency: 1000 }, budget: { usd: 100000, per: day } }
`

const text = "x".repeat(2_000)
const messages = [{ role: "user", content: text }]

/** Where each dialect asks, and what it has beside model and stream. */
const dialects = [
  () => ["/v1/chat/completions", { messages }],
  () => ["/v1/messages", { messages, max_tokens: 50 }],
  () => ["/v1/responses", { input: text }],
  (model, stream) => [
    `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    { contents: [{ role: "user", parts: [{ text }] }] }
  ]
] as const satisfies ReadonlyArray<(model: string, stream: boolean) => readonly [path: string, body: object]>

describe("a gateway under hours of mixed load, in short", () => {
  let gateway: Forked.Forked

  beforeAll(async () => {
    const script = ScriptedServer.byModel({
      good: answer(),
      slow: answer({}, { betweenMs: 15 }),
      busy: failure(503, chatError("overloaded")),
      reset: resetBeforeHeaders,
      cut: answer({ cutAfter: 2, ending: "reset" }),
      silent: { fault: { kind: "stall", after: "request" } },
      limited: failure(429, chatError("slow down"), { "retry-after": "1" })
    })
    gateway = await Forked.start(script, configuration)
  })
  afterAll(() => gateway.close())

  const headers = { authorization: "Bearer team-key" }

  const one = async (n: number): Promise<void> => {
    if (n % 1_000 === 0) gateway.server.forget()
    const model = models[n % models.length]
    const stream = n % 3 !== 0
    const [path, asked] = (dialects[n % 4] ?? dialects[0])(String(model), stream)
    const body = JSON.stringify({ model, stream, ...asked })
    // Every fifth caller hangs up at some moment.
    const leaves = n % 5 === 0 ? AbortSignal.timeout(1 + ((n * 7) % 120)) : null
    await fetch(gateway.url + path, { method: "POST", headers, body, signal: leaves }).then(
      (response) => response.text().catch(() => ""),
      () => ""
    )
  }

  /** Load, and then quiet until nobody has anything to do. */
  const load = async (forSeconds: number): Promise<number> => {
    const until = performance.now() + forSeconds * 1_000
    let count = 0
    const caller = async () => {
      while (performance.now() < until) await one(count++)
    }
    await Promise.all(Array.from({ length: 24 }, caller))
    await gateway.server.until(() => gateway.server.openRequests === 0, "no provider is asked any more", 10_000)
    gateway.server.forget()
    // Kept-alive connections on both sides end, cooldowns pass.
    await sleep(6_000)
    return count
  }

  it(
    "holds no more memory, fibers, timers or connections afterwards, and loses no call",
    async () => {
      const early = await load(warmUpSeconds)
      const before = await gateway.sample()
      const late = await load(seconds)
      const after = await gateway.sample()
      assert.deepStrictEqual(after.uncaught, [])
      assert.isAbove(late, 300)
      const told = JSON.stringify({ before, after, late })
      assert.isAtMost(after.fibers, before.fibers + 5, told)
      assert.isAtMost(after.heapBytes, before.heapBytes + 4 * 1024 * 1024, told)
      for (const [kind, count] of Object.entries(after.resources))
        assert.isAtMost(count, (before.resources[kind] ?? 0) + 2, `${kind}: ${told}`)
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
      for (const gauge of ["orelse_open_calls", "orelse_open_streams"])
        assert.match(metrics, new RegExp(`^${gauge} 0$`, "m"))
      const page = (await (await fetch(`${gateway.url}/admin/calls?limit=1000&outcome=running`)).json()) as {
        readonly totals: { readonly calls: number }
      }
      assert.strictEqual(page.totals.calls, 0)
      const all = (await (await fetch(`${gateway.url}/admin/calls?limit=1`)).json()) as typeof page
      // A caller may hang up before its request was read.
      assert.isAtMost(all.totals.calls, early + late)
      assert.isAtLeast(all.totals.calls, (early + late) * 0.9)
    },
    (seconds + warmUpSeconds + 60) * 1_000
  )
})

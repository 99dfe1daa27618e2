import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { DatabaseSync } from "node:sqlite"
import { setTimeout as sleep } from "node:timers/promises"
import { answer, refusal } from "../support/Answers.ts"
import { callers } from "../support/callers.ts"
import { ask, until } from "../support/leaving.ts"
import * as Forked from "../support/forked.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { resetBeforeHeaders, silent } from "../support/Step.ts"

const many = 1_000
const atOnce = 10

const words = Array.from({ length: 200 }, (_, index) => `w${index} `)
const scripts = {
  slow: answer({ texts: words }, { betweenMs: 3 }),
  late: answer({ texts: words }, { firstPieceAfterMs: 60, betweenMs: 3 }),
  silent,
  begun: answer({ cutAfter: 0, ending: "stall" }),
  stalled: answer({ texts: words, cutAfter: 3, ending: "stall" }),
  half: answer({ texts: words, ending: "stall" }),
  busy: refusal(503, "overloaded", { type: "overloaded_error" }),
  limited: refusal(429, "slow down", { headers: { "retry-after-ms": "80" } }),
  reset: resetBeforeHeaders
}
const models = Object.keys(scripts)

/** As many places as calls at once: one that is not given back is missed at the end. */
const configuration = (url: string) => `
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [one], limits: { concurrency: ${atOnce} } }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [one], limits: { concurrency: ${atOnce} } }
policies:
  quick: { from: recommended, backoff: { initial: 30ms } }
routes:
${models.map((model) => `  ${model}: { try: [open/${model}, anth/slow], policy: quick }`).join("\n")}
callers:
  - { name: team, key: team-key, limits: { concurrency: ${atOnce} }, budget: { usd: 100000, per: day } }
`

/** Chance that can be had again (mulberry32). */
const chance = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const quantile = (sorted: ReadonlyArray<number>, part: number) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN

describe(`${many} callers that hang up at random moments`, () => {
  let gateway: Forked.Forked

  beforeAll(async () => {
    gateway = await Forked.start(ScriptedServer.byModel(scripts), configuration)
  })
  afterAll(() => gateway.close())

  /** Asks something of some dialect, leaves at some moment, and answers when. */
  const one = async (random: () => number, tag: string): Promise<number> => {
    const dialect = callers[Math.floor(random() * callers.length)]!.protocol
    const model = models[Math.floor(random() * models.length)]!
    const call = await ask(gateway.url, dialect, model, { key: "team-key", stream: random() < 0.7, content: tag })
    await sleep(random() * 120)
    return call.leave()
  }

  const leaveAll = async (count: number, random: () => number): Promise<ReadonlyMap<string, number>> => {
    const left = new Map<string, number>()
    let next = 0
    const caller = async () => {
      while (next < count) {
        const tag = `tag-${next++}-`
        left.set(tag, await one(random, tag))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, caller))
    await gateway.server.until(() => gateway.server.openRequests === 0, "end of all exchanges")
    return left
  }

  it("leave no connection, fiber, permit or row open, and nobody is asked for them any more", async () => {
    const random = chance(20_261_121)
    await leaveAll(200, random)
    const before = await gateway.sample()
    gateway.server.forget()
    const left = await leaveAll(many, random)
    const seen = gateway.server.requests.map(({ at, body, endedAt }) => ({
      at,
      endedAt: endedAt ?? Number.POSITIVE_INFINITY,
      leftAt: left.get(/tag-\d+-/.exec(body)?.[0] ?? "") ?? 0
    }))
    const delays = seen
      .filter(({ endedAt, leftAt }) => endedAt > leftAt)
      .map(({ endedAt, leftAt }) => endedAt - leftAt)
      .toSorted((a, b) => a - b)
    const [p50, p99] = [quantile(delays, 0.5), quantile(delays, 0.99)]
    console.info(`${delays.length} exchanges ended by hang-ups: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`)
    assert.isAbove(delays.length, many / 3)
    // Each phase by itself keeps within 100 ms (cancellation.test.ts); here a busy machine's own delays count as well.
    assert.isAtMost(p50, 50)
    assert.isAtMost(p99, 300)
    assert.strictEqual(seen.filter(({ at, leftAt }) => at > leftAt + 300).length, 0)

    await until(async () => {
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
      return /^orelse_open_calls 0$/m.test(metrics) && /^orelse_open_streams 0$/m.test(metrics)
    }, "gauge that is back at 0")
    const after = await gateway.sample()
    assert.deepStrictEqual(after.uncaught, [])
    assert.isAtMost(after.fibers, before.fibers + 3, JSON.stringify({ before, after }))
    // Every place is there again: as many calls as there are places, all at once, and nobody is refused.
    const answers = await Promise.all(
      Array.from({ length: atOnce }, () =>
        fetch(`${gateway.url}/v1/chat/completions`, {
          method: "POST",
          headers: { authorization: "Bearer team-key" },
          body: JSON.stringify({ model: "anth/slow", messages: [{ role: "user", content: "hi" }] })
        })
      )
    )
    assert.deepStrictEqual(
      answers.map(({ status }) => status),
      answers.map(() => 200)
    )
    await Promise.all(answers.map((response) => response.text()))

    const database = new DatabaseSync(gateway.ledger, { readOnly: true })
    const open = (table: string) =>
      database.prepare(`SELECT COUNT(*) AS count FROM ${table} WHERE outcome = 'running'`).get()?.["count"]
    await until(() => open("calls") === 0 && open("attempts") === 0, "end of every row")
    database.close()
  }, 60_000)
})

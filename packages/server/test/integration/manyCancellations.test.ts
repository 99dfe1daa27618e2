import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { DatabaseSync } from "node:sqlite"
import { setTimeout as sleep } from "node:timers/promises"
import { answer, refusal } from "../support/Answers.ts"
import { callers } from "../support/callers.ts"
import { ask, until } from "../support/leaving.ts"
import * as Forked from "../support/forked.ts"
import * as Relay from "../support/relay.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { resetBeforeHeaders, silent } from "../support/Step.ts"

const many = 1_000
const atOnce = 10
/** Beside them, callers who do without the gateway. */
const atBare = 3

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

interface Seen {
  readonly tag: string
  readonly at: number
  readonly endedAt: number
  readonly leftAt: number
}

/** How long after their callers left exchanges went on, those that did: how many, and the middle and the last percent of it. */
const delaysOf = (seen: ReadonlyArray<Seen>) => {
  const delays = seen
    .filter(({ endedAt, leftAt }) => endedAt > leftAt)
    .map(({ endedAt, leftAt }) => endedAt - leftAt)
    .toSorted((a, b) => a - b)
  return { count: delays.length, p50: quantile(delays, 0.5), p99: quantile(delays, 0.99) }
}

describe(`${many} callers that hang up at random moments`, () => {
  let gateway: Forked.Forked
  /** Passes bytes on and hangs up, in a process of its own: what a hang-up costs on this machine at this moment. */
  let bare: Awaited<ReturnType<typeof Relay.startProcess>>

  beforeAll(async () => {
    gateway = await Forked.start(ScriptedServer.byModel(scripts), configuration)
    bare = await Relay.startProcess(Number(new URL(gateway.server.url).port))
  })
  afterAll(async () => {
    await bare[Symbol.asyncDispose]()
    await gateway.close()
  })

  /** Asks something of some dialect, leaves at some moment, and answers when. */
  const one = async (random: () => number, tag: string): Promise<number> => {
    const dialect = callers[Math.floor(random() * callers.length)]!.protocol
    const model = models[Math.floor(random() * models.length)]!
    const call = await ask(gateway.url, dialect, model, { key: "team-key", stream: random() < 0.7, content: tag })
    await sleep(random() * 120)
    return call.leave()
  }

  /** The same of the provider itself, by way of the relay. */
  const oneBare = async (random: () => number, tag: string): Promise<number> => {
    const call = await ask(`http://127.0.0.1:${bare.port}`, "openai-chat", "half", { content: tag })
    await sleep(random() * 120)
    return call.leave()
  }

  const leaveAll = async (count: number, random: () => number): Promise<ReadonlyMap<string, number>> => {
    const left = new Map<string, number>()
    let next = 0
    let nextBare = 0
    const isOver = () => next >= count
    const caller = async () => {
      while (!isOver()) {
        const tag = `tag-${next++}-`
        left.set(tag, await one(random, tag))
      }
    }
    const bareCaller = async () => {
      while (!isOver()) {
        const tag = `bare-${nextBare++}-`
        left.set(tag, await oneBare(random, tag))
      }
    }
    await Promise.all([...Array.from({ length: atOnce }, caller), ...Array.from({ length: atBare }, bareCaller)])
    await gateway.server.until(() => gateway.server.openRequests === 0, "end of all exchanges")
    return left
  }

  it("leave no connection, fiber, permit or row open, and nobody is asked for them any more", async () => {
    const random = chance(20_261_121)
    await leaveAll(200, random)
    const before = await gateway.sample()
    gateway.server.forget()
    const left = await leaveAll(many, random)
    const all = gateway.server.requests.map(({ at, body, endedAt }): Seen => {
      const tag = /(?:tag|bare)-\d+-/.exec(body)?.[0] ?? ""
      return { tag, at, endedAt: endedAt ?? Number.POSITIVE_INFINITY, leftAt: left.get(tag) ?? 0 }
    })
    const seen = all.filter(({ tag }) => tag.startsWith("tag"))
    const through = delaysOf(seen)
    const past = delaysOf(all.filter(({ tag }) => tag.startsWith("bare")))
    const said = `hang-ups ${JSON.stringify(through)}, past the gateway ${JSON.stringify(past)}`
    console.info(said)
    assert.isAbove(through.count, many / 3)
    assert.isAbove(past.count, many / 10)
    assert.isAtMost(through.p50, 20 + 5 * past.p50, said)
    assert.isAtMost(through.p99, 100 + 5 * past.p99, said)
    assert.strictEqual(seen.filter(({ at, leftAt }) => at > leftAt + 100 + 5 * past.p99).length, 0, said)

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

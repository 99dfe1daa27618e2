import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { DatabaseSync } from "node:sqlite"
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises"
import { answer, refusal } from "../support/Answers.ts"
import { callers } from "../support/callers.ts"
import { ask, until } from "../support/leaving.ts"
import * as Forked from "../support/forked.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { resetBeforeHeaders, silent } from "../support/Step.ts"

const many = 1_000
const atOnce = 10
/**
 * What is to be done about a hang-up is done when the gateway has answered so many questions of whoever left, one after the other; measured
 * beside six busy processes, it took 5 at the most. Milliseconds would measure how much of the machine is left for it, and callers who do
 * not wait for a busy gateway make it busier still.
 */
const questions = 8
/**
 * Turns of this process's own event loop after that: the scripted provider lives in it, and notes a connection that the gateway had opened
 * before its last answer one turn or two after that answer is read.
 */
const turns = 3
/** Milliseconds for what comes in the end, however slow the machine is. */
const patience = 30_000

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

/** When a caller left, and by when the gateway had time to end all that it had begun for it. */
interface Left {
  readonly at: number
  readonly settledAt: number
}

describe(`${many} callers that hang up at random moments`, () => {
  let gateway: Forked.Forked

  beforeAll(async () => {
    gateway = await Forked.start(ScriptedServer.byModel(scripts), configuration)
  })
  afterAll(() => gateway.close())

  /** Asks something of some dialect, and leaves at some moment. */
  const one = async (random: () => number, tag: string): Promise<Left> => {
    const dialect = callers[Math.floor(random() * callers.length)]!.protocol
    const model = models[Math.floor(random() * models.length)]!
    const call = await ask(gateway.url, dialect, model, { key: "team-key", stream: random() < 0.7, content: tag })
    await sleep(random() * 120)
    const at = call.leave()
    for (let asked = 0; asked < questions; asked++) await (await fetch(`${gateway.url}/health/live`)).text()
    for (let turned = 0; turned < turns; turned++) await turn()
    return { at, settledAt: performance.now() }
  }

  const leaveAll = async (count: number, random: () => number): Promise<ReadonlyMap<string, Left>> => {
    const left = new Map<string, Left>()
    let next = 0
    const caller = async () => {
      while (next < count) {
        const tag = `tag-${next++}-`
        left.set(tag, await one(random, tag))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, caller))
    await gateway.server.until(() => gateway.server.openRequests === 0, "end of all exchanges", patience)
    return left
  }

  it("leave no connection, fiber, permit or row open, and nobody is asked for them any more", async () => {
    const random = chance(20_261_121)
    await leaveAll(200, random)
    const before = await gateway.sample()
    gateway.server.forget()
    const left = await leaveAll(many, random)
    const seen = gateway.server.requests.map(({ at, body, endedAt = Number.POSITIVE_INFINITY }) => {
      const tag = /tag-\d+-/.exec(body)?.[0] ?? ""
      return { tag, at, endedAt, left: left.get(tag) ?? { at: 0, settledAt: 0 } }
    })
    assert.isAbove(seen.filter(({ endedAt, left }) => endedAt > left.at).length, many / 3)
    assert.deepStrictEqual(
      seen.filter(({ at, endedAt, left }) => Math.max(at, endedAt) > left.settledAt),
      [],
      "what went on although the gateway had time to end it"
    )

    await until(
      async () => {
        const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
        return /^orelse_open_calls 0$/m.test(metrics) && /^orelse_open_streams 0$/m.test(metrics)
      },
      "gauge that is back at 0",
      patience
    )
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
    await until(() => open("calls") === 0 && open("attempts") === 0, "end of every row", patience)
    database.close()
  }, 300_000)
})

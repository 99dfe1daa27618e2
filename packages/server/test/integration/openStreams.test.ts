import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { setTimeout as sleep } from "node:timers/promises"
import { answer } from "../support/Answers.ts"
import { callers } from "../support/callers.ts"
import * as Forked from "../support/forked.ts"
import type { Sample } from "../support/gatewayMain.ts"
import { ask, type Leaving, until } from "../support/leaving.ts"
import type { RecordedRequest } from "../support/ScriptedServer.ts"
import type { Step } from "../support/Step.ts"

/** `ORELSE_LONG=1` holds as many as the acceptance does, for as long as a long answer takes. */
const isLong = process.env["ORELSE_LONG"] !== undefined
const many = isLong ? 2_000 : 400
const heldMs = isLong ? 60_000 : 2_000

const configuration = (url: string) => `
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [one] }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [one] }
`

describe(`${many} open slow streams on one process`, () => {
  let gateway: Forked.Forked

  beforeAll(async () => {
    const texts = Array.from({ length: 400 }, (_, index) => `w${index} `)
    const step = answer({ texts }, { betweenMs: isLong ? 500 : 250 })
    // One step for all who ask the same: thousands of them would fill this process.
    const steps = new Map<string, Step>()
    const script = (request: RecordedRequest): Step => {
      const known = steps.get(request.path) ?? step(request)
      steps.set(request.path, known)
      return known
    }
    gateway = await Forked.start(script, configuration)
  })
  afterAll(() => gateway.close())

  /** Opens streams in turn of every dialect, passed through and translated, and waits for the first words of each. */
  const openSome = async (count: number): Promise<ReadonlyArray<Leaving>> => {
    const open: Array<Leaving> = []
    while (open.length < count) {
      const some = Array.from({ length: Math.min(50, count - open.length) }, (_, index) => {
        const { protocol } = callers[index % callers.length]!
        return ask(gateway.url, protocol, index % 8 < 4 ? "open/m" : "anth/m")
      })
      open.push(...(await Promise.all(some)))
    }
    await until(() => open.every((call) => call.said().includes("w0 ")), "first words of every stream", 30_000)
    return open
  }

  it(
    "take the same memory each, no more as they go on, and give it back",
    async () => {
      const settled = async () => {
        await sleep(500)
        return gateway.sample()
      }
      const warm = await openSome(100)
      for (const call of warm) call.leave()
      await gateway.server.until(() => gateway.server.openRequests === 0, "end of the warm-up", 10_000)
      const before = await settled()
      const open = [...(await openSome(many / 2))]
      const half = await settled()
      open.push(...(await openSome(many / 2)))
      const full = await settled()
      await sleep(heldMs)
      const later = await settled()
      const perStream = (from: Sample, to: Sample, count: number) => (to.heapBytes - from.heapBytes) / count / 1024
      const [first, second] = [perStream(before, half, many / 2), perStream(half, full, many / 2)]
      for (const call of open) call.leave()
      await gateway.server.until(() => gateway.server.openRequests === 0, "end of every exchange", 10_000)
      const after = await settled()
      console.info(
        `heap per open stream: ${first.toFixed(1)} KiB for the first ${many / 2}, ${second.toFixed(1)} KiB for the next; ` +
          `${perStream(full, later, many).toFixed(2)} KiB more each after ${heldMs / 1000} s; ` +
          `${((after.heapBytes - before.heapBytes) / 1024).toFixed(0)} KiB left of all`
      )
      assert.isAtMost(first, 60)
      assert.isAtMost(second, first * 1.25)
      assert.isAtMost(perStream(full, later, many), 1)
      // undici keeps an empty client for each connection that it had at once.
      assert.isAtMost(after.heapBytes, before.heapBytes + (1024 + 2 * many) * 1024)
      assert.isAtMost(after.fibers, before.fibers + 3)
      assert.deepStrictEqual(after.uncaught, [])
    },
    heldMs + 120_000
  )

  it("hold of a large request its text alone, passed through and translated", async () => {
    const kib = 400
    const content = "a long story ".repeat((kib * 1024) / 13)
    const openLarge = async (count: number): Promise<ReadonlyArray<Leaving>> => {
      const open = await Promise.all(
        Array.from({ length: count }, (_, index) => {
          const { protocol } = callers[index % callers.length]!
          return ask(gateway.url, protocol, index % 8 < 4 ? "open/m" : "anth/m", { content })
        })
      )
      await until(() => open.every((call) => call.said().includes("w0 ")), "first words of every stream", 30_000)
      return open
    }
    const settled = async () => {
      await gateway.sample()
      await sleep(500)
      return gateway.sample()
    }
    for (const call of await openLarge(8)) call.leave()
    await gateway.server.until(() => gateway.server.openRequests === 0, "end of the warm-up", 10_000)
    const before = await settled()
    const open = await openLarge(32)
    const full = await settled()
    for (const call of open) call.leave()
    const each = (full.heapBytes - before.heapBytes) / open.length / 1024
    console.info(`heap per open stream with a request of ${kib} KiB: ${each.toFixed(0)} KiB`)
    assert.isAtMost(each, kib * 1.25)
  }, 60_000)
})

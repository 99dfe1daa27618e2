/**
 * A primary that flaps for a minute under twenty calls, in every dialect, over real sockets: the gateway's minute takes six seconds here.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { setTimeout as sleep } from "node:timers/promises"
import { answer, refusal } from "../support/Answers.ts"
import { callers } from "../support/callers.ts"
import * as FastClock from "../support/fastClock.ts"
import { start, type World } from "../support/scenario.ts"

const times = 10
const calls = 20
/** Between two calls, in seconds of the gateway. */
const apart = 3

/** When it is up, in seconds: twice in vain, for the breaker keeps off it then, and for good at last. */
const isUp = (second: number) => (second >= 12 && second < 16) || (second >= 26 && second < 29) || second >= 40

const busy = refusal(503, "The server is overloaded", { type: "overloaded_error" })
const fromFirst = answer({ texts: ["first"] })
const fromSecond = answer({ texts: ["second"] })

describe("A primary that flaps for 60 s under 20 calls", () => {
  for (const caller of callers) {
    describe.concurrent(caller.name, () => {
      let world: World
      beforeAll(async () => {
        const options = { clock: FastClock.make(times) }
        world = await start(caller, [caller.protocol, caller.protocol], options, {
          deadline: "60s",
          connect: "20s",
          firstContent: "20s",
          idle: "20s"
        })
        // The first call of a process is slow.
        await world.call("both", { first: fromFirst })
        world.reset()
      })
      afterAll(() => world.close())

      it("answers every call, keeps most off it while it is down, and lets it back by itself", async () => {
        const { call, first } = world
        const began = performance.now()
        const now = () => ((performance.now() - began) * times) / 1000
        const asked: Array<number> = []
        const script = (request: { readonly path: string; readonly json: Parameters<typeof busy>[0]["json"] }) => {
          asked.push(now())
          return (isUp(now()) ? fromFirst : busy)(request)
        }
        const served: Array<{ readonly at: number; readonly by: string }> = []
        for (let index = 0; index < calls; index++) {
          await sleep(Math.max(0, ((index * apart - now()) * 1000) / times))
          const at = now()
          const { seen } = await call("both", { first: script, second: fromSecond })
          assert.isUndefined(seen.error)
          served.push({ at, by: seen.text })
        }
        const whileDown = served.filter(({ at }) => at < 40).length
        assert.isAtLeast(whileDown, 13)
        const inVain = asked.filter((at) => !isUp(at)).length
        assert.isAtLeast(inVain, 3)
        assert.isAtMost(inVain, 5)
        assert.strictEqual(first.requests.length, asked.length)
        const back = served.filter(({ at }) => at >= 46)
        assert.isAtLeast(back.length, 3)
        assert.deepStrictEqual([...new Set(back.map(({ by }) => by))], ["first"])
      })
    })
  }
})

import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as VirtualClock from "../../../src/route/explain/VirtualClock.ts"

const onIt = <A, E>(effect: Effect.Effect<A, E>) => Effect.provideService(effect, Clock.Clock, VirtualClock.make())

describe("VirtualClock", () => {
  it.live("wakes sleepers in the order of their times, also those that sleep again", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const after = (name: string, ...times: ReadonlyArray<number>) =>
        Effect.forEach(times, (ms) =>
          Effect.andThen(
            Effect.sleep(ms),
            Effect.map(Clock.currentTimeMillis, (now) => seen.push(`${name}@${now}`))
          )
        )
      yield* onIt(
        Effect.all([after("a", 1000, 500, 4000), after("b", 2000, 2000), after("c", 1200)], {
          concurrency: "unbounded"
        })
      )
      assert.deepStrictEqual(seen, ["a@1000", "c@1200", "a@1500", "b@2000", "b@4000", "a@5500"])
    })
  )

  it.live("forgets a sleeper that is interrupted, and takes no time for it", () =>
    Effect.gen(function* () {
      const now = yield* onIt(
        Effect.andThen(
          Effect.timeoutOption(Effect.succeed(1), "1 hour"),
          Effect.andThen(Effect.sleep(10), Clock.currentTimeMillis)
        )
      )
      assert.strictEqual(now, 10)
      const late = yield* onIt(Effect.andThen(Effect.timeoutOption(Effect.never, "1 hour"), Clock.currentTimeNanos))
      assert.strictEqual(late, 3_600_000_000_000n)
    })
  )
})

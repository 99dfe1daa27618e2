import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Alarms from "../../src/domain/Alarms.ts"

/** Alarms, and a list of what rang when. */
const heard = Effect.map(Alarms.make, (alarms) => {
  const rang: Array<[name: string, at: number]> = []
  const set = (name: string, ms: number, then?: () => void) =>
    alarms.set(ms, () => {
      rang.push([name, alarms.clock.currentTimeMillisUnsafe()])
      then?.()
    })
  return { rang, set }
})

describe("an alarm", () => {
  it.effect("rings once, at its time, whatever was set before and after", () =>
    Effect.gen(function* () {
      const { rang, set } = yield* heard
      set("long", 1000)
      set("short", 10)
      yield* TestClock.adjust(5)
      set("shorter", 2)
      set("short too", 10)
      yield* TestClock.adjust(994)
      assert.deepStrictEqual(rang, [
        ["shorter", 7],
        ["short", 10],
        ["short too", 15]
      ])
      yield* TestClock.adjust(5000)
      assert.deepStrictEqual(rang.at(-1), ["long", 1000])
      assert.lengthOf(rang, 4)
    })
  )

  it.effect("is silent once it is cancelled, and leaves others of the same time alone", () =>
    Effect.gen(function* () {
      const { rang, set } = yield* heard
      const names = ["a", "b", "c", "d"]
      const set4 = names.map((name) => set(name, 50))
      set4[0]!.cancel()
      set4[2]!.cancel()
      set4[2]!.cancel()
      yield* TestClock.adjust(50)
      assert.deepStrictEqual(
        rang.map(([name]) => name),
        ["b", "d"]
      )
      set4[3]!.cancel()
      set("e", 50)
      yield* TestClock.adjust(50)
      assert.deepStrictEqual(rang.at(-1), ["e", 100])
    })
  )

  it.effect("may set and cancel others while it rings", () =>
    Effect.gen(function* () {
      const { rang, set } = yield* heard
      const later = set("later", 30)
      set("first", 10, () => {
        later.cancel()
        set("second", 10, () => set("third", 0))
      })
      yield* TestClock.adjust(100)
      assert.deepStrictEqual(rang, [
        ["first", 10],
        ["second", 20],
        ["third", 20]
      ])
    })
  )

  it.effect("rings although another one failed, and so do those that are set later", () =>
    Effect.gen(function* () {
      const { rang, set } = yield* heard
      set("broken", 10, () => {
        throw new Error("a listener's mistake")
      })
      set("beside it", 10)
      set("after it", 20)
      yield* TestClock.adjust(30)
      set("later", 5)
      yield* TestClock.adjust(10)
      assert.deepStrictEqual(rang, [
        ["broken", 10],
        ["beside it", 10],
        ["after it", 20],
        ["later", 35]
      ])
    })
  )

  it.effect("keeps no fiber asleep once none is set", () =>
    Effect.gen(function* () {
      const { rang, set } = yield* heard
      const one = set("one", 10)
      one.cancel()
      yield* TestClock.adjust(1000)
      set("two", 10)
      yield* TestClock.adjust(10)
      assert.deepStrictEqual(rang, [["two", 1010]])
    })
  )

  it.effect("rings at its time where it is set after the last one went, or after one that was due at once", () =>
    Effect.gen(function* () {
      const { rang, set } = yield* heard
      set("gone", 60_000).cancel()
      set("in a nap", 30)
      yield* TestClock.adjust(29)
      set("gone too", 5).cancel()
      yield* TestClock.adjust(1)
      set("at once", 0)
      set("later", 250)
      yield* TestClock.adjust(1_000)
      set("at last", 60_000)
      yield* TestClock.adjust(60_000)
      assert.deepStrictEqual(rang, [
        ["in a nap", 30],
        ["at once", 30],
        ["later", 280],
        ["at last", 61_030]
      ])
    })
  )

  it.effect("leaves nobody asleep for longer than a nap once it is gone", () =>
    Effect.gen(function* () {
      const asleep: Array<number> = []
      const clock = yield* TestClock.testClockWith(Effect.succeed)
      const watched: Clock.Clock = Object.assign(Object.create(clock), {
        sleep: (duration: Duration.Duration) => {
          asleep.push(Duration.toMillis(duration))
          return clock.sleep(duration)
        }
      })
      const { set } = yield* Effect.provideService(heard, Clock.Clock, watched)
      set("long", 3_600_000).cancel()
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(asleep, [100])
    })
  )
})

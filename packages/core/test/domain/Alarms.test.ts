import { assert, describe, it } from "@effect/vitest"
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
})

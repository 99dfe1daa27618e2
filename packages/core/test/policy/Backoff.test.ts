import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Backoff from "../../src/policy/Backoff.ts"
import { drawing } from "./chance.ts"

const of = (fields: Partial<Backoff.Backoff>): Backoff.Backoff => ({
  initial: Duration.millis(100),
  growth: "constant",
  cap: Duration.seconds(1),
  jitter: "none",
  capAfterJitter: false,
  ...fields
})

const ms = (duration: Duration.Duration | undefined) => duration && Duration.toMillis(duration)
const bases = (backoff: Backoff.Backoff) => [1, 2, 3, 4].map((n) => ms(Backoff.base(backoff, n)))
const waits = (backoff: Backoff.Backoff, chance = 0) =>
  Effect.forEach([1, 2, 3, 4, 5], (n) => Effect.map(Backoff.wait(backoff, n), ms)).pipe(drawing(chance))

describe("Backoff.recommended", () => {
  it("is 250 ms, doubled up to 8 s before equal jitter", () => {
    assert.deepStrictEqual(Backoff.recommended, {
      initial: Duration.millis(250),
      growth: { exponential: 2 },
      cap: Duration.seconds(8),
      jitter: "equal",
      capAfterJitter: false
    })
  })
})

describe("Backoff.base", () => {
  it("stays, adds, multiplies or follows a list, from the first wait on", () => {
    assert.deepStrictEqual(bases(of({})), [100, 100, 100, 100])
    assert.deepStrictEqual(bases(of({ growth: { additive: Duration.millis(30) } })), [100, 130, 160, 190])
    assert.deepStrictEqual(bases(of({ growth: { exponential: 3 } })), [100, 300, 900, 2700])
    const list = [Duration.millis(7), Duration.millis(5)]
    assert.deepStrictEqual(bases(of({ growth: { list } })), [7, 5, undefined, undefined])
  })
})

describe("Backoff.wait", () => {
  it.effect("draws nothing and caps the base where there is no jitter", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waits(of({ growth: { exponential: 3 } }), 0.5), [100, 300, 900, 1000, 1000])
      const added = { added: Duration.zero }
      assert.deepStrictEqual(yield* waits(of({ jitter: added }), 0.5), [100, 100, 100, 100, 100])
    })
  )

  it.effect("keeps equal jitter between half and all, full jitter between nothing and all, added jitter above", () =>
    Effect.gen(function* () {
      const first = (jitter: Backoff.Jitter, chance: number) =>
        Effect.map(waits(of({ jitter }), chance), (all) => all[0])
      const added = { added: Duration.millis(40) }
      for (const [jitter, low, middle, high] of [
        ["equal", 50, 75, 100],
        ["full", 0, 50, 100],
        [added, 100, 120, 140]
      ] as const) {
        assert.deepStrictEqual(yield* Effect.forEach([0, 0.5, 1], (chance) => first(jitter, chance)), [
          low,
          middle,
          high
        ])
      }
    })
  )

  it.effect("bounds the base by the cap, or the jittered wait where the cap comes after", () =>
    Effect.gen(function* () {
      const growing = of({ growth: { exponential: 10 }, jitter: { added: Duration.millis(500) } })
      assert.deepStrictEqual(yield* waits(growing, 1), [600, 1500, 1500, 1500, 1500])
      assert.deepStrictEqual(yield* waits({ ...growing, capAfterJitter: true }, 1), [600, 1000, 1000, 1000, 1000])
      const equal = of({ growth: { exponential: 10 }, jitter: "equal" })
      assert.deepStrictEqual((yield* waits(equal, 0)).slice(0, 3), [50, 500, 500])
      assert.deepStrictEqual((yield* waits({ ...equal, capAfterJitter: true }, 0)).slice(0, 3), [50, 500, 1000])
    })
  )

  it.effect("ends with its list", () =>
    Effect.gen(function* () {
      const list = of({ growth: { list: [Duration.millis(7), Duration.seconds(5)] } })
      assert.deepStrictEqual(yield* waits(list), [7, 1000, undefined, undefined, undefined])
      assert.deepStrictEqual((yield* waits({ ...list, capAfterJitter: true })).slice(1, 3), [1000, undefined])
    })
  )
})

describe("Backoff.toSchedule", () => {
  it.effect("gives the same waits as a Schedule, and is done where a list is", () =>
    Effect.gen(function* () {
      const listed = of({ growth: { list: [Duration.millis(7), Duration.millis(9)] } })
      const step = yield* Schedule.toStep(Backoff.toSchedule(listed))
      const first = yield* step(0, undefined)
      assert.deepStrictEqual(first.map(ms), [7, 7])
      assert.deepStrictEqual((yield* step(7, undefined)).map(ms), [9, 9])
      assert.strictEqual((yield* Effect.option(step(16, undefined)))._tag, "None")
      const endless = yield* Schedule.toStep(Backoff.toSchedule(of({ growth: { exponential: 2 } })))
      const seen: Array<number | undefined> = []
      for (let n = 0; n < 6; n++) seen.push(ms((yield* endless(0, undefined))[1]))
      assert.deepStrictEqual(seen, [100, 200, 400, 800, 1000, 1000])
    })
  )
})

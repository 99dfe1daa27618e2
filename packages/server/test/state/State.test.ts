import { assert, describe, it } from "@effect/vitest"
import * as LedgerMemory from "@orelse/core/layer/LedgerMemory"
import * as Telemetry from "@orelse/core/layer/Telemetry"
import { Health } from "@orelse/core/target/Health"
import { Limits } from "@orelse/core/target/Limits"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Budgets } from "../../src/callers/Budgets.ts"
import * as State from "../../src/state/State.ts"

interface Held {
  readonly health: Health["Service"]
  readonly limits: Limits["Service"]
  readonly budgets: Budgets["Service"]
}
class First extends Context.Service<First, Held>()("First") {}
class Second extends Context.Service<Second, Held>()("Second") {}

const held = Effect.all({ health: Health, limits: Limits, budgets: Budgets })

describe("State.fromConfig, in memory", () => {
  it.effect("gives each gateway of one program health, limits and budgets of its own", () => {
    const state = () => State.fromConfig({ store: "memory", url: undefined })
    return Effect.gen(function* () {
      const [first, second] = [yield* First, yield* Second]
      assert.notStrictEqual(first.health, second.health)
      assert.notStrictEqual(first.limits, second.limits)
      assert.notStrictEqual(first.budgets, second.budgets)
    }).pipe(
      Effect.provide(
        Layer.mergeAll(
          Layer.provide(Layer.effect(First, held), state()),
          Layer.provide(Layer.effect(Second, held), state())
        ).pipe(Layer.provide([LedgerMemory.layer(), Telemetry.layer()]))
      )
    )
  })
})

describe("State.fromConfig, in Redis", () => {
  const wrong = {
    "is none": "localhost",
    "is another protocol's": "http://localhost:6379",
    "names its database": "redis://:not%20told@localhost:6379/orelse",
    "has a password that is not encoded": "redis://:not%told@localhost:6379",
    "has a user that is not encoded": "redis://not%told:x@localhost:6379/0"
  }
  for (const [what, url] of Object.entries(wrong))
    it.effect(`refuses an address that ${what}, and says how one looks`, () => {
      const state = State.fromConfig({ store: "redis", url: Redacted.make(url) })
      return Effect.gen(function* () {
        const { _tag, message } = yield* Effect.flip(Layer.build(state))
        assert.strictEqual(_tag, "StateUnavailable")
        assert.include(message, "redis://:password@host:6379/0")
        assert.notInclude(message, "told")
      }).pipe(Effect.scoped, Effect.provide([LedgerMemory.layer(), Telemetry.layer()]))
    })
})

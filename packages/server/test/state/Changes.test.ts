import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Changes from "../../src/state/Changes.ts"

const script = Changes.script("return 1")
const lost = { message: "no answer" }

/** A change whose answer is still waited for, and how it fails. */
const begin = (changes: Changes.Changes) =>
  Effect.gen(function* () {
    const answer = yield* Deferred.make<number, typeof lost>()
    const change = changes.make((_script, _keys, args) => {
      args()
      return Deferred.await(answer)
    })
    const fiber = yield* Effect.forkChild(Effect.flip(Effect.as(change(script, ["a"], []), "made")), {
      startImmediately: true
    })
    const fail = Effect.andThen(Deferred.fail(answer, lost), Fiber.join(fiber))
    return { fail, succeed: Effect.andThen(Deferred.succeed(answer, 1), Fiber.await(fiber)) }
  })

describe("Changes", () => {
  it.effect(
    "are made good once it is known that they were not made, whether their failure came before that or after it",
    () =>
      Effect.gen(function* () {
        const changes = Changes.make()
        const good: Array<string> = []
        const [made, before, after] = [yield* begin(changes), yield* begin(changes), yield* begin(changes)]
        for (const [name, { fail }] of Object.entries({ made, before }))
          (yield* fail).ifUnmade(() => void good.push(name))
        assert.deepStrictEqual(good, [])
        let floor: unknown
        yield* changes.resolve((_fence, _keys, [last]) =>
          Effect.sync(() => {
            floor = last
            return 1
          })
        )
        assert.strictEqual(floor, 3)
        assert.deepStrictEqual(good, ["before"])
        ;(yield* after.fail).ifUnmade(() => void good.push("after"))
        assert.deepStrictEqual(good, ["before", "after"])
      })
  )

  it.effect("are not asked about where they were answered", () =>
    Effect.gen(function* () {
      const changes = Changes.make()
      yield* (yield* begin(changes)).succeed
      yield* changes.resolve(() => Effect.die("nothing is open"))
    })
  )
})

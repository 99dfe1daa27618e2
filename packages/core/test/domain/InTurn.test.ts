import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as InTurn from "../../src/domain/InTurn.ts"

/** Steps that say when they run. */
const steps = () => {
  const ran: Array<string> = []
  return { ran, step: (name: string) => Effect.sync(() => void ran.push(name)) }
}

describe("InTurn.andThen", () => {
  it.effect("runs the next after the first has ended, however long that takes", () =>
    Effect.gen(function* () {
      const { ran, step } = steps()
      const gate = yield* Deferred.make<void>()
      const first = Effect.andThen(Deferred.await(gate), step("first"))
      const both = InTurn.andThen(first, () => {
        ran.push("asked for the next")
        return step("next")
      })
      const fiber = yield* Effect.forkChild(both, { startImmediately: true })
      assert.deepStrictEqual(ran, [])
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(ran, ["first", "asked for the next", "next"])
    })
  )

  it.effect("runs the next also where the first fails with a defect, which is not lost", () =>
    Effect.gen(function* () {
      const { ran, step } = steps()
      for (const first of [Effect.die("broken"), Effect.suspend(() => Effect.die("broken"))]) {
        const exit = yield* Effect.exit(InTurn.andThen(first, () => step("next")))
        assert.deepStrictEqual(Exit.isFailure(exit) && Cause.squash(exit.cause), "broken")
      }
      assert.deepStrictEqual(ran, ["next", "next"])
    })
  )

  it.effect("runs the next also where the first is interrupted", () =>
    Effect.gen(function* () {
      const { ran, step } = steps()
      const fiber = yield* Effect.forkChild(
        InTurn.andThen(Effect.never, () => step("next")),
        { startImmediately: true }
      )
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(ran, ["next"])
    })
  )

  it("is the next itself, at once, where there is no first or it has succeeded already", () => {
    const { ran, step } = steps()
    const next = step("next")
    for (const first of [undefined, Effect.void, Exit.void])
      assert.strictEqual(
        InTurn.andThen(first, () => next),
        next
      )
    assert.strictEqual(
      InTurn.andThen(undefined, () => Effect.void),
      Effect.void
    )
    assert.deepStrictEqual(ran, [])
  })

  it("is the next itself also through three, where all before it are done", () => {
    const { step } = steps()
    const last = step("last")
    assert.strictEqual(
      InTurn.andThen(undefined, () => InTurn.andThen(Effect.void, () => last)),
      last
    )
  })
})

describe("InTurn.taken", () => {
  it("is what is at hand already, as it is", () => {
    const taken = Effect.succeed("permit")
    assert.strictEqual(InTurn.taken(taken), taken)
  })

  it.effect("is waited for to its end, whoever interrupts", () =>
    Effect.gen(function* () {
      const { ran, step } = steps()
      const gate = yield* Deferred.make<void>()
      const taking = InTurn.taken(Effect.andThen(Deferred.await(gate), step("taken")))
      const fiber = yield* Effect.forkChild(taking, { startImmediately: true })
      const interrupting = yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(interrupting)
      assert.deepStrictEqual(ran, ["taken"])
    })
  )
})

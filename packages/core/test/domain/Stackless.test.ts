import { assert, describe, it } from "@effect/vitest"
import { AttemptError } from "@orelse/core/domain/AttemptError"
import { CallError, NoRoute } from "@orelse/core/domain/CallError"
import { Overloaded } from "@orelse/core/domain/Reason"
import * as Stackless from "@orelse/core/domain/Stackless"

const attempt = new AttemptError({
  reason: new Overloaded({ message: "busy", status: 529 }),
  provider: "a",
  model: "m"
})
const call = new CallError({ callId: "1", model: "smart", reason: new NoRoute({ model: "smart" }), attempts: [] })

describe("Stackless", () => {
  it("errors of attempts and calls are errors whose stack is what they say, and nothing else", () => {
    for (const error of [attempt, call]) {
      assert.instanceOf(error, Error)
      assert.strictEqual(error.stack, `${error._tag}: ${error.message}`)
    }
  })

  it("leaves the traces of all other errors as they are, even where making one fails", () => {
    const before = Error.stackTraceLimit
    class Broken extends Stackless.TaggedError("Broken")<{ readonly cause: unknown }> {}
    const throws = {
      get cause(): never {
        throw new Error("no")
      }
    }
    assert.throws(() => new Broken(throws), "no")
    assert.strictEqual(Error.stackTraceLimit, before)
    assert.include(new Error("x").stack, "Stackless.test")
  })
})

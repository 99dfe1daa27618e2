import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Caller from "../../src/callers/Caller.ts"

describe("Caller.may", () => {
  it("allows all without a list, else what the list names, and all of a provider by its star", () => {
    const may = (routes: ReadonlyArray<string> | undefined, name: string) =>
      Caller.make({ name: "a", routes }).may(name)
    assert.isTrue(may(undefined, "anything"))
    assert.isTrue(may(["smart", "demo/echo"], "smart"))
    assert.isTrue(may(["smart", "demo/echo"], "demo/echo"))
    assert.isFalse(may(["smart", "demo/echo"], "demo/other"))
    assert.isTrue(may(["demo/*"], "demo/models/x"))
    assert.isFalse(may(["demo/*"], "demon/x"))
    assert.isFalse(may(["demo/*"], "demo"))
    assert.isFalse(may([], "smart"))
  })
})

describe("Caller.make", () => {
  it("keeps limits of which one is set, whichever it is, and takes none set for no limits", () => {
    const limitsOf = (limits: Caller.Caller["limits"]) => Caller.make({ name: "a", limits }).limits
    for (const limits of [
      { requests: { limit: 1, window: Duration.minutes(1) } },
      { tokens: { limit: 1, window: Duration.minutes(1) } },
      { concurrency: 1 }
    ]) {
      assert.deepStrictEqual(limitsOf(limits), limits)
    }
    assert.isUndefined(limitsOf({}))
    assert.isUndefined(limitsOf(undefined))
  })
})

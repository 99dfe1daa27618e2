import { assert, describe, it } from "@effect/vitest"
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

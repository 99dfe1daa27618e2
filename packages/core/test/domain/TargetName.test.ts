import { assert, describe, it } from "@effect/vitest"
import * as TargetName from "../../src/domain/TargetName.ts"

describe("TargetName.split", () => {
  it("splits at the first slash", () => {
    assert.deepStrictEqual(TargetName.split("a/b"), { provider: "a", model: "b" })
    assert.deepStrictEqual(TargetName.split("fireworks/accounts/x/models/y"), {
      provider: "fireworks",
      model: "accounts/x/models/y"
    })
    assert.deepStrictEqual(TargetName.split("a//b/"), { provider: "a", model: "/b/" })
  })

  it("finds nothing where the slash, the provider or the model is missing", () => {
    for (const name of ["", "a", "/", "/b", "a/"]) assert.isUndefined(TargetName.split(name))
  })
})

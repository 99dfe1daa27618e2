import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Json from "../../../src/domain/Json.ts"
import * as Reason from "../../../src/domain/Reason.ts"
import * as Failure from "../../../src/provider/Failure.ts"
import * as Hostile from "./hostile.ts"

/** `ORELSE_LONG=1` for the long form. */
const cases = process.env["ORELSE_LONG"] === undefined ? 3000 : 100_000

describe("Failure.classify, of answers that nobody would write", () => {
  it("gives a reason with a short message and a wait of at most a year, and never throws", { timeout: 600_000 }, () => {
    const chance = Hostile.chanceOf(20_261_121)
    for (let n = 0; n < cases; n++) {
      const input = Hostile.input(chance)
      const reason = Failure.classify(input)
      assert.include(Reason.tags, reason._tag)
      assert.isAtMost(reason.message.length, 500)
      const wait = Reason.retryAfterOf(reason)
      if (wait !== undefined) assert.isTrue(Duration.toMillis(wait) >= 0 && Duration.toMillis(wait) <= 366 * 86_400_000)
      if (reason._tag === "UnknownFailure" && reason.fixture !== undefined)
        assert.isDefined(Json.parse(reason.fixture), `case ${n}`)
    }
  })

  it("answers whether a body is an error, whatever it is", () => {
    const chance = Hostile.chanceOf(5)
    for (let n = 0; n < Math.min(cases, 4000); n++) {
      const { body } = Hostile.input(chance)
      assert.isBoolean(Failure.errorInsteadOfAnswer(body))
      const object = Json.parseObject(body)
      if (object !== undefined) assert.isBoolean(Failure.errorInSuccess(object))
    }
  })
})

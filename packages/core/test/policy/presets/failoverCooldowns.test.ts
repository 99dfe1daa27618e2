import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { tags, type Tag } from "../../../src/domain/Reason.ts"
import * as Cooldown from "../../../src/policy/Cooldown.ts"
import * as failover from "../../../src/policy/presets/failoverCooldowns.ts"

/** Seconds after so many failures, rule by rule. */
const seconds = (tag: Tag, failures: ReadonlyArray<number>, table = failover.growing) =>
  table[tag].map((rule) =>
    failures.map((count) => {
      const duration = Cooldown.after(rule, count)
      return duration && Duration.toSeconds(duration)
    })
  )

describe("failoverCooldowns", () => {
  it("parks a model 30, 60 or 10 s, doubled up to an hour; what will not pass by itself for the hour from its third failure on", () => {
    const busy = [10, 20, 40, 80, 3600]
    const gone = [60, 120, 3600, 3600, 3600]
    const failures = [1, 2, 3, 4, 20]
    assert.deepStrictEqual(seconds("RateLimited", failures)[1], [30, 60, 120, 240, 3600])
    for (const tag of ["PermissionDenied", "QuotaExhausted", "ModelNotFound"] as const) {
      assert.deepStrictEqual(seconds(tag, failures), [gone])
    }
    assert.deepStrictEqual(seconds("Unauthenticated", failures)[1], gone)
    for (const tag of ["Overloaded", "ServerError", "TimedOut", "ConnectionFailed", "StreamInterrupted"] as const) {
      assert.deepStrictEqual(seconds(tag, failures), [busy])
    }
  })

  it("parks a credential 400 ms doubled up to 30 s, with a fixed share, 5 s at least", () => {
    for (const tag of ["RateLimited", "Unauthenticated"] as const) {
      const all = seconds(tag, [1, 2, 3, 4, 5, 6, 7, 8, 30])[0]
      assert.deepStrictEqual(
        all?.map((one) => Number(one?.toFixed(3))),
        [5, 5, 5, 5, 6.554, 13.504, 27.802, 30.51, 32.97]
      )
    }
  })

  it("parks nothing for anything else, a model only when it is given up, and forgets only where it says so", () => {
    for (const tag of tags) {
      const [growing, forgetting] = [failover.growing[tag], failover.forgetting[tag]]
      assert.deepStrictEqual(
        growing.map((rule) => [rule.scope, rule.givenUp, rule.forgets]),
        growing.map((rule) =>
          rule.scope === "target" ? ["target", true, undefined] : ["credential", undefined, false]
        )
      )
      assert.deepStrictEqual(
        forgetting.map((rule) => rule.forgets),
        growing.map((rule) => (rule.scope === "target" ? undefined : true))
      )
    }
    const parking = tags.filter((tag) => failover.growing[tag].length > 0)
    assert.strictEqual(parking.length, 10)
  })
})

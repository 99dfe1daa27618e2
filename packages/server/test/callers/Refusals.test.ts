import { BudgetSpent, CallerLimited, CallerRejected } from "@orelse/core/domain/CallError"
import * as Instruments from "@orelse/core/layer/telemetry/Instruments"
import * as Prometheus from "@orelse/core/layer/telemetry/Prometheus"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Refusals from "../../src/callers/Refusals.ts"

describe("Refusals", () => {
  it("are counted one by one, by caller and by what was in the way", () => {
    const instruments = Instruments.make()
    const refused = Refusals.make(instruments)
    const retryAfter = Duration.seconds(1)
    refused(new CallerRejected({ kind: "missing", message: "no" }))
    for (const limited of ["tokens", "tokens", "tokens", "requests"] as const)
      refused(new CallerLimited({ caller: "a", limited, retryAfter }), "a")
    refused(new BudgetSpent({ caller: "b", budgetUsd: 1, per: "day", retryAfter }), "b")
    const lines = Prometheus.render(instruments).split("\n")
    assert.sameMembers(
      lines.filter((line) => line.startsWith("orelse_callers_refused")),
      [
        'orelse_callers_refused_total{reason="missing"} 1',
        'orelse_callers_refused_total{caller="a",reason="tokens"} 3',
        'orelse_callers_refused_total{caller="a",reason="requests"} 1',
        'orelse_callers_refused_total{caller="b",reason="budget"} 1'
      ]
    )
  })
})

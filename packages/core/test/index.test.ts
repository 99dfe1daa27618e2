import { assert, describe, it } from "@effect/vitest"
import * as Core from "@orelse/core"
import * as Testing from "@orelse/core/testing"

describe("@orelse/core", () => {
  it("exports these modules and no others", () => {
    assert.deepStrictEqual(
      Object.keys(Core).toSorted((a, b) => a.localeCompare(b)),
      [
        "AttemptError",
        "Backoff",
        "CallError",
        "Config",
        "Connections",
        "Cooldown",
        "Cost",
        "Definition",
        "Demo",
        "Disposition",
        "Explain",
        "Health",
        "Ledger",
        "LedgerMemory",
        "LibraryCall",
        "Limits",
        "Orelse",
        "Profiles",
        "Provider",
        "Providers",
        "Reason",
        "Recorder",
        "Recording",
        "Redaction",
        "Request",
        "Response",
        "RetryPolicy",
        "Route",
        "Router",
        "StreamParts",
        "Telemetry",
        "Usage",
        "Walk"
      ]
    )
  })
})

describe("@orelse/core/testing", () => {
  it("exports these modules and no others", () => {
    assert.deepStrictEqual(Object.keys(Testing), ["Laws", "ScriptedProvider"])
  })
})

import * as Reason from "@orelse/core/domain/Reason"
import { describe, expectTypeOf, it } from "vitest"

describe("Reason", () => {
  it("is exactly what its schema has", () => {
    expectTypeOf<Reason.Reason>().toEqualTypeOf<typeof Reason.Reason.Type>()
  })

  it("carries its fault domain in the type", () => {
    expectTypeOf<Reason.WithFault<"credential">["_tag"]>().toEqualTypeOf<
      "RateLimited" | "QuotaExhausted" | "Unauthenticated" | "PermissionDenied"
    >()
    expectTypeOf<Reason.WithFault<"local">["_tag"]>().toEqualTypeOf<"LimitReached">()
    expectTypeOf<Reason.Reason["fault"]>().toEqualTypeOf<Reason.Fault>()
  })

  it("has facts of its own only: no wait where none can be asked for", () => {
    expectTypeOf<Reason.RateLimited>().toHaveProperty("retryAfter")
    expectTypeOf<Reason.InvalidRequest>().not.toHaveProperty("retryAfter")
    // @ts-expect-error: a time-out says which clock ran out
    expectTypeOf(new Reason.TimedOut({ message: "" })).toEqualTypeOf<Reason.TimedOut>()
  })
})

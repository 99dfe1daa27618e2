import * as Reason from "@orelse/core/domain/Reason"
import type { Duration } from "effect/Duration"
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

  it("has facts of its own only, beside those that every answer may bring", () => {
    expectTypeOf<Reason.Reason["retryAfter"]>().toEqualTypeOf<Duration | undefined>()
    expectTypeOf<Reason.RateLimited>().toHaveProperty("limited")
    expectTypeOf<Reason.InvalidRequest>().not.toHaveProperty("limited")
    // @ts-expect-error: a time-out says which clock ran out
    expectTypeOf(new Reason.TimedOut({ message: "" })).toEqualTypeOf<Reason.TimedOut>()
  })
})

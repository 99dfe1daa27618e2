import type { Reason, Tag } from "@orelse/core/domain/Reason"
import * as Disposition from "@orelse/core/policy/Disposition"
import * as RetryPolicy from "@orelse/core/policy/RetryPolicy"
import { describe, expectTypeOf, it } from "vitest"

describe("Disposition.Table", () => {
  it("has one row a reason: a table without an answer for one does not compile", () => {
    expectTypeOf<keyof Disposition.Table>().toEqualTypeOf<Reason["_tag"]>()
    const { RateLimited: _, ...rest } = Disposition.recommended
    // @ts-expect-error: there is no answer for RateLimited
    const table: Disposition.Table = rest
    // @ts-expect-error: neither is it a policy's table
    RetryPolicy.make(RetryPolicy.recommended, { on: rest })
    expectTypeOf(table).toEqualTypeOf<Disposition.Table>()
  })

  it("takes known actions only", () => {
    Disposition.override(Disposition.recommended, { RateLimited: ["retry:2", "repair:dropMaxTokens", "abort"] })
    // @ts-expect-error: there is no such action
    Disposition.override(Disposition.recommended, { RateLimited: ["giveUp"] })
    // @ts-expect-error: there is no such repair
    Disposition.override(Disposition.recommended, { RateLimited: ["repair:everything"] })
    // @ts-expect-error: there is no such reason
    Disposition.override(Disposition.recommended, { Nonsense: ["abort"] })
  })

  it("names every reason in rules as well", () => {
    const rule: Disposition.Rule = { reasons: ["Conflict"], actions: ["retry"] }
    expectTypeOf(rule.reasons).toEqualTypeOf<ReadonlyArray<Tag> | undefined>()
    // @ts-expect-error: a rule has actions
    const empty: Disposition.Rule = { reasons: ["Conflict"] }
    expectTypeOf(empty).toEqualTypeOf<Disposition.Rule>()
  })
})

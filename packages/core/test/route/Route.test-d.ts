import * as Route from "@orelse/core/route/Route"
import type { Reason } from "@orelse/core/domain/Reason"
import { describe, expectTypeOf, it } from "vitest"

type Tagged<Tag extends Reason["_tag"]> = Extract<Reason, { readonly _tag: Tag }>

declare const limited: Route.Route<Tagged<"RateLimited"> | Tagged<"ContextWindowExceeded">>
declare const overloaded: Route.Route<Tagged<"Overloaded">>

describe("Route.orElse", () => {
  it("takes the reasons it moves on from the left side, and adds those of the right", () => {
    const route = limited.pipe(Route.orElse(overloaded, { on: ["RateLimited"] }))
    expectTypeOf(route).toEqualTypeOf<Route.Route<Tagged<"ContextWindowExceeded"> | Tagged<"Overloaded">>>()
  })

  it("keeps every reason where the policy decides", () => {
    const route = limited.pipe(Route.orElse(overloaded))
    expectTypeOf(route).toEqualTypeOf<
      Route.Route<Tagged<"RateLimited"> | Tagged<"ContextWindowExceeded"> | Tagged<"Overloaded">>
    >()
  })

  it("refuses a reason that does not exist", () => {
    // @ts-expect-error: there is no such reason
    limited.pipe(Route.orElse(overloaded, { on: ["Nonsense"] }))
  })
})

describe("Route.target", () => {
  it("refuses a name without a provider", () => {
    // @ts-expect-error: a target is "provider/model"
    Route.target("model")
  })
})

import * as Route from "@orelse/core/route/Route"
import type { AttemptError } from "@orelse/core/domain/AttemptError"
import type { Reason } from "@orelse/core/domain/Reason"
import * as RetryPolicy from "@orelse/core/policy/RetryPolicy"
import * as Schedule from "effect/Schedule"
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

describe("Route.balance, retry, repair and budget", () => {
  it("refuse a strategy, a policy, a repair or a bound that does not exist", () => {
    const target = Route.target("a/m")
    // @ts-expect-error: there is no such strategy
    Route.balance("luckiest", [target])
    // @ts-expect-error: a policy is not a number
    target.pipe(Route.retry(3))
    // @ts-expect-error: there is no such repair
    target.pipe(Route.repair("everything"))
    // @ts-expect-error: a budget counts attempts
    target.pipe(Route.budget({ calls: 3 }))
    // @ts-expect-error: a member is a route, with or without a weight
    Route.balance("weighted", ["a/m"])
  })

  it("keep the reasons of the route that they wrap", () => {
    expectTypeOf(limited.pipe(Route.retry(RetryPolicy.recommended))).toEqualTypeOf<typeof limited>()
    expectTypeOf(limited.pipe(Route.retry(Schedule.recurs(2)))).toEqualTypeOf<typeof limited>()
    expectTypeOf(limited.pipe(Route.repair("describeTools"))).toEqualTypeOf<typeof limited>()
    expectTypeOf(limited.pipe(Route.deadline("1 second"))).toEqualTypeOf<typeof limited>()
    expectTypeOf(limited.pipe(Route.budget({ attempts: 2 }))).toEqualTypeOf<typeof limited>()
  })

  it("take a Schedule over attempt errors, and none over other inputs", () => {
    const target = Route.target("a/m")
    const byReason = Schedule.identity<AttemptError>().pipe(
      Schedule.while(({ input }) => input.reason._tag === "Conflict")
    )
    expectTypeOf(target.pipe(Route.retry(byReason))).toEqualTypeOf<Route.Route>()
    // @ts-expect-error: its inputs are numbers
    target.pipe(Route.retry(Schedule.identity<number>()))
  })
})

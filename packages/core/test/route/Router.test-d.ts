import type { AttemptsExhausted, CallError, RequestRejected } from "@orelse/core/domain/CallError"
import type { Call } from "@orelse/core/domain/Call"
import type { Reason } from "@orelse/core/domain/Reason"
import * as Route from "@orelse/core/route/Route"
import type { Router } from "@orelse/core/route/Router"
import type * as Effect from "effect/Effect"
import { describe, expectTypeOf, it } from "vitest"

type Tagged<Tag extends Reason["_tag"]> = Extract<Reason, { readonly _tag: Tag }>
type ErrorOf<T> = T extends Effect.Effect<infer _A, infer E, infer _R> ? E : never

declare const router: Router["Service"]
declare const call: Call
declare const limited: Route.Route<Tagged<"RateLimited"> | Tagged<"ContextWindowExceeded">>
declare const overloaded: Route.Route<Tagged<"Overloaded">>

describe("Router.run", () => {
  it("fails with the reasons that the route leaves, and no others", () => {
    const run = router.run(call, limited.pipe(Route.orElse(overloaded, { on: ["RateLimited"] })))
    type E = ErrorOf<typeof run>
    expectTypeOf<E>().toEqualTypeOf<CallError<Tagged<"ContextWindowExceeded"> | Tagged<"Overloaded">>>()
    type Last = Extract<E["reason"], { readonly _tag: "AttemptsExhausted" }>["last"]
    expectTypeOf<Last["_tag"]>().toEqualTypeOf<"ContextWindowExceeded" | "Overloaded">()
  })

  it("rejects a request only for reasons whose fault is the request's", () => {
    type Rejected = RequestRejected<Tagged<"ContextWindowExceeded"> | Tagged<"Overloaded">>["last"]
    expectTypeOf<Rejected["_tag"]>().toEqualTypeOf<"ContextWindowExceeded">()
    expectTypeOf<AttemptsExhausted<Tagged<"Overloaded">>["last"]["_tag"]>().toEqualTypeOf<"Overloaded">()
  })

  it("takes a route that can fail with less for one that can fail with more, and not the other way round", () => {
    expectTypeOf<typeof overloaded>().toExtend<Route.Route>()
    expectTypeOf<Route.Route>().not.toExtend<typeof overloaded>()
    // @ts-expect-error: a route is not a call
    void router.run(overloaded, overloaded)
  })
})

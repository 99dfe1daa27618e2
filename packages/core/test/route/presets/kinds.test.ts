import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Tag } from "../../../src/domain/Reason.ts"
import * as Pool from "../../../src/policy/presets/pool.ts"
import * as Supposed from "../../../src/route/explain/Supposed.ts"
import * as chronicle from "../../../src/route/presets/chronicle.ts"
import * as pool from "../../../src/route/presets/pool.ts"
import * as Route from "../../../src/route/Route.ts"
import * as Run from "./run.ts"

describe("chronicle.kindOf", () => {
  const withStatus = (status: number) =>
    chronicle.kindOf(Object.assign(Supposed.make("UnknownFailure", "what?"), { status }))

  it("goes by the status where there is one (C-51 to C-53)", () => {
    for (const [statuses, status, code] of [
      [[429], 429, "rate_limit"],
      [[402], 402, "out_of_credits"],
      [[401, 403], 401, "provider_rejected_token"],
      [[400, 404, 405, 406, 413, 415, 422, 431], 422, "provider_rejected_input"],
      [[500, 503, 599], 503, "provider_server_error"],
      [[408, 409, 418, 499], 500, "unrecoverable_server_error"],
      [[302, 600], 500, "generic"]
    ] as const) {
      for (const one of statuses) assert.deepStrictEqual(withStatus(one), { status, code }, String(one))
    }
  })

  it("goes by the reason where there is none (C-49, C-50)", () => {
    const expected: { readonly [T in Tag]: string } = {
      RateLimited: "429 rate_limit",
      QuotaExhausted: "402 out_of_credits",
      Unauthenticated: "401 provider_rejected_token",
      PermissionDenied: "401 provider_rejected_token",
      ModelNotFound: "422 provider_rejected_input",
      Overloaded: "503 provider_server_error",
      ServerError: "503 provider_server_error",
      TimedOut: "502 provider_connection_error",
      ConnectionFailed: "502 provider_connection_error",
      MalformedResponse: "502 parsing_provider_response",
      EmptyResponse: "502 parsing_provider_response",
      StreamInterrupted: "502 provider_connection_closed",
      ContextWindowExceeded: "422 provider_rejected_input",
      OutputLimitExceeded: "422 provider_rejected_input",
      RequestTooLarge: "422 provider_rejected_input",
      ContentFiltered: "422 provider_rejected_input",
      ToolSchemaRejected: "422 provider_rejected_input",
      InvalidRequest: "422 provider_rejected_input",
      Unsupported: "400 transforming_request",
      Conflict: "500 unrecoverable_server_error",
      UnknownFailure: "500 generic",
      LimitReached: "429 rate_limit"
    }
    for (const [tag, kind] of Object.entries(expected)) {
      const { code, status } = chronicle.kindOf(Object.assign(Supposed.make(tag as Tag, ""), { status: undefined }))
      assert.strictEqual(`${status} ${code}`, kind, tag)
    }
  })

  it("takes a connection that failed after an answer began for a body that cannot be read (C-64)", () => {
    assert.strictEqual(chronicle.kindOf(Supposed.make("ConnectionFailed", ""), 200).code, "parsing_provider_response")
    assert.strictEqual(chronicle.kindOf(Supposed.make("EmptyResponse", ""), 200).code, "parsing_provider_response")
  })
})

describe("Supposed.make", () => {
  it("has the status that is usual for each reason, the message, and the wait", () => {
    const statuses: { readonly [T in Tag]: number | undefined } = {
      RateLimited: 429,
      QuotaExhausted: 429,
      Unauthenticated: 401,
      PermissionDenied: 403,
      ModelNotFound: 404,
      Overloaded: 529,
      ServerError: 500,
      TimedOut: undefined,
      ConnectionFailed: undefined,
      MalformedResponse: 200,
      EmptyResponse: 200,
      StreamInterrupted: undefined,
      ContextWindowExceeded: 400,
      OutputLimitExceeded: 400,
      RequestTooLarge: 413,
      ContentFiltered: 400,
      ToolSchemaRejected: 400,
      InvalidRequest: 400,
      Unsupported: 400,
      Conflict: 409,
      UnknownFailure: undefined,
      LimitReached: undefined
    }
    for (const [tag, status] of Object.entries(statuses)) {
      const reason = Supposed.make(tag as Tag, "why", 1500)
      assert.deepStrictEqual([reason._tag, reason.status, reason.message], [tag, status, "why"])
      assert.deepStrictEqual(reason.retryAfter, Duration.millis(1500), tag)
    }
    assert.isFalse("retryAfter" in Supposed.make("RateLimited", ""))
    assert.include(Supposed.make("TimedOut", ""), { phase: "firstContent" })
    assert.include(Supposed.make("StreamInterrupted", ""), { contentSent: false })
    assert.include(Supposed.make("ConnectionFailed", ""), { code: "ECONNREFUSED" })
  })
})

describe("pool", () => {
  it.effect("tells a target that was not reached, or that was given up, as a bad gateway", () =>
    Effect.gen(function* () {
      const fallback = { enabled: true, onStatus: [5], onRateLimit: false }
      const route = pool.route([{ route: Route.target("a/m"), weight: 1 }], { fallback })
      for (const reason of [Run.unreachable, Run.down]) {
        const outcome = yield* Run.ask(route).pipe(Effect.provide(Run.world(Run.failing("a", reason))))
        assert.deepStrictEqual(Run.told(outcome), { wording: "bad gateway", status: 502, code: "bad_gateway" })
      }
    })
  )

  it("has one attempt a target, and one where it is not told how many there are", () => {
    assert.deepStrictEqual([Pool.policy().attempts, Pool.policy(Pool.noFallback, 3).attempts], [1, 3])
  })
})

import { assert, describe, it } from "@effect/vitest"
import { tags } from "../../src/domain/Reason.ts"
import * as Disposition from "../../src/policy/Disposition.ts"

describe("Disposition.recommended", () => {
  it("is the table of the reference, row by row", () => {
    assert.deepStrictEqual(Disposition.recommended, {
      RateLimited: ["nextCredential", "nextTarget", "retry"],
      QuotaExhausted: ["nextCredential", "nextTarget", "abort"],
      Unauthenticated: ["nextCredential", "nextTarget", "abort"],
      PermissionDenied: ["nextCredential", "nextTarget", "abort"],
      ModelNotFound: ["nextTarget", "abort"],
      Overloaded: ["nextTarget", "retry"],
      ServerError: ["retry", "nextTarget"],
      TimedOut: ["nextTarget", "retry"],
      ConnectionFailed: ["retry", "nextTarget"],
      MalformedResponse: ["retry", "nextTarget"],
      EmptyResponse: ["retry", "nextTarget"],
      StreamInterrupted: ["retry", "nextTarget"],
      ContextWindowExceeded: ["nextTarget", "abort"],
      OutputLimitExceeded: ["repair:clampMaxTokens", "abort"],
      RequestTooLarge: ["nextTarget", "abort"],
      ContentFiltered: ["abort"],
      ToolSchemaRejected: ["retry:1", "nextTarget", "abort"],
      InvalidRequest: ["abort"],
      Unsupported: ["nextTarget", "abort"],
      Conflict: ["retry", "nextTarget"],
      UnknownFailure: ["retry", "nextTarget"],
      LimitReached: ["nextCredential", "nextTarget", "abort"]
    })
  })
})

describe("Disposition.mends", () => {
  it("names what each repair is tried for where a route allows it", () => {
    assert.deepStrictEqual(Disposition.mends, {
      clampMaxTokens: ["OutputLimitExceeded"],
      dropMaxTokens: ["OutputLimitExceeded"],
      truncateHistory: ["ContextWindowExceeded", "RequestTooLarge"],
      halveHistory: ["ContextWindowExceeded", "RequestTooLarge"],
      describeTools: ["ToolSchemaRejected", "Unsupported"],
      moveImages: ["Unsupported"]
    })
  })
})

describe("Disposition.override and same", () => {
  it("replace only the rows that are given, or all of them", () => {
    const changed = Disposition.override(Disposition.recommended, { InvalidRequest: ["nextTarget"] })
    assert.deepStrictEqual(changed.InvalidRequest, ["nextTarget"])
    assert.deepStrictEqual({ ...changed, InvalidRequest: ["abort"] }, Disposition.recommended)
    assert.deepStrictEqual(
      Disposition.override(Disposition.recommended, { RateLimited: undefined }),
      Disposition.recommended
    )
    const same = Disposition.same(["retry"])
    assert.deepStrictEqual(Object.keys(same).sort(), [...tags].sort())
    for (const tag of tags) assert.deepStrictEqual(same[tag], ["retry"])
  })
})

describe("Disposition.actionsFor", () => {
  const on = Disposition.recommended
  const actions = ["retry:7"] as const
  const facts = {
    _tag: "ServerError",
    message: "HTTP 500: the Model is gone",
    status: 503,
    providerCode: "busy"
  } as const
  const taken = (rule: Omit<Disposition.Rule, "actions">, reason: Disposition.Facts = facts, stream = false) =>
    Disposition.actionsFor({ on, rules: [{ ...rule, actions }] }, reason, stream) === actions

  it("takes the first rule that fits, else the row of the table", () => {
    const rules = [
      { reasons: ["Conflict"], actions: ["abort"] },
      { statuses: [5], actions: ["nextTarget"] },
      { actions: ["retry"] }
    ] as const
    assert.deepStrictEqual(Disposition.actionsFor({ on, rules }, facts, false), ["nextTarget"])
    assert.deepStrictEqual(Disposition.actionsFor({ on, rules }, { _tag: "RateLimited", message: "" }, false), [
      "retry"
    ])
    assert.deepStrictEqual(
      Disposition.actionsFor({ on, rules: rules.slice(0, 2) }, { _tag: "RateLimited", message: "" }, false),
      on.RateLimited
    )
  })

  it("fits where everything fits that a rule names", () => {
    assert.isTrue(taken({}))
    for (const [fits, not] of [
      [{ reasons: ["ServerError"] }, { reasons: ["Conflict"] }],
      [{ statuses: [50] }, { statuses: [4] }],
      [{ codes: ["busy"] }, { codes: ["free"] }],
      [{ says: [["gone"], ["Model"]] }, { says: [["gone"], ["MODEL"]] }],
      [{ stream: false }, { stream: true }]
    ] as const) {
      assert.isTrue(taken(fits), JSON.stringify(fits))
      assert.isFalse(taken(not), JSON.stringify(not))
      assert.isFalse(taken({ ...fits, reasons: ["Conflict"] }), JSON.stringify(fits))
    }
    assert.isTrue(taken({ stream: true }, facts, true))
  })

  it("fits no code and no status where the answer had none, but a status of its words where the rule reads them", () => {
    const bare = { _tag: "ServerError", message: "HTTP 500: gone" } as const
    assert.isFalse(taken({ codes: ["busy"] }, bare))
    assert.isFalse(taken({ statuses: [5] }, bare))
    assert.isTrue(taken({ statuses: [5], worded: true }, bare))
    assert.isFalse(taken({ statuses: [500], worded: true }))
    assert.isFalse(taken({ statuses: [5], worded: true }, { ...bare, message: "gone" }))
  })
})

describe("Disposition.isListed", () => {
  it("takes one digit for hundreds, two for tens, three for themselves", () => {
    for (const [pattern, listed, not] of [
      [5, [500, 599], [499, 600]],
      [9, [900, 999], [899]],
      [10, [100, 109], [99, 110]],
      [50, [500, 509], [499, 510]],
      [99, [990, 999], [989]],
      [100, [100], [1000, 101]],
      [503, [503], [502, 504]]
    ] as const) {
      for (const status of listed) assert.isTrue(Disposition.isListed([pattern], status), `${pattern}: ${status}`)
      for (const status of not) assert.isFalse(Disposition.isListed([pattern], status), `${pattern}: ${status}`)
    }
    assert.isTrue(Disposition.isListed([4, 503], 503))
    assert.isFalse(Disposition.isListed([], 503))
    assert.isFalse(Disposition.isListed([5], undefined))
  })
})

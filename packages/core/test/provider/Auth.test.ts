import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Auth from "../../src/provider/Auth.ts"

const request = {
  origin: "https://bedrock-runtime.eu-west-1.amazonaws.com",
  path: "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse",
  body: '{"messages":[]}'
}

const shown = (scheme: Auth.Scheme, secret: string | undefined) => {
  const added = Auth.make(scheme, secret === undefined ? undefined : Redacted.make(secret))(request)
  return Effect.isEffect(added) ? added : Effect.succeed(added)
}

describe("Auth", () => {
  it.effect("shows a secret as a bearer, in a header or in the query, escaped", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* shown({ type: "bearer" }, "s"), { headers: { authorization: "Bearer s" } })
      assert.deepStrictEqual(yield* shown({ type: "header", name: "api-key" }, "s"), { headers: { "api-key": "s" } })
      assert.deepStrictEqual(yield* shown({ type: "query", name: "key" }, "a&b"), { headers: {}, query: "key=a%26b" })
      assert.deepStrictEqual(yield* shown({ type: "none" }, "s"), { headers: {} })
    })
  )

  it.effect("adds nothing where there is no secret", () =>
    Effect.gen(function* () {
      for (const scheme of [{ type: "bearer" }, { type: "sigv4", service: "bedrock" }] as const)
        assert.deepStrictEqual(yield* shown(scheme, undefined), { headers: {} })
    })
  )

  it.effect("signs for the region of the endpoint, at the time of the Clock, whatever the body", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 10, 21, 12))
      const { headers } = yield* shown({ type: "sigv4", service: "bedrock" }, "AKIDEXAMPLE:wJalrXUtnFEMI")
      const again = yield* shown({ type: "sigv4", service: "bedrock" }, "AKIDEXAMPLE:wJalrXUtnFEMI")
      assert.strictEqual(headers["x-amz-date"], "20261121T120000Z")
      assert.match(
        headers["authorization"] ?? "",
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261121\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/
      )
      assert.deepStrictEqual(again.headers, headers)
      assert.isUndefined(headers["x-amz-security-token"])
    })
  )

  it.effect("sends the token of a session beside the signature", () =>
    Effect.gen(function* () {
      const { headers } = yield* shown({ type: "sigv4", service: "bedrock" }, "AKID:secret:to:ken")
      assert.strictEqual(headers["x-amz-security-token"], "to:ken")
    })
  )

  it.effect("shows a Bedrock API key, which has no colon, as a bearer", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* shown({ type: "sigv4", service: "bedrock" }, "ABSKQmVkcm9jaw=="), {
        headers: { authorization: "Bearer ABSKQmVkcm9jaw==" }
      })
    })
  )
})

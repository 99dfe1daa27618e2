import { assert, describe, it } from "@effect/vitest"
import * as Presented from "../../src/callers/Presented.ts"

describe("Presented.keys", () => {
  it("finds a key wherever an SDK puts it", () => {
    const keys = (headers: Record<string, string>, url = "/v1/models") => Presented.keys({ headers, url })
    assert.deepStrictEqual(keys({ authorization: "Bearer k1" }), ["k1"])
    assert.deepStrictEqual(keys({ authorization: "bearer   k1 " }), ["k1"])
    assert.deepStrictEqual(keys({ "x-api-key": "k2" }), ["k2"])
    assert.deepStrictEqual(keys({ "x-goog-api-key": "k3" }), ["k3"])
    assert.deepStrictEqual(keys({}, "/v1beta/models/m:generateContent?alt=sse&key=k%2F4"), ["k/4"])
    assert.deepStrictEqual(keys({ authorization: "Bearer a", "x-api-key": "b" }, "/?key=c"), ["a", "b", "c"])
  })
  it("finds none where there is none", () => {
    assert.deepStrictEqual(
      Presented.keys({ headers: { authorization: "Basic abc", "x-api-key": "" }, url: "/v1?key=" }),
      []
    )
    assert.deepStrictEqual(Presented.keys({ headers: {} }), [])
  })
})

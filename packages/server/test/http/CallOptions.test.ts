import { assert, describe, it } from "@effect/vitest"
import type * as Json from "@orelse/core/domain/Json"
import * as Result from "effect/Result"
import * as Known from "../../src/callers/Known.ts"
import * as CallOptions from "../../src/http/CallOptions.ts"

const readOf = (body: Json.JsonObject, headers = {}, url?: string) =>
  CallOptions.read(body, { headers, url }, Known.none)

const metadataOf = (inBody: unknown, header?: string) => {
  const body = inBody === undefined ? {} : { orelse: { metadata: inBody as string } }
  const read = readOf(body, header === undefined ? {} : { "x-orelse-metadata": header })
  return Result.isFailure(read) ? read.failure.message : read.success.metadata
}

describe("CallOptions.read, models", () => {
  it("takes names that are as long as a model's may be, and no longer", () => {
    const ofLength = (length: number) => readOf({ orelse: { models: ["m".repeat(length)] } })
    assert.isTrue(Result.isSuccess(ofLength(512)))
    assert.isTrue(Result.isFailure(ofLength(513)))
  })
})

describe("CallOptions.read, metadata", () => {
  it("takes it from the body or from the header", () => {
    assert.deepStrictEqual(metadataOf({ run: "r-1" }), { run: "r-1" })
    assert.deepStrictEqual(metadataOf(undefined, `{"run":"r-1"}`), { run: "r-1" })
    assert.isUndefined(metadataOf(undefined))
  })

  it("takes both together, field by field, and the body wins", () => {
    assert.deepStrictEqual(metadataOf({ step: "plan", user: "ada" }, `{"application":"shop","user":"nobody"}`), {
      application: "shop",
      step: "plan",
      user: "ada"
    })
  })

  it("reads a header's UTF-8, which Node hands over as Latin-1, and leaves Latin-1 as it is", () => {
    const asSent = Buffer.from(`{"user":"Zoë 模型"}`).toString("latin1")
    assert.deepStrictEqual(metadataOf(undefined, asSent), { user: "Zoë 模型" })
    assert.deepStrictEqual(metadataOf(undefined, `{"user":"Zo\u00eb"}`), { user: "Zoë" })
  })

  it("loses the key that the request shows, in its address as well", () => {
    const body = { orelse: { metadata: { run: "for my-own-key" }, tags: ["my-own-key"] } }
    for (const read of [readOf(body, { "x-api-key": "my-own-key" }), readOf(body, {}, "/v1/x?key=my-own-key")])
      assert.deepStrictEqual(Result.getOrThrow(read), { metadata: { run: "for [REDACTED]" }, tags: ["[REDACTED]"] })
  })

  it.each([
    ["nested", { a: {} }, undefined],
    ["nested beside what is not", { run: "r-1", a: {} }, undefined],
    ["a text", "run", undefined],
    ["no JSON in the header", undefined, "run"],
    ["no JSON in the header beside a body", { run: "r-1" }, "run"],
    ["a text in the body beside a header", "run", `{"run":"r-1"}`],
    ["too many fields together", Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`f${n}`, n])), `{"one":1}`]
  ])("refuses what is %s", (_, inBody, header) => {
    const refused = metadataOf(inBody, header)
    assert.include(typeof refused === "string" ? refused : "", "orelse.metadata must be a flat object")
  })
})

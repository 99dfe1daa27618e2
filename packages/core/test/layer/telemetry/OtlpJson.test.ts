import { assert, describe, it } from "@effect/vitest"
import * as OtlpJson from "../../../src/layer/telemetry/OtlpJson.ts"

const odd = ['say "hi"', "a\\b", "line\nfeed\u0000", "世界 👋", "\ud800", "é", "", "plain [text]", "\u007f"]

const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", parentSpanId: undefined }

const plain = { startedAt: 1_700_000_000_000.5, endedAt: 1_700_000_000_001, failure: undefined }

/** As a collector reads it. */
const read = (fields: string, name = "chat m", failure?: string, parentSpanId?: string) =>
  JSON.parse(
    OtlpJson.span(
      { ...ids, parentSpanId },
      { ...plain, heading: OtlpJson.heading(name, 3), failure, fields: OtlpJson.first(fields) }
    )
  )

describe("OtlpJson.span", () => {
  it.each(odd)("writes %j so that it is read as it was, wherever it stands", (text) => {
    const fields =
      OtlpJson.string("orelse.run")(text) + OtlpJson.string(`key ${text}`)("v") + OtlpJson.only("list")(text)
    const span = read(fields, text, text)
    assert.strictEqual(span.name, text)
    assert.deepStrictEqual(span.status, { code: 2, message: text })
    assert.deepStrictEqual(span.attributes, [
      { key: "orelse.run", value: { stringValue: text } },
      { key: `key ${text}`, value: { stringValue: "v" } },
      { key: "list", value: { arrayValue: { values: [{ stringValue: text }] } } }
    ])
  })

  it("writes numbers and truth by the kind of their field, and nothing for what is absent or no number", () => {
    const int = OtlpJson.int("int")
    const double = OtlpJson.double("double")
    const bool = OtlpJson.bool("bool")
    const absent = OtlpJson.string("none")(undefined) + int(undefined) + double(Number.NaN) + bool(undefined)
    assert.strictEqual(absent, "")
    const span = read(
      int(3) + int(-1) + int(2 ** 53) + double(0.25) + double(2) + double(1e-9) + bool(true) + bool(false)
    )
    assert.deepStrictEqual(
      span.attributes.map(({ value }: { readonly value: unknown }) => value),
      [
        { intValue: 3 },
        { intValue: -1 },
        { intValue: 2 ** 53 },
        { doubleValue: 0.25 },
        { doubleValue: 2 },
        { doubleValue: 1e-9 },
        { boolValue: true },
        { boolValue: false }
      ]
    )
  })

  it("has ids, a parent where there is one, and times in nanoseconds", () => {
    const span = read(OtlpJson.int("n")(1), "chat m", undefined, "00f067aa0ba902b7")
    assert.deepStrictEqual(span, {
      traceId: ids.traceId,
      spanId: ids.spanId,
      parentSpanId: "00f067aa0ba902b7",
      name: "chat m",
      kind: 3,
      startTimeUnixNano: "1700000000000500000",
      endTimeUnixNano: "1700000000001000000",
      status: { code: 0 },
      attributes: [{ key: "n", value: { intValue: 1 } }]
    })
    assert.notProperty(read(OtlpJson.int("n")(1)), "parentSpanId")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as OtlpJson from "../../../src/layer/telemetry/OtlpJson.ts"
import { Sheet } from "../../../src/layer/telemetry/Sheet.ts"

const odd = ['say "hi"', "a\\b", "line\nfeed\u0000", "世界 👋", "\ud800", "é", "", "plain [text]", "\u007f"]

const id = "0af76519-16cd-43dd-8448-eb211c80319c"

interface Told {
  readonly first: (to: Sheet) => void
  readonly more?: (to: Sheet) => void
  readonly name?: string
  readonly failure?: string
  readonly parent?: { readonly traceId: string; readonly spanId: string }
}

/** A span and one under it, as a collector reads them. */
const read = ({ failure, first, more = () => {}, name = "chat m", parent }: Told) => {
  const ids = new OtlpJson.Ids("call.id")
  const to = new Sheet(Buffer.alloc(16))
  const one = () => {
    to.put(OtlpJson.heading(name, 3))
    OtlpJson.times(to, 1_700_000_000_000.5, 1_700_000_000_001)
    if (failure !== undefined) OtlpJson.failed(to, failure)
    to.put(OtlpJson.attributes(failure === undefined, first))
    more(to)
    ids.callId(to)
    OtlpJson.end(to)
  }
  ids.call(to, id, parent)
  one()
  to.text(",")
  ids.attempt(to, 0x2a)
  one()
  return JSON.parse(`[${to.bytes.toString("utf8", 0, to.at)}]`)
}

const callId = { key: "call.id", value: { stringValue: id } }

describe("OtlpJson", () => {
  it("writes an id that is no UUID without a digit of the call before it, and stays JSON", () => {
    const ids = new OtlpJson.Ids("call.id")
    const heads = [id, 'my "call" 1', "f".repeat(50)].map((one) => {
      const to = new Sheet(Buffer.alloc(16))
      ids.call(to, one, undefined)
      return JSON.parse(`${to.bytes.toString("utf8", 0, to.at - 1)}}`).traceId
    })
    assert.deepStrictEqual(heads.slice(1), ["0000ca0001".padEnd(32, "0"), "f".repeat(32)])
  })

  it.each(odd)("writes %j so that it is read as it was, wherever it stands", (text) => {
    const write = (to: Sheet) => {
      OtlpJson.string("orelse.run")(to, text)
      OtlpJson.string(`key ${text}`)(to, "v")
      OtlpJson.only("list")(to, text)
    }
    const [span] = read({ first: write, more: write, name: text, failure: text })
    const attributes = [
      { key: "orelse.run", value: { stringValue: text } },
      { key: `key ${text}`, value: { stringValue: "v" } },
      { key: "list", value: { arrayValue: { values: [{ stringValue: text }] } } }
    ]
    assert.strictEqual(span.name, text)
    assert.deepStrictEqual(span.status, { code: 2, message: text })
    assert.deepStrictEqual(span.attributes, [...attributes, ...attributes, callId])
  })

  it("writes numbers and truth by the kind of their field, and nothing for what is absent or no number", () => {
    const int = OtlpJson.int("int")
    const double = OtlpJson.double("double")
    const bool = OtlpJson.bool("bool")
    const [span] = read({
      first: (to) => {
        OtlpJson.string("none")(to, undefined)
        OtlpJson.only("none")(to, undefined)
        int(to, undefined)
        double(to, Number.NaN)
        bool(to, undefined)
        for (const value of [3, -1, 2 ** 53]) int(to, value)
        for (const value of [0.25, 2, 1e-9]) double(to, value)
        for (const value of [true, false]) bool(to, value)
      }
    })
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
        { boolValue: false },
        callId.value
      ]
    )
  })

  it("has ids from the call's, and times in nanoseconds", () => {
    const [span, under] = read({ first: (to) => OtlpJson.int("n")(to, 1) })
    const common = {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      name: "chat m",
      kind: 3,
      startTimeUnixNano: "1700000000000500000",
      endTimeUnixNano: "1700000000001000000",
      status: { code: 0 },
      attributes: [{ key: "n", value: { intValue: 1 } }, callId]
    }
    assert.deepStrictEqual(span, { ...common, spanId: "8448eb211c800000" })
    assert.deepStrictEqual(under, { ...common, spanId: "8448eb211c80002a", parentSpanId: "8448eb211c800000" })
  })

  it("is a part of its parent's trace where it has one", () => {
    const parent = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" }
    const [span, under] = read({ first: (to) => OtlpJson.int("n")(to, 1), parent })
    assert.deepStrictEqual([span.traceId, under.traceId], [parent.traceId, parent.traceId])
    assert.deepStrictEqual([span.parentSpanId, under.parentSpanId], [parent.spanId, span.spanId])
    assert.deepStrictEqual([span.spanId, under.spanId], ["8448eb211c800000", "8448eb211c80002a"])
  })
})

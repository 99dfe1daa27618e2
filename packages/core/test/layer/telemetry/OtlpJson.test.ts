import { assert, describe, it } from "@effect/vitest"
import * as OtlpJson from "../../../src/layer/telemetry/OtlpJson.ts"

const odd = ['say "hi"', "a\\b", "line\nfeed\u0000", "世界 👋", "\ud800", "é", "", "plain [text]", "\u007f"]

const span = (name: string, fields: Readonly<Record<string, OtlpJson.Value>>, message?: string): OtlpJson.Span => ({
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  parentSpanId: message === undefined ? undefined : "00f067aa0ba902b7",
  name,
  kind: 3,
  startTimeUnixNano: OtlpJson.nanos(1_700_000_000_000.5),
  endTimeUnixNano: OtlpJson.nanos(1_700_000_000_001),
  attributes: OtlpJson.attributes(fields),
  droppedAttributesCount: 0,
  events: [],
  droppedEventsCount: 0,
  status: message === undefined ? { code: 0 } : { code: 2, message },
  links: [],
  droppedLinksCount: 0
})

describe("OtlpJson.text", () => {
  it.each(odd)("writes %j wherever it stands as JSON.stringify does", (text) => {
    const one = span(text, { "orelse.run": text, [`key ${text}`]: "v", "gen_ai.response.finish_reasons": [text] }, text)
    assert.strictEqual(OtlpJson.text(one), JSON.stringify(one))
  })

  it("writes numbers, truth and absent fields as JSON.stringify does", () => {
    const one = span("chat m", {
      int: 3,
      negative: -1,
      fraction: 0.25,
      "orelse.cost_usd": 2,
      large: 2 ** 53,
      tiny: 1e-9,
      yes: true,
      no: false,
      absent: undefined
    })
    assert.strictEqual(OtlpJson.text(one), JSON.stringify(one))
    const none = span("chat m", {})
    assert.strictEqual(OtlpJson.text(none), JSON.stringify(none))
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as GenAi from "@orelse/core/layer/telemetry/GenAi"
import { attempt, ended, fellBack } from "./calls.ts"

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: unknown
  readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: Value }>
}

interface Value {
  readonly stringValue?: string
  readonly intValue?: number
  readonly doubleValue?: number
  readonly boolValue?: boolean
  readonly arrayValue?: { readonly values: ReadonlyArray<{ readonly stringValue: string }> }
}

/** The spans as a collector reads them. */
const read = (...args: Parameters<typeof GenAi.spans>): ReadonlyArray<Span> => JSON.parse(`[${GenAi.spans(...args)}]`)

const attribute = (span: Span | undefined, key: string) => {
  const value = span?.attributes.find((one) => one.key === key)?.value
  const list = value?.arrayValue?.values.map((one) => one.stringValue)
  return value?.stringValue ?? value?.intValue ?? value?.doubleValue ?? value?.boolValue ?? list
}

const nameOf = (provider: string) => (provider === "bedrock" ? "aws.bedrock" : provider)

describe("GenAi.spans", () => {
  it("makes one span for the call and one under it for each attempt", () => {
    const [call, first, second, ...more] = read(fellBack, nameOf)
    assert.deepStrictEqual(more, [])
    assert.strictEqual(call?.name, "chat smart")
    assert.deepStrictEqual([call?.kind, first?.kind, second?.kind], [2, 3, 3])
    assert.deepStrictEqual([first?.parentSpanId, second?.parentSpanId], [call?.spanId, call?.spanId])
    assert.strictEqual(new Set([call?.spanId, first?.spanId, second?.spanId]).size, 3)
    assert.strictEqual(first?.startTimeUnixNano, "1763700000010000000")
    assert.strictEqual(first?.endTimeUnixNano, "1763700000130000000")
    assert.deepStrictEqual(first?.status, { code: 2, message: "slow down" })
    assert.deepStrictEqual(second?.status, { code: 0 })
  })

  it("names attributes by the GenAI conventions, ours under orelse", () => {
    const [call, first, second] = read(fellBack, nameOf)
    assert.strictEqual(attribute(call, "gen_ai.operation.name"), "chat")
    assert.strictEqual(attribute(call, "gen_ai.request.model"), "smart")
    assert.strictEqual(attribute(call, "gen_ai.response.model"), "gpt-5.2")
    assert.strictEqual(attribute(call, "gen_ai.conversation.id"), "s-1")
    assert.strictEqual(attribute(call, "orelse.fell_back"), true)
    assert.strictEqual(attribute(call, "orelse.run"), "run-1")
    assert.strictEqual(attribute(first, "gen_ai.provider.name"), "aws.bedrock")
    assert.strictEqual(attribute(first, "error.type"), "RateLimited")
    assert.strictEqual(attribute(first, "orelse.action"), "nextTarget")
    assert.strictEqual(attribute(second, "error.type"), undefined)
    assert.strictEqual(attribute(second, "gen_ai.usage.input_tokens"), 100)
    assert.strictEqual(attribute(second, "gen_ai.usage.cache_read.input_tokens"), 40)
  })

  it("says why the model stopped, when a stream began, and which host was asked, but not the rest of its address", () => {
    const finished = ended({ attempts: [attempt(1, { finishReason: "stop", firstContentMs: 2000 })] })
    const [call, first] = read(finished, nameOf, () => "https://user:hidden@api.example.com/v1?key=hidden")
    assert.deepStrictEqual(attribute(call, "gen_ai.response.finish_reasons"), ["stop"])
    assert.deepStrictEqual(attribute(first, "gen_ai.response.finish_reasons"), ["stop"])
    assert.strictEqual(attribute(first, "gen_ai.request.stream"), true)
    assert.deepStrictEqual(first?.attributes.find((one) => one.key === "gen_ai.response.time_to_first_chunk")?.value, {
      doubleValue: 2
    })
    assert.strictEqual(attribute(first, "server.address"), "api.example.com")
    assert.strictEqual(attribute(first, "server.port"), 443)
    assert.notInclude(JSON.stringify(first), "hidden")
  })

  it("leaves out what the conventions want of streams only where the answer was whole", () => {
    const [call, first] = read(ended({ start: { stream: false } }), nameOf)
    for (const key of ["gen_ai.request.stream", "gen_ai.response.time_to_first_chunk"])
      assert.deepStrictEqual([attribute(call, key), attribute(first, key)], [undefined, undefined])
  })

  it("names itself as the provider of a call that nobody was asked for", () => {
    const nobody = ended({ end: { served: undefined, outcome: "failed", reason: "NothingCallable" }, attempts: [] })
    assert.strictEqual(attribute(read(nobody, nameOf)[0], "gen_ai.provider.name"), "orelse")
  })

  it("continues the caller's trace where there is one, and begins one with the call's id where there is none", () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    const [continued] = read(ended({ start: { traceparent } }), nameOf)
    assert.strictEqual(continued?.traceId, "0af7651916cd43dd8448eb211c80319c")
    assert.strictEqual(continued?.parentSpanId, "b7ad6b7169203331")
    const [begun] = read(ended(), nameOf)
    assert.strictEqual(begun?.traceId, "019a0000111172228333444455556666")
    assert.strictEqual(begun?.parentSpanId, undefined)
  })

  it("makes no spans where the caller does not record its trace", () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    assert.deepStrictEqual(read(ended({ start: { traceparent } }), nameOf), [])
  })

  it.each([
    "",
    "nonsense",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
  ])("takes %j for no parent", (traceparent) => {
    assert.isUndefined(GenAi.parentOf(traceparent))
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as GenAi from "@orelse/core/layer/telemetry/GenAi"
import { Sheet } from "@orelse/core/layer/telemetry/Sheet"
import { attempt, ended, fellBack } from "./calls.ts"
import * as golden from "./golden.ts"

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

type Rest = Parameters<typeof GenAi.spans> extends readonly [unknown, ...infer R] ? R : never

/** What a collector is sent. */
const written = (...args: Rest): string => {
  const sheet = new Sheet(Buffer.alloc(64))
  assert.strictEqual(GenAi.spans(sheet, ...args), sheet.at > 0)
  return sheet.bytes.toString("utf8", 0, sheet.at)
}

/** The spans as a collector reads them. */
const read = (...args: Rest): ReadonlyArray<Span> => JSON.parse(`[${written(...args)}]`)

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

  it("writes every byte as before, whatever stood where the next call is written", () => {
    const whole = ended({ start: { stream: false, metadata: undefined } })
    const before = [written(whole, nameOf), written(fellBack, nameOf)]
    assert.deepStrictEqual(before, [golden.whole, golden.afterFallback])
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    const id = "019affff-ffff-7fff-8fff-ffffffffffff"
    written(ended({ start: { id, traceparent, model: "m".repeat(5000) }, attempts: [attempt(65_535)] }), nameOf)
    assert.deepStrictEqual([written(whole, nameOf), written(fellBack, nameOf)], before)
  })

  it.each(odd)("writes %j so that it is read as it was, wherever a caller or a provider may say it", (text) => {
    const metadata = { run: text, session: text, step: text, workflow: text, application: text, environment: text }
    const said = { message: text, requestId: text, providerCode: text, credential: text, model: text }
    const [call, first] = read(
      ended({
        start: { model: text, route: text, caller: text, metadata },
        attempts: [attempt(1, { ...said, outcome: "failed", reason: "RateLimited" })]
      }),
      (provider) => provider + text
    )
    assert.deepStrictEqual([call?.name, first?.name], [`chat ${text}`, `chat ${text}`])
    assert.deepStrictEqual(first?.status, { code: 2, message: text })
    for (const key of ["run", "step", "workflow", "application", "environment", "caller", "route"])
      assert.strictEqual(attribute(call, `orelse.${key}`), text)
    assert.strictEqual(attribute(call, "gen_ai.conversation.id"), text)
    for (const key of ["request_id", "provider_code", "credential"])
      assert.strictEqual(attribute(first, `orelse.${key}`), text)
    assert.strictEqual(attribute(first, "gen_ai.provider.name"), `openai${text}`)
  })

  it("tells calls apart that differ in one thing only, in whatever order they come", () => {
    const calls = [
      ended(),
      ...starts.map((start) => ended({ start })),
      ...ends.map((end) => ended({ end })),
      ...tries.map((one) => ended({ attempts: [attempt(1, one)] }))
    ]
    const texts = calls.map((call) => written(call, nameOf))
    assert.strictEqual(new Set(texts).size, calls.length)
    const again = calls.map((_, index) => written(calls[(7 * index) % calls.length]!, nameOf))
    assert.deepStrictEqual(
      again,
      calls.map((_, index) => texts[(7 * index) % calls.length])
    )
    const named = [(name: string) => `${name}.com`, nameOf, () => "x"].map((name) => written(ended(), name))
    const placed = ["http://a.b", "https://a.b", "http://a.c", undefined].map((url) =>
      written(ended(), nameOf, () => url)
    )
    assert.strictEqual(new Set([...named, ...placed]).size, 6)
  })
})

const odd = ['say "hi"', "a\\b", "line\nfeed\u0000", "世界 👋", "\ud800", "é", "plain [text]", "\u007f"]

/** Each differs in one thing from the usual call. */
const starts = [
  { route: "other" },
  { model: "other" },
  { operation: "embeddings" },
  { dialect: "library" },
  { stream: false },
  { caller: "somebody" }
] as const

const ends = [
  { outcome: "failed" },
  { outcome: "cancelled" },
  { outcome: "failed", reason: "RateLimited" },
  { status: 201 },
  { status: undefined },
  { served: { provider: "mine", model: "gpt-5.2", credential: "main" } },
  { served: { provider: "openai", model: "gpt-5.3", credential: "main" } },
  { served: undefined },
  { attempts: 2 },
  { fellBack: true },
  { costBasis: "reported" }
] as const

const tries = [
  { provider: "mine" },
  { model: "gpt-5.3" },
  { credential: "spare" },
  { ordinal: 2 },
  { outcome: "cancelled" },
  { outcome: "failed" },
  { outcome: "failed", reason: "RateLimited" },
  { status: 201 },
  { providerCode: "code" },
  { action: "retry" },
  { finishReason: "stop" },
  { costBasis: "reported" }
] as const

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../src/domain/Json.ts"
import type { Request } from "../../../src/domain/Request.ts"
import type { WireEvent } from "../../../src/provider/Protocol.ts"
import { protocol } from "../../../src/provider/protocols/BedrockConverse.ts"
import * as AwsFrames from "../awsFrames.ts"
import { conformance, event, type Scenario } from "../conformance.ts"
import * as Fold from "../fold.ts"
import * as Recorded from "../recorded.ts"
import { cases, pixel } from "../requests.ts"
import * as Written from "../written.ts"

const start = event({ role: "assistant", p: "abc" }, "messageStart")
const delta = (index: number, piece: Json.JsonObject): WireEvent =>
  event({ contentBlockIndex: index, delta: piece, p: "abcdef" }, "contentBlockDelta")
const opens = (index: number, toolUseId: string, name: string): WireEvent =>
  event({ contentBlockIndex: index, start: { toolUse: { toolUseId, name } } }, "contentBlockStart")
const input = (index: number, written: string): WireEvent => delta(index, { toolUse: { input: written } })
const closes = (index: number): WireEvent => event({ contentBlockIndex: index }, "contentBlockStop")
const stop = (stopReason: string): WireEvent => event({ stopReason }, "messageStop")
const told = (usage?: Json.JsonObject): WireEvent =>
  event({ metrics: { latencyMs: 5 }, ...(usage === undefined ? {} : { usage }) }, "metadata")

const whole = (
  content: ReadonlyArray<Json.JsonObject>,
  stopReason: string,
  usage?: Json.JsonObject
): Json.JsonObject => ({
  output: { message: { role: "assistant", content } },
  stopReason,
  ...(usage === undefined ? {} : { usage })
})

const toolUse = (toolUseId: string, name: string, written: Json.JsonObject): Json.JsonObject => ({
  toolUse: { toolUseId, name, input: written }
})

const text: Scenario = {
  whole: whole([{ text: "Grüße, 世界 👋" }], "end_turn"),
  stream: [
    start,
    delta(0, { text: "Grü" }),
    delta(0, { text: "ße, 世" }),
    delta(0, { text: "界 👋" }),
    closes(0),
    stop("end_turn"),
    told()
  ],
  expected: { text: "Grüße, 世界 👋", finishReason: "stop", toolCalls: [], error: undefined }
}

const tools: Scenario = {
  whole: whole([toolUse("tooluse_1", "get_weather", { city: "Köln" })], "tool_use"),
  stream: [
    start,
    opens(0, "tooluse_1", "get_weather"),
    input(0, '{"city":'),
    input(0, '"Köln"}'),
    closes(0),
    stop("tool_use"),
    told()
  ],
  expected: {
    toolCalls: [{ id: "tooluse_1", name: "get_weather", arguments: '{"city":"Köln"}' }],
    finishReason: "tool_calls"
  }
}

const parallelTools: Scenario = {
  whole: whole([{ text: "Both." }, toolUse("a", "f", { a: 1 }), toolUse("b", "g", {})], "tool_use"),
  stream: [
    start,
    delta(0, { text: "Both." }),
    closes(0),
    opens(1, "a", "f"),
    input(1, '{"a"'),
    input(1, ":1}"),
    closes(1),
    opens(2, "b", "g"),
    input(2, "{}"),
    closes(2),
    stop("tool_use"),
    told()
  ],
  expected: {
    text: "Both.",
    toolCalls: [
      { id: "a", name: "f", arguments: '{"a":1}' },
      { id: "b", name: "g", arguments: "{}" }
    ]
  }
}

const counted = {
  inputTokens: 26,
  outputTokens: 20,
  totalTokens: 120,
  cacheReadInputTokens: 64,
  cacheWriteInputTokens: 10,
  cacheDetails: [
    { ttl: "1h", inputTokens: 6 },
    { ttl: "5m", inputTokens: 4 }
  ]
}

const usage: Scenario = {
  whole: whole([{ text: "x" }], "end_turn", counted),
  stream: [start, delta(0, { text: "x" }), stop("end_turn"), told(counted)],
  expected: {
    usage: {
      inputTokens: 100,
      outputTokens: 20,
      totalTokens: 120,
      cachedTokens: 64,
      cacheWriteTokens: 10,
      cacheWriteHourTokens: 6
    }
  }
}

const thought = { reasoningContent: { reasoningText: { text: "Let me think.", signature: "sig" } } }

const reasoning: Scenario = {
  whole: whole([thought, { reasoningContent: { redactedContent: "c2VjcmV0" } }, { text: "42" }], "end_turn"),
  stream: [
    start,
    delta(0, { reasoningContent: { text: "Let me " } }),
    delta(0, { reasoningContent: { text: "think." } }),
    delta(0, { reasoningContent: { signature: "sig" } }),
    closes(0),
    delta(1, { reasoningContent: { redactedContent: "c2VjcmV0" } }),
    closes(1),
    delta(2, { text: "42" }),
    closes(2),
    stop("end_turn"),
    told()
  ],
  expected: { reasoning: "Let me think.", signatures: ["sig"], redacted: ["c2VjcmV0"], text: "42" }
}

const model = "anthropic.claude-sonnet-4-5-20250929-v1:0"

conformance({
  protocol,
  text,
  tools,
  parallelTools,
  usage,
  reasoning,
  refusal: "none",
  finish: {
    with: (raw) => ({
      whole: whole([{ text: "x" }], raw),
      stream: [start, delta(0, { text: "x" }), stop(raw), told()],
      expected: {}
    }),
    words: {
      end_turn: "stop",
      stop_sequence: "stop",
      max_tokens: "length",
      model_context_window_exceeded: "length",
      tool_use: "tool_calls",
      guardrail_intervened: "content_filter",
      content_filtered: "content_filter",
      malformed_tool_use: "error"
    }
  },
  error: event({ message: "Too many tokens, please wait before trying again." }, "exception:throttlingException"),
  unknownEvent: event({ payload: { a: 1 } }, "thingOf2031"),
  dispensable: 1,
  bytes: AwsFrames.bytes,
  unsupported: ["imageByUrl", "audio", "jsonMode", "logprobs", "severalAnswers", "foreignTool"]
})

const encode = (request: Request, name = model, stream = false) =>
  Written.encode(protocol, request, { model: name, stream })

const encoded = (request: Request, name = model) => Written.body(protocol, request, { model: name })

const { asked } = Written
const clock = { name: "get_time" }
const called: Request["messages"] = [
  ...asked.messages,
  { role: "assistant", content: [{ type: "toolCall", id: "a", name: "get_time", arguments: "" }] },
  { role: "tool", toolCallId: "a", content: [{ type: "text", text: "noon" }], isError: true },
  { role: "user", content: [{ type: "text", text: "So?" }] }
]

describe("bedrock-converse, as it writes requests", () => {
  it("names the model in the path, whose colon is escaped, and asks for AWS's frames on a stream", () => {
    const written = encode(asked, model, true)
    if (Result.isFailure(written)) return assert.fail(written.failure.message)
    assert.strictEqual(written.success.path, "/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream")
    assert.strictEqual(written.success.headers["accept"], "application/vnd.amazon.eventstream")
    assert.deepStrictEqual(Json.parseObject(written.success.body), {
      messages: [{ role: "user", content: [{ text: "hi" }] }]
    })
  })

  it("lets turns alternate, with tool results in a user's turn", () =>
    assert.deepStrictEqual(encoded({ messages: called, tools: [clock] })["messages"], [
      { role: "user", content: [{ text: "hi" }] },
      { role: "assistant", content: [{ toolUse: { toolUseId: "a", name: "get_time", input: {} } }] },
      {
        role: "user",
        content: [{ toolResult: { toolUseId: "a", content: [{ text: "noon" }], status: "error" } }, { text: "So?" }]
      }
    ]))

  it("fits the ids of tool calls, with their results", () => {
    const messages: Request["messages"] = [
      { role: "assistant", content: [{ type: "toolCall", id: "functions.f:0", name: "f", arguments: "" }] },
      { role: "tool", toolCallId: "functions.f:0", content: [] }
    ]
    const body = encoded({ messages, tools: [clock] })
    assert.strictEqual(Json.at(body, "messages", 0, "content", 0, "toolUse", "toolUseId"), "functions_f_0")
    assert.strictEqual(Json.at(body, "messages", 1, "content", 0, "toolResult", "toolUseId"), "functions_f_0")
  })

  it("refuses results of tools that are not there, for Bedrock does", () => {
    assert.isTrue(Result.isFailure(encode({ messages: called })))
    assert.isTrue(Result.isFailure(encode({ messages: called, tools: [clock], toolChoice: "none" })))
    assert.isUndefined(encoded({ ...asked, tools: [clock], toolChoice: "none" })["toolConfig"])
  })

  it("writes tools and each choice of them", () => {
    const of = (toolChoice: NonNullable<Request["toolChoice"]>) =>
      Json.at(encoded({ ...asked, tools: [clock], toolChoice }), "toolConfig", "toolChoice")
    assert.deepStrictEqual(of("auto"), { auto: {} })
    assert.deepStrictEqual(of("required"), { any: {} })
    assert.deepStrictEqual(of({ name: "get_time" }), { tool: { name: "get_time" } })
    assert.deepStrictEqual(Json.at(encoded({ ...asked, tools: [clock] }), "toolConfig", "tools", 0), {
      toolSpec: { name: "get_time", inputSchema: { json: { type: "object", properties: {} } } }
    })
  })

  it("names documents by letters, digits and single spaces only", () => {
    const document = (name: string | undefined) =>
      ({ type: "document", mediaType: "text/plain", data: "eA==", ...(name === undefined ? {} : { name }) }) as const
    const request: Request = {
      messages: [{ role: "user", content: [document("Bericht_2026 (neu).txt"), document(undefined)] }]
    }
    assert.deepStrictEqual(Json.at(encoded(request), "messages", 0, "content"), [
      { document: { format: "txt", name: "Bericht 2026 (neu)", source: { bytes: "eA==" } } },
      { document: { format: "txt", name: "document-2", source: { bytes: "eA==" } } }
    ])
  })

  it("takes media from S3, and refuses types without a format", () => {
    const image = (part: Json.JsonObject) =>
      encode({ messages: [{ role: "user", content: [{ type: "image", ...part } as never] }] })
    const fromS3 = image({ url: "s3://bucket/cat.jpg", mediaType: "image/jpeg" })
    assert.isTrue(
      Result.isSuccess(fromS3) && fromS3.success.body.includes('"s3Location":{"uri":"s3://bucket/cat.jpg"}')
    )
    assert.isTrue(Result.isFailure(image({ data: pixel, mediaType: "image/tiff" })))
  })

  it("tells Claude to think in Anthropic's words, with room for the budget", () => {
    const body = encoded({ ...asked, reasoning: { budgetTokens: 2048 }, temperature: 0.5, topK: 5 })
    assert.deepStrictEqual(body["additionalModelRequestFields"], {
      thinking: { type: "enabled", budget_tokens: 2048 }
    })
    assert.isAbove(Json.number(Json.at(body, "inferenceConfig", "maxTokens")) ?? 0, 2048)
    assert.isUndefined(Json.at(body, "inferenceConfig", "temperature"))
    assert.deepStrictEqual(encoded({ ...asked, topK: 5 })["additionalModelRequestFields"], { top_k: 5 })
  })

  it("tells the newest Claude not to think, to show its thinking, and no tool to call, as Anthropic does", () => {
    const told = (model: string, reasoning: NonNullable<Request["reasoning"]>) =>
      encoded({ ...asked, reasoning }, model)["additionalModelRequestFields"]
    assert.deepStrictEqual(told("anthropic.claude-sonnet-5-5", { enabled: false }), {
      thinking: { type: "between_tools" }
    })
    assert.deepStrictEqual(told("anthropic.claude-opus-5-5", { enabled: false }), { output_config: { effort: "low" } })
    assert.deepStrictEqual(told("anthropic.claude-opus-5-5", { enabled: true }), {
      thinking: { type: "adaptive", display: "summarized" }
    })
    const forced: Request = { ...asked, tools: [clock], toolChoice: "required" }
    assert.strictEqual(Written.refusal(protocol, forced, { model: "us.anthropic.claude-opus-5-5" }), "a forced tool")
  })

  it("tells gpt-oss and Nova in theirs, and the others nothing", () => {
    const fields = (name: string, request: Partial<Request>) =>
      encoded({ ...asked, ...request }, name)["additionalModelRequestFields"]
    assert.deepStrictEqual(fields("openai.gpt-oss-120b-1:0", { reasoning: { effort: "high" } }), {
      reasoning_effort: "high"
    })
    assert.deepStrictEqual(fields("amazon.nova-2-lite-v1:0", { reasoning: { effort: "minimal" }, topK: 9 }), {
      inferenceConfig: { topK: 9 },
      reasoningConfig: { type: "enabled", maxReasoningEffort: "low" }
    })
    assert.deepStrictEqual(fields("amazon.nova-2-lite-v1:0", { reasoning: { enabled: false } }), {
      reasoningConfig: { type: "disabled" }
    })
    assert.isUndefined(fields("deepseek.r1-v1:0", { reasoning: { effort: "high" } }))
  })

  it("binds the answer to a schema, written as text", () =>
    assert.deepStrictEqual(encoded(cases.jsonSchema.request)["outputConfig"], {
      textFormat: {
        type: "json_schema",
        structure: {
          jsonSchema: { schema: JSON.stringify(cases.jsonSchema.request.responseFormat.schema), name: "answer" }
        }
      }
    }))

  it("asks Claude which stop sequence it was, and reads it", () => {
    assert.deepStrictEqual(encoded({ ...asked, stop: ["END"] })["additionalModelResponseFieldPaths"], [
      "/delta/stop_sequence"
    ])
    const fields = { additionalModelResponseFields: { delta: { stop_sequence: "END" } } }
    assert.strictEqual(protocol.decode({ ...whole([], "stop_sequence"), ...fields })?.stopSequence, "END")
    const stopped = event({ stopReason: "stop_sequence", ...fields }, "messageStop")
    assert.deepStrictEqual(protocol.reader().read(stopped), [
      { type: "finish", reason: "stop", raw: "stop_sequence", stopSequence: "END" }
    ])
  })

  it("caches up to where an Anthropic caller marked it, for the models that can", () => {
    const extra = { "anthropic-messages": { cache_control: { type: "ephemeral", ttl: "1h" } } }
    const marked: Request = {
      tools: [{ ...clock, extra }],
      messages: [{ role: "user", content: [{ type: "text", text: "long", extra }] }]
    }
    const point = { cachePoint: { type: "default", ttl: "1h" } }
    assert.deepStrictEqual(Json.at(encoded(marked), "messages", 0, "content"), [{ text: "long" }, point])
    assert.deepStrictEqual(Json.at(encoded(marked), "toolConfig", "tools", 1), point)
    const nova = encoded(marked, "amazon.nova-pro-v1:0")
    assert.deepStrictEqual(Json.at(nova, "messages", 0, "content", 1), point)
    assert.isUndefined(Json.at(nova, "toolConfig", "tools", 1))
    const other = encoded(marked, "deepseek.r1-v1:0")
    assert.deepStrictEqual(Json.at(other, "messages", 0, "content"), [{ text: "long" }])
  })

  it("hands on what only Bedrock knows", () => {
    const extra = { "bedrock-converse": { guardrailConfig: { guardrailIdentifier: "g" } } }
    assert.deepStrictEqual(encoded({ ...asked, extra })["guardrailConfig"], { guardrailIdentifier: "g" })
  })

  it("leaves out blank texts, which it would refuse", () =>
    assert.deepStrictEqual(
      encoded({
        messages: [{ role: "system", content: [{ type: "text", text: " " }] }, ...asked.messages]
      }),
      { messages: [{ role: "user", content: [{ text: "hi" }] }] }
    ))
})

describe("bedrock-converse, as it answers", () => {
  it("reads what the older InvokeModel packs of Anthropic's and Amazon's models, streamed and whole", () => {
    const recording = Recorded.all.find((one) => one.protocol === "bedrock_anthropic")!
    const { isComplete, isTerminated, malformed, parts } = Fold.read(protocol, Recorded.bytes(recording))
    assert.deepStrictEqual([isComplete, isTerminated, malformed], [true, true, 0])
    const folded = Fold.parts(parts)
    assert.strictEqual(folded.text, recording.expected.text)
    assert.strictEqual(folded.finishReason, recording.expected.finish_reason_norm)
    assert.deepStrictEqual(
      folded.toolCalls.map((call) => Json.parse(call.arguments)),
      recording.expected.tool_calls.map((call) => call.arguments_json)
    )
    const packed = text.stream.map((one) =>
      event({ bytes: Buffer.from(JSON.stringify({ [one.event!]: Json.parse(one.data) })).toString("base64") }, "chunk")
    )
    const nova = protocol.reader()
    const read = packed.flatMap((one) => {
      const said = nova.read(one)
      return said === "malformed" ? [] : said
    })
    assert.strictEqual(Fold.parts(read).text, text.expected.text)
    assert.isTrue(nova.isComplete())
    const body = { type: "message", content: [{ type: "text", text: "hi" }], usage: { input_tokens: 3 } }
    assert.deepStrictEqual(protocol.decode(body)?.content, [{ type: "text", text: "hi" }])
    assert.strictEqual(protocol.usage(body)?.inputTokens, 3)
  })

  it("reads the text completions that it packs of Anthropic's older models", () => {
    const packed = [
      { completion: "It", stop_reason: null },
      { completion: " is.", stop_reason: "stop_sequence" }
    ].map((one) => event({ bytes: Buffer.from(JSON.stringify(one)).toString("base64") }, "chunk"))
    const { isComplete, parts } = Fold.read(protocol, AwsFrames.bytes(packed))
    assert.deepStrictEqual(
      [Fold.parts(parts).text, Fold.parts(parts).finishReason, isComplete],
      ["It is.", "stop", true]
    )
  })

  it("carries the citations of a stream", () => {
    const citation = { title: "x", location: {} }
    const cited = event({ contentBlockIndex: 0, delta: { citation } }, "contentBlockDelta")
    assert.deepStrictEqual(protocol.reader().read(cited), [
      { type: "extra", dialect: "bedrock-converse", fields: { delta: { citation } } }
    ])
  })

  it("names the exception beside the error", () => {
    const { parts } = Fold.read(
      protocol,
      AwsFrames.bytes([event({ message: "No." }, "exception:modelStreamErrorException")])
    )
    assert.deepStrictEqual(parts, [
      { type: "error", body: '{"message":"No."}', event: "exception:modelStreamErrorException" }
    ])
  })

  it("calls a broken frame malformed", () => {
    const broken = AwsFrames.bytes([start])
    broken[broken.length - 1]! ^= 1
    assert.strictEqual(Fold.read(protocol, broken).malformed, 1)
  })

  it("reads text that comes with citations, and keeps blocks that it does not know", () => {
    const answer = protocol.decode(
      whole(
        [{ citationsContent: { content: [{ text: "So it is." }], citations: [{ title: "x" }] } }, { video: {} }],
        "end_turn"
      )
    )
    assert.deepStrictEqual(answer?.content, [
      { type: "text", text: "So it is.", extra: { "bedrock-converse": { citations: [{ title: "x" }] } } },
      { type: "text", text: "", extra: { "bedrock-converse": { block: { video: {} } } } }
    ])
  })

  it("carries metrics and traces under their own names", () =>
    assert.deepStrictEqual(protocol.decode({ ...whole([], "end_turn"), trace: { a: 1 } })?.extra, {
      "bedrock-converse": { trace: { a: 1 } }
    }))
})

describe("a call of nothing in a stream of Bedrock's", () => {
  it("gets an empty object where another block follows, and stays as it is where it is the last", () => {
    const reader = protocol.reader()
    const call = (index: number, ...pieces: ReadonlyArray<string>) => [
      opens(index, `t${index}`, "f"),
      ...pieces.map((piece) => input(index, piece)),
      closes(index)
    ]
    const parts = [start, ...call(0), ...call(1, '{"x":1}'), ...call(2), stop("max_tokens")].flatMap((frame) => {
      const read = reader.read(frame)
      return read === "malformed" ? assert.fail(frame.data) : read
    })
    const written = parts.flatMap((part) => (part.type === "toolCallDelta" ? [`${part.index} ${part.arguments}`] : []))
    assert.deepStrictEqual(written, ["0 {}", '1 {"x":1}'])
  })
})

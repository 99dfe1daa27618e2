/**
 * What the dialect of OpenAI's Responses writes, read by the official SDK: whole and streamed, and errors that must be raised.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import type { Response, StreamPart } from "@orelse/core/domain/Response"
import * as Whole from "@orelse/core/provider/protocols/Whole"
import { APIError } from "openai"
import { dialect } from "../../src/dialects/OpenAiResponses.ts"
import { answer, context, facts, streamed } from "./context.ts"
import * as Sdk from "./sdk.ts"

const seen: Sdk.Seen = {
  text: "Grüße 👋",
  reasoning: "Let me think.",
  toolCalls: [
    { id: "call_1", name: "get_weather", arguments: { city: "Köln" } },
    { id: "call_2", name: "get_time", arguments: {} }
  ],
  finish: "completed",
  usage: { input: 100, output: 20 }
}

const question = { model: "m", input: "?" }

describe("the openai SDK, speaking Responses", () => {
  it("reads a whole answer", async () => {
    const response = await Sdk.openai(JSON.stringify(dialect.response(answer, context)), false).responses.create(
      question
    )
    assert.deepStrictEqual(Sdk.responsesSeen(response), seen)
    assert.deepStrictEqual(
      [response.object, response.model, response.id],
      ["response", "smart", `resp_${context.callId}`]
    )
    assert.deepStrictEqual(response.usage, {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 64, cache_write_tokens: 6 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 12 },
      total_tokens: 120
    })
  })

  it("puts a stream together with its own accumulator", async () => {
    assert.deepStrictEqual(await Sdk.responsesStream(streamed(dialect, Whole.parts(answer))), seen)
  })

  it("finds at the end of a stream the answer that it would have got whole", async () => {
    const whole = JSON.stringify(dialect.response(answer, context))
    const stream = Sdk.openai(streamed(dialect, Whole.parts(answer)), true).responses.stream(question)
    const { output } = await stream.finalResponse()
    const { output: expected } = await Sdk.openai(whole, false).responses.create(question)
    // The SDK adds what it parsed itself.
    const plain = (items: unknown) =>
      JSON.stringify(items, (key, value: unknown) => (key.startsWith("parsed") ? undefined : value))
    assert.deepStrictEqual(JSON.parse(plain(output)), JSON.parse(plain(expected)))
  })

  it("reads an answer that was cut, by its reason", async () => {
    const cut = (reason: Response["finishReason"], raw?: string) => {
      const end: StreamPart =
        raw === undefined ? { type: "finish", reason: reason! } : { type: "finish", reason: reason!, raw }
      return Sdk.responsesStream(streamed(dialect, [{ type: "text", index: 0, text: "cut o" }, end]))
    }
    assert.strictEqual((await cut("length")).finish, "max_output_tokens")
    assert.strictEqual((await cut("content_filter")).finish, "content_filter")
    assert.strictEqual((await cut("unknown", "a-word-of-2031")).finish, "a-word-of-2031")
  })

  it("never takes an answer without a finish reason for a whole one", async () => {
    const open = await Sdk.responsesStream(streamed(dialect, [{ type: "text", index: 0, text: "x" }]))
    assert.deepStrictEqual([open.text, open.finish], ["x", "incomplete"])
  })

  it("reads calls that a provider writes at the same time", async () => {
    const parts: ReadonlyArray<StreamPart> = [
      { type: "toolCallStart", index: 0, id: "call_1", name: "f" },
      { type: "toolCallDelta", index: 0, arguments: '{"a"' },
      { type: "toolCallStart", index: 1, id: "call_2", name: "g" },
      { type: "toolCallDelta", index: 1, arguments: '{"b":' },
      { type: "toolCallDelta", index: 0, arguments: ":1}" },
      { type: "toolCallDelta", index: 1, arguments: "2}" },
      { type: "finish", reason: "tool_calls" }
    ]
    assert.deepStrictEqual((await Sdk.responsesStream(streamed(dialect, parts))).toolCalls, [
      { id: "call_1", name: "f", arguments: { a: 1 } },
      { id: "call_2", name: "g", arguments: { b: 2 } }
    ])
  })

  it("reads refusals, log probabilities and pictures", async () => {
    const logprobs = { content: [{ token: "x", bytes: [120], logprob: -0.5, top_logprobs: [] }], refusal: null }
    const mixed: Response = {
      content: [
        { type: "text", text: "x" },
        { type: "refusal", text: "I cannot." },
        { type: "image", mediaType: "image/jpeg", data: "iVBORw0KGgo=" }
      ],
      finishReason: "stop",
      logprobs
    }
    const body = JSON.stringify(dialect.response(mixed, context))
    const { output } = await Sdk.openai(body, false).responses.create(question)
    assert.deepStrictEqual(output[0]?.type === "message" && output[0].content, [
      { type: "output_text", text: "x", annotations: [], logprobs: logprobs.content },
      { type: "refusal", refusal: "I cannot." }
    ])
    assert.strictEqual(output[1]?.type === "image_generation_call" && output[1].result, "iVBORw0KGgo=")
    assert.strictEqual(Json.at(output[1], "output_format"), "jpeg")
    const stream = Sdk.openai(streamed(dialect, Whole.parts(mixed)), true).responses.stream(question)
    assert.deepStrictEqual(
      (await stream.finalResponse()).output.map((item) => item.type),
      ["message", "image_generation_call"]
    )
  })

  it("gets every event numbered, and no end but its own", () => {
    const text = streamed(dialect, Whole.parts(answer))
    const numbers = [...text.matchAll(/"sequence_number":(\d+)/g)].map(([, number]) => Number(number))
    assert.deepStrictEqual(
      numbers,
      numbers.map((_, at) => at)
    )
    assert.strictEqual(text.split("\n\n").length - 1, numbers.length)
    assert.match(text.split("\n\n").at(-2)!, /^event: response\.completed\n/)
  })

  it("raises an error that ends a stream, which then has no normal end", async () => {
    const writer = dialect.writer(context)
    const said = writer.write({ type: "text", index: 0, text: "cut o" })
    for (const error of [writer.error!(facts()), dialect.errorEvent(facts())]) {
      const text = `${said}${dialect.comment}${error}`
      assert.notInclude(text, "response.completed")
      const found = await Sdk.raised(async () =>
        Sdk.drain(await Sdk.openai(text, true).responses.create({ ...question, stream: true }))
      )
      assert.instanceOf(found, APIError)
      assert.include(found.message, "mine/m (key 1) answered 500")
      assert.instanceOf(await Sdk.raised(() => Sdk.responsesStream(text)), Error)
    }
  })

  it("ends bytes that passed through in the next number's error, and in a failed response", async () => {
    const passed = streamed(dialect, [
      { type: "start", id: "resp_theirs", created: 1_700_000_000 },
      { type: "text", index: 0, text: '"sequence_number":999' }
    ]).split("event: response.completed")[0]!
    const last = passed.split("\n\n").length - 2
    // As events come: several at once, after comments, as text or as bytes, and with spaces.
    const [first, ...rest] = passed.replaceAll('"sequence_number":', '"sequence_number": ').split(/(?<=\n\n)/)
    for (const seen of [[passed], [`: hi\n\n${first}`, Buffer.from(rest.join("")), ": hi\n\n"]]) {
      const follower = dialect.follow!(() => context)
      for (const bytes of seen) follower.see(bytes)
      const ending = follower.error(facts())
      const [error, failed] = ending
        .trimEnd()
        .split("\n\n")
        .map((event) => Json.parseObject(event.slice(event.indexOf("data: ") + 6)))
      assert.deepStrictEqual(
        [error?.["type"], error?.["sequence_number"], failed?.["type"], failed?.["sequence_number"]],
        ["error", last + 1, "response.failed", last + 2]
      )
      assert.deepInclude(failed?.["response"], {
        id: "resp_theirs",
        created_at: 1_700_000_000,
        status: "failed",
        error: { code: "server_error", message: "mine/m (key 1) answered 500" }
      })
      const text = `${passed}${ending}`
      const found = await Sdk.raised(async () =>
        Sdk.drain(await Sdk.openai(text, true).responses.create({ ...question, stream: true }))
      )
      assert.instanceOf(found, APIError)
      assert.include(found.message, "mine/m (key 1) answered 500")
    }
  })

  it("ends in an error and a failed response where nothing had passed", () => {
    const ending = dialect.follow!(() => context).error(facts({ status: 429 }))
    assert.deepStrictEqual(ending.match(/(?<=event: ).*|(?<="sequence_number":)\d+|"rate_limit_exceeded"/g), [
      "error",
      "0",
      "response.failed",
      "1",
      '"rate_limit_exceeded"'
    ])
    assert.include(ending, `"resp_${context.callId}"`)
  })

  it("raises an error of every status with its type and code", async () => {
    for (const [status, type] of [
      [400, "invalid_request_error"],
      [429, "rate_limit_error"],
      [502, "server_error"]
    ] as const) {
      const body = JSON.stringify(dialect.error(facts({ status, code: "some_code", param: "input" })))
      const error = await Sdk.raised(() => Sdk.openai(body, false, status).responses.create(question))
      assert.instanceOf(error, APIError)
      assert.deepStrictEqual([error.status, error.type, error.code, error.param], [status, type, "some_code", "input"])
    }
  })

  it("reads what it asked for in the answer, as OpenAI says it again", async () => {
    const request = dialect.request({
      model: "m",
      instructions: "Be brief.",
      input: "?",
      temperature: 0.5,
      metadata: { team: "a" },
      tools: [{ type: "function", name: "f", parameters: { type: "object" }, strict: true }],
      text: { format: { type: "json_object" }, verbosity: "low" }
    })
    if (request._tag === "Failure") return assert.fail(request.failure.message)
    const body = JSON.stringify(dialect.response(answer, { ...context, request: () => request.success }))
    const response = await Sdk.openai(body, false).responses.create(question)
    assert.deepStrictEqual([response.instructions, response.temperature], ["Be brief.", 0.5])
    assert.deepStrictEqual(response.metadata, { team: "a" })
    assert.deepStrictEqual(response.text, { format: { type: "json_object" }, verbosity: "low" })
    assert.deepStrictEqual([response.tools.length, response.tool_choice], [1, "auto"])
  })
})

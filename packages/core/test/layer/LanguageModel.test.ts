import { assert, describe, it } from "@effect/vitest"
import * as LanguageModel from "effect/ai/LanguageModel"
import * as Prompt from "effect/ai/Prompt"
import * as Tool from "effect/ai/Tool"
import * as Toolkit from "effect/ai/Toolkit"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import {
  ContextWindowExceeded,
  Overloaded,
  RateLimited,
  ServerError,
  StreamInterrupted
} from "../../src/domain/Reason.ts"
import type { StreamPart } from "../../src/domain/Response.ts"
import * as OrelseModel from "../../src/layer/LanguageModel.ts"
import * as Orelse from "../../src/layer/Orelse.ts"
import * as Demo from "../../src/provider/Demo.ts"
import type { Provider } from "../../src/provider/Provider.ts"
import * as Route from "../../src/route/Route.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

const ab = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")))
const busy = { fail: new Overloaded({ message: "busy" }) }

const serve = (route: Route.Route, ...providers: ReadonlyArray<Provider>) =>
  OrelseModel.layer(route).pipe(
    Layer.provide(Orelse.layer({ providers: Object.fromEntries(providers.map((one) => [one.id, one])) }))
  )

const requestOf = (provider: ScriptedProvider.ScriptedProvider, at = 0) =>
  Result.getOrThrow(provider.seen[at]!.input.call.request())

const Weather = Tool.make("weather", {
  description: "The weather in a city",
  parameters: Schema.Struct({ city: Schema.String }),
  success: Schema.String
})
const toolkit = Toolkit.make(Weather)

/** A handler that counts. */
const counted = () => {
  const cities: Array<string> = []
  const layer = toolkit.toLayer({
    weather: ({ city }) => Effect.sync(() => `sunny in ${cities[cities.push(city) - 1]}`)
  })
  return { cities, layer }
}

const toolStream = (...pieces: ReadonlyArray<string>): ReadonlyArray<StreamPart> => [
  { type: "start", id: "x", model: "m" },
  { type: "toolCallStart", index: 0, id: "call-1", name: "weather" },
  ...pieces.map((piece): StreamPart => ({ type: "toolCallDelta", index: 0, arguments: piece })),
  { type: "finish", reason: "tool_calls" },
  { type: "usage", usage: { inputTokens: 10, outputTokens: 5, cachedTokens: 4 } }
]

describe("LanguageModel.layer", () => {
  it.effect("answers from the next target, and says who served it", () => {
    const a = ScriptedProvider.make("a", [busy])
    const b = ScriptedProvider.make("b", [{ answer: "hello", usage: { inputTokens: 3, outputTokens: 1 } }])
    return Effect.gen(function* () {
      const response = yield* LanguageModel.generateText({ prompt: "Hi" })
      assert.strictEqual(response.text, "hello")
      assert.strictEqual(response.usage.inputTokens.total, 3)
      const finish = response.content.find((part) => part.type === "finish")
      assert.deepInclude(finish?.metadata["orelse"], { provider: "b", attempts: 2, fellBack: true })
    }).pipe(Effect.provide(serve(ab, a, b)))
  })

  it.effect("decodes an object, and tells the provider its schema", () => {
    const a = ScriptedProvider.make("a", [{ answer: '{"name":"Ada","age":36}' }])
    return Effect.gen(function* () {
      const schema = Schema.Struct({ name: Schema.String, age: Schema.Number })
      const { value } = yield* LanguageModel.generateObject({ prompt: "Who?", schema, objectName: "person" })
      assert.deepStrictEqual(value, { name: "Ada", age: 36 })
      const format = requestOf(a).responseFormat
      assert.deepInclude(format, { type: "jsonSchema", name: "person" })
      assert.deepInclude(format?.type === "jsonSchema" ? format.schema["properties"] : {}, { name: { type: "string" } })
    }).pipe(Effect.provide(serve(ab, a)))
  })

  it.effect("runs a tool's handler once when the call fell back before it answered", () => {
    const { cities, layer } = counted()
    const route = Route.target("demo/down").pipe(Route.orElse(Route.target("demo/echo")))
    return Effect.gen(function* () {
      const response = yield* LanguageModel.generateText({ prompt: "Paris", toolkit })
      assert.deepStrictEqual(cities, ["Paris"])
      assert.deepStrictEqual(
        response.toolResults.map((one) => one.result),
        ["sunny in Paris"]
      )
      assert.strictEqual(response.finishReason, "tool-calls")
    }).pipe(Effect.provide([serve(route, Demo.make()), layer]))
  })

  it.effect("runs it once when a stream is asked for again before its first content", () => {
    const { cities, layer } = counted()
    const failing = { fail: new ServerError({ message: "boom", status: 500 }) }
    const a = ScriptedProvider.make("a", [failing, failing, { stream: toolStream('{"ci', 'ty":"Rome"}') }])
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Stream.runCollect(LanguageModel.streamText({ prompt: "Rome?", toolkit })))
      yield* TestClock.adjust("1 minute")
      const parts = yield* Fiber.join(fiber)
      assert.deepStrictEqual(cities, ["Rome"])
      assert.strictEqual(a.seen.length, 3)
      assert.deepStrictEqual(
        parts.map((part) => part.type),
        [
          "response-metadata",
          "tool-params-start",
          "tool-params-delta",
          "tool-params-delta",
          "tool-params-end",
          "tool-call",
          "tool-result",
          "finish"
        ]
      )
      const finish = parts.at(-1)
      assert.strictEqual(finish?.type === "finish" ? finish.usage.inputTokens.uncached : undefined, 6)
    }).pipe(Effect.provide([serve(Route.target("a/m"), a), layer]))
  })

  it.effect("tells the provider tools and choice as JSON Schema", () => {
    const { layer } = counted()
    const a = ScriptedProvider.make("a", [{ answer: "no tool" }])
    return Effect.gen(function* () {
      // What a toolkit's handlers need is `any` in effect's own types.
      // @effect-diagnostics-next-line anyUnknownInErrorContext:off
      yield* LanguageModel.generateText({ prompt: "Hi", toolkit, toolChoice: { tool: "weather" } })
      const { toolChoice, tools } = requestOf(a)
      assert.deepStrictEqual(toolChoice, { name: "weather" })
      assert.deepInclude(tools?.[0], { name: "weather", description: "The weather in a city" })
      assert.deepInclude(tools?.[0]?.parameters, { type: "object", required: ["city"] })
    }).pipe(Effect.provide([serve(ab, a), layer]))
  })

  it.effect("streams blocks with beginnings and ends", () => {
    const a = ScriptedProvider.make("a", [
      {
        stream: [
          { type: "reasoning", index: 0, text: "hm" },
          { type: "reasoning", index: 0, text: "", signature: "s1" },
          { type: "text", index: 1, text: "one " },
          { type: "text", index: 1, text: "two" },
          { type: "finish", reason: "stop" }
        ]
      },
      { answer: "ok" }
    ])
    return Effect.gen(function* () {
      const parts = yield* Stream.runCollect(LanguageModel.streamText({ prompt: "Hi" }))
      assert.deepStrictEqual(
        parts.map((part) => ("delta" in part ? `${part.type} ${part.delta}` : part.type)),
        [
          "reasoning-start",
          "reasoning-delta hm",
          "reasoning-end",
          "text-start",
          "text-delta one ",
          "text-delta two",
          "text-end",
          "finish"
        ]
      )
      const again = Prompt.fromResponseParts(parts)
      yield* LanguageModel.generateText({ prompt: again })
      assert.deepStrictEqual(requestOf(a, 1).messages[0]?.content, [
        { type: "reasoning", text: "hm", signature: "s1" },
        { type: "text", text: "one two" }
      ])
    }).pipe(Effect.provide(serve(Route.target("a/m"), a)))
  })

  it.effect("carries a conversation with files and tool results", () => {
    const a = ScriptedProvider.make("a", [{ answer: "ok" }])
    return Effect.gen(function* () {
      yield* LanguageModel.generateText({
        prompt: [
          { role: "system", content: "Be brief" },
          {
            role: "user",
            content: [
              { type: "text", text: "What is it?" },
              { type: "file", mediaType: "image/png", data: new Uint8Array([1, 2, 3]) },
              { type: "file", mediaType: "application/pdf", data: new URL("https://example.com/a.pdf"), fileName: "a" },
              { type: "file", mediaType: "audio/wav", data: "data:audio/wav;base64,AAAA" }
            ]
          },
          { role: "assistant", content: [{ type: "tool-call", id: "1", name: "weather", params: { city: "Rome" } }] },
          {
            role: "tool",
            content: [{ type: "tool-result", id: "1", name: "weather", isFailure: true, result: { why: "no idea" } }]
          }
        ]
      })
      assert.deepStrictEqual(requestOf(a).messages, [
        { role: "system", content: [{ type: "text", text: "Be brief" }] },
        {
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image", mediaType: "image/png", data: "AQID" },
            { type: "document", mediaType: "application/pdf", url: "https://example.com/a.pdf", name: "a" },
            { type: "audio", mediaType: "audio/wav", data: "AAAA" }
          ]
        },
        {
          role: "assistant",
          content: [{ type: "toolCall", id: "1", name: "weather", arguments: '{"city":"Rome"}' }]
        },
        {
          role: "tool",
          toolCallId: "1",
          name: "weather",
          content: [{ type: "text", text: '{"why":"no idea"}' }],
          isError: true
        }
      ])
    }).pipe(Effect.provide(serve(ab, a)))
  })
})

describe("LanguageModel.layer, when nothing answers", () => {
  it.effect("says how long to wait when every attempt was rate limited", () => {
    const limited = { fail: new RateLimited({ message: "slow down", retryAfter: Duration.minutes(5) }) }
    return Effect.gen(function* () {
      const error = yield* Effect.flip(LanguageModel.generateText({ prompt: "Hi" }))
      assert.strictEqual(error.reason._tag, "RateLimitError")
      assert.deepStrictEqual(error.retryAfter, Duration.minutes(5))
    }).pipe(Effect.provide(serve(ab, ScriptedProvider.make("a", [limited]), ScriptedProvider.make("b", [limited]))))
  })

  it.effect("fails as a request that cannot be met, with the call's id, when the context window is full", () => {
    const full = { fail: new ContextWindowExceeded({ message: "too long" }) }
    return Effect.gen(function* () {
      const { reason } = yield* Effect.flip(LanguageModel.generateText({ prompt: "Hi" }))
      assert.strictEqual(reason._tag, "InvalidRequestError")
      assert.deepInclude("metadata" in reason ? reason.metadata["orelse"] : {}, {
        reason: "RequestRejected",
        attempts: 1
      })
    }).pipe(Effect.provide(serve(Route.target("a/m"), ScriptedProvider.make("a", [full]))))
  })

  it.effect("fails after the parts that came when the stream is cut, and asks nobody else", () => {
    const cut = new StreamInterrupted({ message: "cut", contentSent: true })
    const a = ScriptedProvider.make("a", [{ stream: [{ type: "text", index: 0, text: "half" }], thenFail: cut }])
    const b = ScriptedProvider.make("b", [{ answer: "other" }])
    return Effect.gen(function* () {
      const seen: Array<string> = []
      const error = yield* LanguageModel.streamText({ prompt: "Hi" }).pipe(
        Stream.runForEach((part) => Effect.sync(() => void seen.push(part.type))),
        Effect.flip
      )
      assert.deepStrictEqual(seen, ["text-start", "text-delta"])
      assert.strictEqual(error.reason._tag, "InvalidResponseError")
      assert.strictEqual(b.seen.length, 0)
    }).pipe(Effect.provide(serve(ab, a, b)))
  })

  it.effect("hangs up when its fiber is interrupted", () => {
    const a = ScriptedProvider.make("a", [{ hang: true }])
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(LanguageModel.generateText({ prompt: "Hi" }))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(a.open(), 1)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(a.open(), 0)
    }).pipe(Effect.provide(serve(ab, a)))
  })

  it.effect("refuses what a route cannot carry, before anything is sent", () => {
    const a = ScriptedProvider.make("a", [{ answer: "ok" }])
    return Effect.gen(function* () {
      const error = yield* Effect.flip(
        LanguageModel.generateText({
          prompt: [
            {
              role: "assistant",
              content: [{ type: "tool-call", id: "1", name: "search", params: {}, providerExecuted: true }]
            }
          ]
        })
      )
      assert.include(error.message, "ran itself")
      assert.strictEqual(a.seen.length, 0)
    }).pipe(Effect.provide(serve(ab, a)))
  })
})

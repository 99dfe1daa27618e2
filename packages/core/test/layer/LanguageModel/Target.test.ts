import { assert, describe, it } from "@effect/vitest"
import * as AiError from "effect/ai/AiError"
import * as LanguageModel from "effect/ai/LanguageModel"
import type * as AiResponse from "effect/ai/Response"
import * as Tool from "effect/ai/Tool"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type { Attempt } from "../../../src/domain/Attempt.ts"
import type { AttemptError } from "../../../src/domain/AttemptError.ts"
import type { CallError } from "../../../src/domain/CallError.ts"
import type { Entry } from "../../../src/domain/Entry.ts"
import * as Request from "../../../src/domain/Request.ts"
import type { StreamPart } from "../../../src/domain/Response.ts"
import * as OrelseModel from "../../../src/layer/LanguageModel.ts"
import * as ToParts from "../../../src/layer/LanguageModel/ToParts.ts"
import * as Orelse from "../../../src/layer/Orelse.ts"
import type { Provider } from "../../../src/provider/Provider.ts"
import * as Route from "../../../src/route/Route.ts"
import type { Router } from "../../../src/route/Router.ts"
import { Recorder } from "../../../src/target/Recorder.ts"
import * as ScriptedProvider from "../../../src/testing/ScriptedProvider.ts"

const usage = {
  inputTokens: { total: 7, uncached: 5, cacheRead: 2, cacheWrite: undefined },
  outputTokens: { total: 3, text: 2, reasoning: 1 }
}
const finish = { type: "finish", reason: "stop", usage } as const
const delta = (text: string) => ({ type: "text-delta", id: "t", delta: text }) as const
const fail = (reason: AiError.AiErrorReason) => Effect.fail(AiError.make({ module: "m", method: "m", reason }))

interface Script {
  readonly text?: (
    asked: LanguageModel.ProviderOptions
  ) => Effect.Effect<Array<AiResponse.PartEncoded>, AiError.AiError>
  readonly stream?: Stream.Stream<AiResponse.StreamPartEncoded, AiError.AiError>
}

/** A model of `effect/ai` by script. */
const modelOf = (script: Script) =>
  Layer.effect(
    LanguageModel.LanguageModel,
    LanguageModel.make({
      generateText: script.text ?? (() => Effect.die("not scripted")),
      streamText: () => script.stream ?? Stream.die("not scripted")
    })
  )

/** Runs on a router over the model `ai/one` and other providers. */
const over =
  (script: Script, ...others: ReadonlyArray<Provider>) =>
  <A, E>(effect: Effect.Effect<A, E, Router>) =>
    Effect.scoped(
      Effect.gen(function* () {
        const ai = yield* OrelseModel.fromLayers("ai", { one: modelOf(script) })
        const providers = Object.fromEntries([ai, ...others].map((provider) => [provider.id, provider]))
        return yield* Effect.provide(effect, Orelse.layer({ providers }))
      })
    )

const one = Route.target("ai/one")
const reasonOf = (error: CallError | AttemptError) =>
  error._tag === "CallError" ? error.attempts.at(-1)?.reason : error.reason._tag

/** What goes on record. */
const recorded = () => {
  const attempts: Array<Attempt> = []
  const append = (entry: Entry) => Effect.sync(() => void (entry._tag === "AttemptEnd" && attempts.push(entry.attempt)))
  return { attempts, recorder: Effect.provideService(Recorder, { ...Recorder.none, append }) }
}

describe("LanguageModel.fromLayers", () => {
  it.effect("makes a model of effect/ai a target that answers", () =>
    Effect.gen(function* () {
      const { response, served } = yield* Orelse.run(one, "Hi")
      assert.deepStrictEqual(response, {
        id: "r1",
        model: "m-2026",
        content: [
          { type: "reasoning", text: "hm" },
          { type: "text", text: "hello" }
        ],
        finishReason: "stop",
        usage: { inputTokens: 7, outputTokens: 3, cachedTokens: 2, reasoningTokens: 1 }
      })
      assert.deepInclude(served, { provider: "ai", model: "one", attempts: 1 })
    }).pipe(
      over({
        text: () =>
          Effect.succeed([
            { type: "response-metadata", id: "r1", modelId: "m-2026" },
            { type: "reasoning", text: "hm" },
            { type: "text", text: "hello" },
            finish
          ])
      })
    )
  )

  it.effect("falls back from it to another provider, and keeps its wait", () => {
    const b = ScriptedProvider.make("b", [{ answer: "from b" }])
    const limited = fail(new AiError.RateLimitError({ retryAfter: Duration.minutes(1) }))
    return Effect.gen(function* () {
      const { served, text } = yield* Orelse.run(one.pipe(Route.orElse(Route.target("b/m"))), "Hi")
      assert.strictEqual(text, "from b")
      assert.isTrue(served.wasRateLimited)
      const error = yield* Effect.flip(Orelse.run(one, "Hi"))
      assert.strictEqual(error.reason._tag, "NoTarget")
    }).pipe(over({ text: () => limited }, b))
  })

  describe("that breaks", () => {
    const broken = new TypeError("Cannot read properties of undefined (reading 'choices')")
    const throws = (): never => {
      throw broken
    }
    const ways: ReadonlyArray<readonly [string, Script]> = [
      ["throws", { text: throws }],
      ["dies", { text: () => Effect.die(broken) }]
    ]
    const streams: ReadonlyArray<readonly [string, Script]> = [
      ["throws", { stream: Stream.suspend(throws) }],
      ["dies", { stream: Stream.die(broken) }]
    ]
    for (const [stream, scripts] of [
      [false, ways],
      [true, streams]
    ] as const)
      for (const [how, script] of scripts)
        it.effect(
          `is a failed attempt, ${stream ? "streamed" : "whole"}, and the next one answers where it ${how}`,
          () => {
            const b = ScriptedProvider.make("b", [{ answer: "from b" }])
            const { attempts, recorder } = recorded()
            const route = one.pipe(Route.orElse(Route.target("b/m")))
            const asked = stream
              ? Effect.map(Stream.runCollect(Orelse.stream(route, "Hi")), (parts) => JSON.stringify(parts))
              : Effect.map(Orelse.run(route, "Hi"), ({ text }) => text)
            return Effect.gen(function* () {
              const fiber = yield* Effect.forkChild(asked)
              yield* TestClock.adjust("1 minute")
              assert.include(yield* Fiber.join(fiber), "from b")
              const ends = attempts.map(({ outcome, reason }) => [outcome, reason])
              assert.deepStrictEqual(ends, [
                ["failed", "UnknownFailure"],
                ["failed", "UnknownFailure"],
                ["answered", undefined]
              ])
              assert.include(attempts[0]?.message, "Cannot read properties")
            }).pipe(over(script, b), recorder)
          }
        )

    it.effect("ends its stream in an error where that had begun", () => {
      const { attempts, recorder } = recorded()
      return Effect.gen(function* () {
        const error = yield* Effect.flip(Stream.runDrain(Orelse.stream(one, "Hi")))
        assert.strictEqual(reasonOf(error), "UnknownFailure")
        assert.deepStrictEqual([attempts[0]?.outcome, attempts[0]?.reason], ["failed", "UnknownFailure"])
      }).pipe(
        over({
          stream: Stream.concat(
            Stream.make({ type: "text-start", id: "t" } as const, delta("Hal")),
            Stream.suspend(throws)
          )
        }),
        recorder
      )
    })
  })

  it.effect("hands tools and their calls through, and runs none", () => {
    let asked: LanguageModel.ProviderOptions | undefined
    const request: Request.Request = {
      ...Request.text("Rome?"),
      tools: [{ name: "weather", description: "of a city", parameters: { type: "object", properties: { city: {} } } }],
      toolChoice: { name: "weather" }
    }
    return Effect.gen(function* () {
      const { response } = yield* Orelse.run(one, request)
      assert.deepStrictEqual(response.content, [
        { type: "toolCall", id: "c1", name: "weather", arguments: '{"city":"Rome"}' }
      ])
      assert.deepStrictEqual(asked?.toolChoice, { tool: "weather" })
      assert.deepStrictEqual(
        asked?.tools.map((tool) => [tool.name, Tool.getDescription(tool), Tool.getJsonSchema(tool)]),
        [["weather", "of a city", { type: "object", properties: { city: {} } }]]
      )
    }).pipe(
      over({
        text: (options) => {
          asked = options
          return Effect.succeed([
            { type: "tool-call", id: "c1", name: "weather", params: { city: "Rome" } },
            { ...finish, reason: "tool-calls" }
          ])
        }
      })
    )
  })

  it.effect("carries a conversation, with the name of the tool at its result", () => {
    let prompt: unknown
    const messages: Request.Request["messages"] = [
      { role: "system", content: [{ type: "text", text: "Be brief" }] },
      { role: "user", content: [{ type: "image", mediaType: "image/png", data: "AQID" }] },
      { role: "assistant", content: [{ type: "toolCall", id: "c1", name: "weather", arguments: '{"city":"Rome"}' }] },
      { role: "tool", toolCallId: "c1", content: [{ type: "text", text: "sunny" }] }
    ]
    return Effect.gen(function* () {
      yield* Orelse.run(one, { messages })
      assert.deepStrictEqual(prompt, [
        ["system", "Be brief"],
        ["user", "file", "image/png"],
        ["assistant", "tool-call", "weather"],
        ["tool", "tool-result", "weather"]
      ])
    }).pipe(
      over({
        text: (options) => {
          prompt = options.prompt.content.map((message) => {
            if (message.role === "system") return ["system", message.content]
            const [part] = message.content
            return [
              message.role,
              part?.type,
              part?.type === "file" ? part.mediaType : part && "name" in part && part.name
            ]
          })
          return Effect.succeed([{ type: "text", text: "ok" }, finish])
        }
      })
    )
  })

  it.effect("refuses what effect/ai has no words for, so that the route moves on", () => {
    const b = ScriptedProvider.make("b", [{ answer: "from b" }])
    return Effect.gen(function* () {
      const { served } = yield* Orelse.run(one.pipe(Route.orElse(Route.target("b/m"))), Request.text("Hi", { n: 2 }))
      assert.deepInclude(served, { provider: "b", attempts: 2 })
    }).pipe(over({}, b))
  })

  it.effect("names its models when it is asked for another", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Orelse.run(Route.target("ai/two"), "Hi"))
      assert.strictEqual(reasonOf(error), "ModelNotFound")
      assert.include(error.message, 'ai has no model "two"; it has one')
    }).pipe(over({}))
  )
})

describe("LanguageModel.fromLayers, streamed", () => {
  it.effect("is committed on its first content and reads on as parts come", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Stream.runCollect(Orelse.stream(one, "Hi")))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* Fiber.join(fiber), [
        { type: "start", id: "r1" },
        { type: "text", index: 0, text: "one " },
        { type: "text", index: 0, text: "two" },
        { type: "toolCallStart", index: 1, id: "c1", name: "weather" },
        { type: "toolCallDelta", index: 1, arguments: '{"city":"Rome"}' },
        { type: "finish", reason: "stop" },
        { type: "usage", usage: { inputTokens: 7, outputTokens: 3, cachedTokens: 2, reasoningTokens: 1 } }
      ])
    }).pipe(
      over({
        stream: Stream.make(
          { type: "response-metadata", id: "r1" } as const,
          { type: "text-start", id: "t" } as const,
          delta("one "),
          delta("two"),
          { type: "text-end", id: "t" } as const,
          { type: "tool-call", id: "c1", name: "weather", params: { city: "Rome" } } as const,
          finish
        ).pipe(Stream.tap(() => Effect.sleep("1 second")))
      })
    )
  )

  it.effect("keeps the proof of a streamed call where the model is a route itself", () => {
    const call: ReadonlyArray<StreamPart> = [
      { type: "toolCallStart", index: 0, id: "call_1", name: "f", signature: "s1" },
      { type: "toolCallDelta", index: 0, arguments: "{}" },
      { type: "finish", reason: "tool_calls" }
    ]
    const writer = ToParts.writer({})
    const parts = [...call.flatMap((part) => writer.write(part)), ...writer.end()]
    return Effect.gen(function* () {
      const read = yield* Stream.runCollect(Orelse.stream(one, "Hi"))
      assert.deepStrictEqual(read.slice(0, 3), call)
    }).pipe(over({ stream: Stream.fromIterable(parts) }))
  })

  it.effect("falls back before its first content, and not after", () => {
    const failing = Stream.fromEffect(fail(new AiError.InternalProviderError({ description: "overloaded" })))
    const b = ScriptedProvider.make("b", [
      {
        stream: [
          { type: "text", index: 0, text: "from b" },
          { type: "finish", reason: "stop" }
        ]
      }
    ])
    const route = one.pipe(Route.orElse(Route.target("b/m")))
    return Effect.gen(function* () {
      const before = Stream.concat(Stream.make({ type: "text-start", id: "t" } as const), failing)
      const opened = yield* Effect.forkChild(over({ stream: before }, b)(Stream.runCollect(Orelse.stream(route, "Hi"))))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual((yield* Fiber.join(opened))[0], { type: "text", index: 0, text: "from b" })

      const after = Stream.concat(Stream.make({ type: "text-start", id: "t" } as const, delta("half")), failing)
      const asked = b.seen.length
      const error = yield* Effect.flip(over({ stream: after }, b)(Stream.runDrain(Orelse.stream(route, "Hi"))))
      assert.strictEqual(error._tag, "AttemptError")
      assert.strictEqual(b.seen.length, asked)
    })
  })

  it.effect("fails where the stream ends without its finish", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Stream.runDrain(Orelse.stream(one, "Hi")))
      assert.strictEqual(reasonOf(error as AttemptError), "StreamInterrupted")
    }).pipe(over({ stream: Stream.make({ type: "text-start", id: "t" } as const, delta("half")) }))
  )

  it.effect("waits for a reader that takes longer than the idle clock", () =>
    Effect.gen(function* () {
      const texts = Stream.filter(Orelse.stream(one, "Hi"), (part) => part.type === "text")
      const fiber = yield* Effect.forkChild(Stream.runCount(Stream.tap(texts, () => Effect.sleep("1 second"))))
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(yield* Fiber.join(fiber), 300)
    }).pipe(
      over({
        stream: Stream.fromIterable([
          { type: "text-start", id: "t" } as const,
          ...Array.from({ length: 300 }, (_, index) => delta(`${index} `)),
          { type: "text-end", id: "t" } as const,
          finish
        ]).pipe(Stream.rechunk(1))
      })
    )
  )

  it.effect("closes the model's stream when its reader stops", () => {
    let closed = 0
    const stream = Stream.concat(
      Stream.make({ type: "text-start", id: "t" } as const, delta("one")),
      Stream.never
    ).pipe(Stream.ensuring(Effect.sync(() => void (closed += 1))))
    return Effect.gen(function* () {
      yield* Stream.runCollect(Stream.take(Orelse.stream(one, "Hi"), 1))
      assert.strictEqual(closed, 1)
    }).pipe(over({ stream }))
  })
})

describe("LanguageModel.fromLayers, on record", () => {
  it.effect("has its first content and what had come, where a stream is left", () => {
    const { attempts, recorder } = recorded()
    const pieces = Array.from({ length: 100 }, () => delta("four"))
    return Effect.gen(function* () {
      const left = Stream.runDrain(Stream.take(Orelse.stream(one, "eight ch"), 50))
      const fiber = yield* Effect.forkChild(left)
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.join(fiber)
      assert.strictEqual(attempts[0]?.outcome, "cancelled")
      assert.strictEqual(attempts[0]?.firstContentMs, 2000)
      assert.deepStrictEqual(attempts[0]?.usage, { inputTokens: 6, outputTokens: 50 })
    }).pipe(
      over({
        stream: Stream.fromIterable([{ type: "text-start", id: "t" } as const, ...pieces]).pipe(
          Stream.rechunk(1),
          Stream.tap(() => Effect.sleep("1 second"))
        )
      }),
      recorder
    )
  })

  it.effect("teaches `fastest` which of two models is quick", () =>
    Effect.gen(function* () {
      const after = (time: Duration.Input) =>
        modelOf({ text: () => Effect.delay(Effect.succeed([{ type: "text", text: "hello" }, finish]), time) })
      const ai = yield* OrelseModel.fromLayers("ai", { slow: after("20 seconds"), quick: after("1 second") })
      const route = Route.balance("fastest", [Route.target("ai/slow"), Route.target("ai/quick")])
      const asked = Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Orelse.run(route, "Hi"))
        yield* TestClock.adjust("20 seconds")
        return (yield* Fiber.join(fiber)).served.model
      })
      const models = yield* Effect.provide(Effect.all([asked, asked, asked]), Orelse.layer({ providers: { ai } }))
      assert.deepStrictEqual(models, ["slow", "quick", "quick"])
    }).pipe(Effect.scoped)
  )
})

describe("LanguageModel.fromLayers, reading failures", () => {
  const http = (status: number, body: string) => ({
    response: { status, headers: {} },
    body
  })
  const cases: ReadonlyArray<readonly [string, AiError.AiErrorReason, string]> = [
    ["an empty account", new AiError.QuotaExhaustedError({}), "QuotaExhausted"],
    ["a wrong key", new AiError.AuthenticationError({ kind: "InvalidKey" }), "Unauthenticated"],
    ["a key without rights", new AiError.AuthenticationError({ kind: "InsufficientPermissions" }), "PermissionDenied"],
    ["a refusal", new AiError.ContentPolicyError({ description: "no" }), "ContentFiltered"],
    ["a bad request", new AiError.InvalidRequestError({ description: "bad" }), "InvalidRequest"],
    [
      "a full context window, by the provider's words",
      new AiError.InvalidRequestError({
        http: http(
          400,
          '{"error":{"message":"This model\'s maximum context length is 8192 tokens","code":"context_length_exceeded"}}'
        )
      }),
      "ContextWindowExceeded"
    ],
    ["an answer that is none", new AiError.InvalidOutputError({ description: "no JSON" }), "MalformedResponse"]
  ]
  for (const [what, reason, expected] of cases) {
    it.effect(`reads ${what} as ${expected}`, () =>
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.flip(Orelse.run(one, "Hi")))
        yield* TestClock.adjust("2 minutes")
        assert.strictEqual(reasonOf(yield* Fiber.join(fiber)), expected)
      }).pipe(over({ text: () => fail(reason) }))
    )
  }

  const answered = (status: number, message: object) =>
    AiError.reasonFromHttpStatus({
      status,
      http: { response: { status, headers: { "retry-after": "7" } }, body: JSON.stringify({ error: message }) },
      description: "as effect's own packages build it"
    })
  const counted = (reason: AiError.AiErrorReason) => {
    const times: Array<number> = []
    const text = () =>
      Effect.clockWith((clock) => {
        times.push(clock.currentTimeMillisUnsafe())
        return fail(reason)
      })
    return { times, text }
  }

  for (const status of [429, 503]) {
    it.effect(`asks no sooner again than the header of a ${status} asks for`, () => {
      const { text, times } = counted(answered(status, { message: "slow down" }))
      return Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.flip(Orelse.run(one, "Hi")))
        yield* TestClock.adjust("6999 millis")
        assert.deepStrictEqual(times, [0])
        yield* TestClock.adjust("2 minutes")
        const error = yield* Fiber.join(fiber)
        assert.isAbove(times.length, 1)
        assert.deepInclude(error.attempts[0], { status, retryAfterMs: 7000 })
      }).pipe(over({ text }))
    })
  }

  it.effect("asks an empty account once, although it answers 429", () => {
    const { text, times } = counted(
      answered(429, {
        message: "You exceeded your current quota",
        type: "insufficient_quota",
        code: "insufficient_quota"
      })
    )
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.flip(Orelse.run(one, "Hi")))
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(reasonOf(yield* Fiber.join(fiber)), "QuotaExhausted")
      assert.deepStrictEqual(times, [0])
    }).pipe(over({ text }))
  })

  it.effect("takes out of a failure what the provider repeats of the request", () => {
    const spoken = "the patient in room nine has a cough"
    const { text } = counted(answered(418, { message: `no: ${spoken}` }))
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.flip(Orelse.run(one, spoken)))
      yield* TestClock.adjust("2 minutes")
      assert.notInclude(JSON.stringify((yield* Fiber.join(fiber)).attempts), "room nine")
    }).pipe(over({ text }))
  })
})

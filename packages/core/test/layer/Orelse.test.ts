import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import * as TestClock from "effect/testing/TestClock"
import type { Attempt } from "../../src/domain/Attempt.ts"
import type { Entry } from "../../src/domain/Entry.ts"
import { Overloaded, QuotaExhausted, StreamInterrupted } from "../../src/domain/Reason.ts"
import * as Request from "../../src/domain/Request.ts"
import * as Cost from "../../src/layer/Cost.ts"
import * as Orelse from "../../src/layer/Orelse.ts"
import * as Demo from "../../src/provider/Demo.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"
import { Recorder } from "../../src/target/Recorder.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

const ab = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")))
const text = (text: string) => ({ type: "text", index: 0, text }) as const
const finish = { type: "finish", reason: "stop" } as const
const busy = { fail: new Overloaded({ message: "busy" }) }

describe("Orelse.run", () => {
  it.effect("answers from the next target, with the text and who served it", () => {
    const a = ScriptedProvider.make("a", [busy])
    const b = ScriptedProvider.make("b", [{ answer: "hello" }])
    return Effect.gen(function* () {
      const answered = yield* Orelse.run(ab, "hi")
      assert.strictEqual(answered.text, "hello")
      assert.deepInclude(answered.served, { provider: "b", attempts: 2, fellBack: true })
      assert.strictEqual(a.seen.length, 1)
    }).pipe(Effect.provide(Orelse.layer({ providers: { a, b } })))
  })

  it.effect("asks the cheapest of a balance first, by the prices that its providers declare", () => {
    const priced = (id: string, price: number) =>
      ScriptedProvider.make(id, [{ answer: id }], { models: { m: { inputPrice: price, outputPrice: price } } })
    return Effect.gen(function* () {
      const route = Route.balance("cheapest", [Route.target("dear/m"), Route.target("low/m")])
      assert.strictEqual((yield* Orelse.run(route, "hi")).text, "low")
    }).pipe(Effect.provide(Orelse.layer({ providers: { dear: priced("dear", 10), low: priced("low", 1) } })))
  })

  it.effect(
    "counts what it sends against a provider's limit of tokens; what is larger than all of it goes alone",
    () => {
      const limits = { tokens: { limit: 1000, window: Duration.minutes(1) } }
      const a = ScriptedProvider.make("a", [{ answer: "a" }], { limits })
      const b = ScriptedProvider.make("b", [{ answer: "b" }])
      return Effect.gen(function* () {
        const ask = (characters: number) => Orelse.run(ab, "x".repeat(characters))
        assert.strictEqual((yield* ask(2_000)).text, "a")
        assert.strictEqual((yield* ask(2_000)).text, "b")
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* ask(400_000)).text, "a")
        assert.strictEqual((yield* ask(10)).text, "b")
      }).pipe(Effect.provide(Orelse.layer({ providers: { a, b } })))
    }
  )

  it.effect("keeps to the policy's clocks where a provider's own are undefined", () => {
    const timeouts = { connect: undefined, firstContent: undefined, idle: undefined, total: undefined }
    const a = ScriptedProvider.make("a", [{ hang: true }], { timeouts })
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.flip(Orelse.run(Route.target("a/m"), "hi", { attempts: 1 })))
      yield* TestClock.adjust("1 minute")
      assert.include((yield* Fiber.join(fiber)).message, "no content within 60000 ms")
    }).pipe(Effect.provide(Orelse.layer({ providers: { a } })))
  })

  it.effect("dies of a call that may make no attempt, and says so", () =>
    Effect.gen(function* () {
      for (const attempts of [0, Number.NaN]) {
        const exit = yield* Effect.exit(Orelse.run(ab, "hi", { attempts }))
        assert.include(String(exit), `attempts must be at least 1, got ${attempts}`)
      }
    }).pipe(Effect.provide(Orelse.layer({ providers: {} })))
  )

  it.effect(
    "puts a call on record under the named route or the target that it asks, and names that in its error",
    () => {
      const starts: Array<unknown> = []
      const append = (entry: Entry) =>
        Effect.sync(() => void (entry._tag === "CallStart" && starts.push([entry.route, entry.model])))
      const smart = Route.route("smart").pipe(Route.deadline("1 minute"), Route.budget({ attempts: 1 }))
      return Effect.gen(function* () {
        const error = yield* Effect.flip(Orelse.run(smart, "hi"))
        assert.include(error.message, '"smart" failed after 1 attempt')
        yield* Effect.exit(Stream.runDrain(Orelse.stream(Route.target("demo/down"), "hi", { attempts: 1 })))
        const { callId } = yield* Orelse.embed(Route.target("demo/echo"), "hi")
        assert.match(callId, /^[0-9a-f-]{36}$/)
        yield* Effect.exit(Orelse.run(smart, Request.text("hi", { model: "mine" })))
        yield* Effect.exit(Orelse.run(ab, "hi"))
        assert.deepStrictEqual(starts, [
          ["smart", "smart"],
          ["demo/down", "demo/down"],
          ["demo/echo", "demo/echo"],
          ["smart", "mine"],
          ["library", "library"]
        ])
      }).pipe(
        Effect.provide(
          Orelse.layer({ providers: { demo: Demo.make() }, routes: { smart: Route.target("demo/down") } })
        ),
        Effect.provideService(Recorder, { ...Recorder.none, append })
      )
    }
  )

  it.effect(
    "continues the span around it, where the program has a tracer or was handed one, and else begins a trace",
    () => {
      const parents: Array<string | undefined> = []
      const append = (entry: Entry) =>
        Effect.sync(() => void (entry._tag === "CallStart" && parents.push(entry.traceparent)))
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const ask = Orelse.run(Route.target("demo/echo"), "hi")
      const elsewhere = Tracer.externalSpan({ traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: false })
      return Effect.gen(function* () {
        yield* ask
        yield* Effect.withSpan(ask, "nobody's")
        yield* Effect.withParentSpan(ask, elsewhere)
        yield* Effect.withTracer(Effect.withSpan(ask, "mine"), tracer)
        assert.deepStrictEqual(parents, [
          undefined,
          undefined,
          `00-${elsewhere.traceId}-${elsewhere.spanId}-00`,
          `00-${spans[0]?.traceId}-${spans[0]?.spanId}-01`
        ])
      }).pipe(
        Effect.provide(Orelse.layer({ providers: { demo: Demo.make() } })),
        Effect.provideService(Recorder, { ...Recorder.none, append })
      )
    }
  )

  it.effect("ends the exchange when it is interrupted", () => {
    const a = ScriptedProvider.make("a", [{ hang: true }])
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Orelse.run(ab, "hi"))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(a.open(), 1)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(a.open(), 0)
    }).pipe(Effect.provide(Orelse.layer({ providers: { a } })))
  })

  it.effect("takes its deadline as a route does: a Duration, or words for one", () => {
    const a = ScriptedProvider.make("a", [{ hang: true }])
    return Effect.gen(function* () {
      for (const deadline of ["2 seconds", Duration.seconds(2)] as const) {
        const fiber = yield* Effect.forkChild(Effect.flip(Orelse.run(Route.target("a/m"), "hi", { deadline })))
        yield* TestClock.adjust("1999 millis")
        assert.strictEqual(a.open(), 1)
        yield* TestClock.adjust("1 millis")
        const { reason } = yield* Fiber.join(fiber)
        assert.deepInclude(reason, { _tag: "DeadlineExceeded", deadline: Duration.seconds(2) })
      }
    }).pipe(Effect.provide(Orelse.layer({ providers: { a } })))
  })

  it.effect("finds named routes", () =>
    Effect.gen(function* () {
      const { text } = yield* Orelse.run(Route.route("smart"), "hi")
      assert.strictEqual(text, "You said: hi")
    }).pipe(
      Effect.provide(Orelse.layer({ providers: { demo: Demo.make() }, routes: { smart: Route.target("demo/echo") } }))
    )
  )

  it.effect("says which route and which provider are not there", () =>
    Effect.gen(function* () {
      const route = Route.route("smrt").pipe(Route.orElse(Route.target("x/y")))
      const { message } = yield* Effect.flip(Orelse.run(route, Request.text("hi", { model: "mine" })))
      const why = 'no route "smrt" is configured; x/y: no provider "x" is configured'
      assert.strictEqual(message, `Nothing can answer "mine" now: ${why}`)
    }).pipe(Effect.provide(Orelse.layer({ providers: {} })))
  )

  it.effect("says which variable is missing when a known provider has no key", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Orelse.run(Route.target("openai/gpt-5.2"), "hi"))
      assert.strictEqual(error.reason._tag, "NoTarget")
      assert.include(error.message, "OPENAI_API_KEY")
    }).pipe(
      Effect.provide(
        Layer.provide(Orelse.layer({ providers: { openai: {} } }), ConfigProvider.layer(ConfigProvider.fromUnknown({})))
      )
    )
  )

  it("refuses rules for failures that are none, and says what is wrong with them", () => {
    const wrong: ReadonlyArray<readonly [unknown, RegExp]> = [
      [{ id: "a", when: { pattern: "(" }, reason: "Overloaded" }, /regular expression.*\["pattern"\]/s],
      [{ id: "a", when: { statuses: [503] }, reason: "Overloaded" }, /no excess property.*\["statuses"\]/s],
      [{ id: "a", when: {}, reason: "Busy" }, /"RateLimited".*\["reason"\]/s]
    ]
    for (const [rule, message] of wrong) {
      const layer = () => Orelse.layer({ providers: {}, failures: { rules: [rule as never] } })
      assert.throws(layer, message)
      assert.throws(layer, /^Orelse\.layer: failures\.rules must be rules/)
    }
  })

  describe("in a program that holds two layers of it", () => {
    class Mine extends Context.Service<Mine, Router["Service"]>()("Mine") {}
    class Yours extends Context.Service<Yours, Router["Service"]>()("Yours") {}
    const limits = { concurrency: 1 }
    const layerOf = (step: ScriptedProvider.Step) => {
      const a = ScriptedProvider.make("a", [step], { limits })
      return Orelse.layer({ providers: { a, b: ScriptedProvider.make("b", [{ answer: "spare" }]) } })
    }
    const both = (mine: ReturnType<typeof layerOf>, yours: ReturnType<typeof layerOf>) =>
      Effect.provide([
        Layer.provide(Layer.effect(Mine, Router), mine),
        Layer.provide(Layer.effect(Yours, Router), yours)
      ])
    const ask = (router: Router["Service"]) =>
      Effect.map(Effect.provideService(Orelse.run(ab, "hi"), Router, router), ({ text }) => text)
    const poor = { fail: new QuotaExhausted({ message: "no money" }) }

    it.effect("gives each its own cooldowns, where their providers have one name", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* ask(yield* Mine), "spare")
        assert.strictEqual(yield* ask(yield* Yours), "yours")
      }).pipe(both(layerOf(poor), layerOf({ answer: "yours" })))
    )

    it.effect("gives each its own limits", () =>
      Effect.gen(function* () {
        yield* Effect.forkChild(ask(yield* Mine), { startImmediately: true })
        assert.strictEqual(yield* ask(yield* Yours), "yours")
      }).pipe(both(layerOf({ hang: true }), layerOf({ answer: "yours" })))
    )

    it.effect("gives both the same router, and one health, where it is the same layer", () => {
      const one = layerOf(poor)
      return Effect.gen(function* () {
        assert.strictEqual(yield* Mine, yield* Yours)
      }).pipe(both(one, one))
    })
  })

  it("refuses a provider in process under another id than its own, and one that could never be asked, at once", () => {
    assert.throws(
      () => Orelse.layer({ providers: { other: Demo.make("demo") } }),
      /must have the id "other", got "demo"/
    )
    assert.throws(() => Orelse.layer({ providers: { mine: {} } }), /must have a protocol and a url/)
    const demo = { ...Demo.make(), credentials: [] }
    assert.throws(() => Orelse.layer({ providers: { demo } }), /"demo"\] must have a credential/)
    assert.doesNotThrow(() => Orelse.layer({ providers: { demo: { ...demo, disabled: "not today" } } }))
    assert.throws(
      () => Orelse.layer({ providers: { "a/b": Demo.make("a/b") } }),
      'Orelse.layer: a provider\'s id must not be empty or hold "/", got "a/b"'
    )
    assert.throws(
      () => Orelse.layer({ providers: { demo: { ...Demo.make(), limits: { concurrency: 0 } } } }),
      'Orelse.layer: limits.concurrency of provider "demo" must be at least 1, got 0'
    )
    assert.throws(
      () => Orelse.layer({ providers: { demo: { ...Demo.make(), timeouts: { total: Duration.zero } } } }),
      'Orelse.layer: timeouts.total of provider "demo" must be a Duration longer than 0, got 0'
    )
  })
})

describe("Orelse.stream", () => {
  it.effect("gives every part in order from the target that answered", () => {
    const a = ScriptedProvider.make("a", [busy])
    const b = ScriptedProvider.make("b", [{ stream: [text("one "), text("two"), finish], every: "10 millis" }])
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Stream.runCollect(Orelse.stream(ab, "hi")))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Fiber.join(fiber), [text("one "), text("two"), finish])
      assert.strictEqual(b.open(), 0)
    }).pipe(Effect.provide(Orelse.layer({ providers: { a, b } })))
  })

  it.effect("fails after the parts that came when it is cut off", () => {
    const cut = new StreamInterrupted({ message: "cut", contentSent: true })
    const a = ScriptedProvider.make("a", [{ stream: [text("one")], thenFail: cut }])
    return Effect.gen(function* () {
      const seen: Array<unknown> = []
      const parts = Stream.runForEach(Orelse.stream(ab, "hi"), (part) => Effect.sync(() => void seen.push(part)))
      const error = yield* Effect.flip(parts)
      assert.deepStrictEqual(seen, [text("one")])
      assert.strictEqual(error._tag, "AttemptError")
    }).pipe(Effect.provide(Orelse.layer({ providers: { a } })))
  })

  it.effect("puts what had come of a stream that is cut on record, and what that cost", () => {
    const attempts: Array<Attempt> = []
    const append = (entry: Entry) =>
      Effect.sync(() => void (entry._tag === "AttemptEnd" && attempts.push(entry.attempt)))
    const costOf: Recorder["Service"]["costOf"] = ({ family, id }, model, usage) =>
      Cost.of({ provider: id, family, model, usage })
    const cut = new StreamInterrupted({ message: "cut", contentSent: true })
    const a = ScriptedProvider.make("a", [{ stream: [text("eight ch"), text("four")], thenFail: cut }])
    return Effect.gen(function* () {
      for (const target of ["a/m", "demo/cut"] as const)
        yield* Effect.flip(Stream.runDrain(Orelse.stream(Route.target(target), "one two three four")))
      assert.deepInclude(attempts[0], { outcome: "failed", usage: { inputTokens: 9, outputTokens: 3 } })
      const usage = { inputTokens: 4, outputTokens: 3, totalTokens: 7, costUsd: 0 }
      assert.deepInclude(attempts[1], { outcome: "failed", usage, costUsd: 0, costBasis: "reported" })
    }).pipe(
      Effect.provide(Orelse.layer({ providers: { a, demo: Demo.make() } })),
      Effect.provideService(Recorder, { append, costOf })
    )
  })

  it.effect("hangs up when its reader stops early", () => {
    const a = ScriptedProvider.make("a", [{ stream: [text("one"), text("two")], every: "1 hour", thenHang: true }])
    return Effect.gen(function* () {
      const first = yield* Stream.runCollect(Stream.take(Orelse.stream(ab, "hi"), 1))
      assert.deepStrictEqual(first, [text("one")])
      assert.strictEqual(a.open(), 0)
    }).pipe(Effect.provide(Orelse.layer({ providers: { a } })))
  })

  it.effect("holds the provider back while nobody reads, and loses nothing", () => {
    const parts = Array.from({ length: 500 }, (_, index) => text(`${index} `))
    const a = ScriptedProvider.make("a", [{ stream: [...parts, finish] }])
    return Effect.gen(function* () {
      const opened = yield* Orelse.open(ab, "hi")
      const fiber = yield* Effect.forkChild(Stream.runCollect(Stream.tap(opened.parts, () => Effect.sleep("1 millis"))))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* Fiber.join(fiber), [...parts, finish])
    }).pipe(Effect.scoped, Effect.provide(Orelse.layer({ providers: { a } })))
  })
})

describe("Orelse.stream, of providers in process, with a reader that is slower than the idle clock", () => {
  const a = ScriptedProvider.make("a", [{ stream: [...Array.from({ length: 300 }, () => text("a ")), finish] }])
  const provided = Effect.provide(Orelse.layer({ providers: { a, demo: Demo.make() } }))
  for (const target of ["a/m", "demo/echo"] as const) {
    it.effect(`waits for it (${target})`, () =>
      Effect.gen(function* () {
        const texts = Stream.filter(
          Orelse.stream(Route.target(target), "hi ".repeat(298)),
          (part) => part.type === "text"
        )
        const fiber = yield* Effect.forkChild(Stream.runCount(Stream.tap(texts, () => Effect.sleep("1 second"))))
        yield* TestClock.adjust("5 minutes")
        assert.strictEqual(yield* Fiber.join(fiber), 300)
      }).pipe(provided)
    )
  }

  it.effect("waits until it begins, however late", () => {
    const b = ScriptedProvider.make("b", [{ stream: [text("one "), text("two"), finish], every: "59 seconds" }])
    return Effect.gen(function* () {
      for (const target of ["b/m", "demo/slow"] as const) {
        const opened = yield* Orelse.open(Route.target(target), "hi")
        yield* TestClock.adjust("5 minutes")
        const fiber = yield* Effect.forkChild(Stream.runDrain(opened.parts))
        yield* TestClock.adjust("2 minutes")
        yield* Fiber.join(fiber)
      }
    }).pipe(Effect.scoped, Effect.provide(Orelse.layer({ providers: { b, demo: Demo.make() } })))
  })

  it.effect("cuts a provider that is silent for the idle clock from there on", () => {
    const b = ScriptedProvider.make("b", [{ stream: [text("one ")], thenHang: true }])
    return Effect.gen(function* () {
      const opened = yield* Orelse.open(Route.target("b/m"), "hi")
      yield* TestClock.adjust("5 minutes")
      const fiber = yield* Effect.forkChild(Effect.flip(Stream.runDrain(opened.parts)))
      yield* TestClock.adjust("59999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.include((yield* Fiber.join(fiber)).message, "no further content within 60000 ms")
    }).pipe(Effect.scoped, Effect.provide(Orelse.layer({ providers: { b } })))
  })

  const idle = { timeouts: { idle: Duration.seconds(1) } }

  it.effect("takes the silence after the first reading for the provider's, however late that is", () => {
    const a = ScriptedProvider.make("a", [{ stream: [text("one ")], thenHang: true }], idle)
    return Effect.gen(function* () {
      const opened = yield* Orelse.open(ab, "hi")
      yield* TestClock.adjust("1 minute")
      const fiber = yield* Effect.forkChild(Effect.flip(Stream.runDrain(opened.parts)))
      yield* TestClock.adjust("999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      const error = yield* Fiber.join(fiber)
      assert.deepInclude(error.reason, { _tag: "TimedOut", phase: "idle" })
    }).pipe(Effect.scoped, Effect.provide(Orelse.layer({ providers: { a } })))
  })
})

describe("Orelse.embed", () => {
  it.effect("gives each text a vector of the size that is asked for, of all or of each", () =>
    Effect.gen(function* () {
      const sizesOf = (request: Request.Embeddings) =>
        Effect.map(Orelse.embed(Route.target("demo/echo"), request), ({ embeddings }) =>
          embeddings.map((vector) => vector.length)
        )
      assert.deepStrictEqual(yield* sizesOf({ input: ["a", "b"], dimensions: 4 }), [4, 4])
      assert.deepStrictEqual(yield* sizesOf({ input: ["a", "b", "c"], sizes: [4, null, 2] }), [4, 8, 2])
    }).pipe(Effect.provide(Orelse.layer({ providers: { demo: Demo.make() } })))
  )

  it.effect("takes a demo model called like what every object has for any other", () =>
    Effect.gen(function* () {
      const { embeddings } = yield* Orelse.embed(Route.target("demo/constructor"), ["a"])
      assert.strictEqual(embeddings.length, 1)
    }).pipe(Effect.provide(Orelse.layer({ providers: { demo: Demo.make() } })))
  )

  it.effect("gives a vector a text, and who made them", () =>
    Effect.gen(function* () {
      const { embeddings, served } = yield* Orelse.embed(Route.target("demo/echo"), ["a", "b"])
      assert.strictEqual(embeddings.length, 2)
      assert.strictEqual(served.provider, "demo")
    }).pipe(Effect.provide(Orelse.layer({ providers: { demo: Demo.make() } })))
  )
})

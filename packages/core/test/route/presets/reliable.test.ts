import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import { RateLimited, ServerError } from "../../../src/domain/Reason.ts"
import type { Message, Request } from "../../../src/domain/Request.ts"
import * as Backoff from "../../../src/policy/Backoff.ts"
import { policy, type Options } from "../../../src/policy/presets/reliable.ts"
import * as reliable from "../../../src/route/presets/reliable.ts"
import * as Route from "../../../src/route/Route.ts"
import * as ScriptedProvider from "../../../src/testing/ScriptedProvider.ts"
import * as Run from "./run.ts"

const over = (
  providers: ReadonlyArray<string>,
  options: Partial<Options> = {},
  fallbacks: ReadonlyArray<string> = []
) => reliable.route({ providers, model: "m", fallbacks, options })
const user = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] })
const system: Message = { role: "system", content: [{ type: "text", text: "be brief" }] }
const history = (messages: number): Request => ({
  messages: [system, ...Array.from({ length: messages }, (_, index) => user(`${index}`))]
})
/** The texts of the messages that an attempt was sent. */
const sent = (seen: ScriptedProvider.Seen | undefined, request: Request): ReadonlyArray<string> =>
  (seen?.input.request ?? request).messages.flatMap((message) =>
    message.content.flatMap((part) => (part.type === "text" ? [part.text] : []))
  )

describe("reliable: structure", () => {
  it.effect("R-1 can stand wherever a route can, and hold other routes", () => {
    const [a, b] = [Run.failing("a", Run.noKey), Run.answering("b")]
    return Effect.gen(function* () {
      const inner = reliable.over([Route.target("a/m")])
      assert.strictEqual((yield* Run.ask(reliable.over([inner, Route.target("b/m")]))).text, "b")
      assert.strictEqual((yield* Run.ask(inner.pipe(Route.orElse(Route.target("b/m"))))).text, "b")
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it("R-2 takes providers in order, retries, a base, and models to fall back to", () => {
    assert.throws(() => reliable.route({ providers: [], model: "m" }), /must not be empty/)
    assert.strictEqual(over(["a"], { maxRetries: 5, baseBackoff: Duration.seconds(1) }, ["n"]).node._tag, "Retry")
  })

  it("R-3 raises a base below 50 ms to 50 ms, and bounds it by nothing above", () => {
    const initial = (ms: number) => Duration.toMillis(policy({ baseBackoff: Duration.millis(ms) }).backoff.initial)
    assert.deepStrictEqual([initial(0), initial(49), initial(50), initial(60_000)], [50, 50, 50, 60_000])
  })

  it.effect("R-4 makes one attempt more than there are retries, on each pair", () => {
    const [a, b] = [Run.failing("a", Run.down), Run.failing("b", Run.down)]
    return Effect.gen(function* () {
      yield* Run.ask(over(["a", "b"], { maxRetries: 3 }, ["n"]))
      assert.deepStrictEqual([a.seen.length, b.seen.length], [8, 8])
      assert.strictEqual(policy().retry.last, 2)
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("R-5 asks for the requested model and then its fallbacks in order, duplicates and all", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a"], { maxRetries: 0 }, ["n", "m"]))
      assert.deepStrictEqual(Run.who(outcome), ["a/m", "a/n", "a/m"])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("R-6 asks all providers for the requested model before any for the next", () => {
    const [a, b] = [Run.failing("a", Run.down), Run.failing("b", Run.down)]
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a", "b"], { maxRetries: 1 }, ["n"]))
      assert.deepStrictEqual(Run.who(outcome), ["a/m", "a/m", "b/m", "b/m", "a/n", "a/n", "b/n", "b/n"])
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("R-7 begins its waits anew for each pair", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a"], { maxRetries: 2 }, ["n"]))
      const waited = outcome.attempts.map((attempt) => attempt.waitedBeforeMs)
      for (const [index, base] of [0, 500, 1000, 0, 500, 1000].entries()) {
        assert.isTrue(waited[index]! >= base / 2 && waited[index]! <= base, `${index}: ${waited[index]}`)
      }
    }).pipe(Random.withSeed("R-7"), Effect.provide(Run.world(a)))
  })

  it.effect("R-9 and R-10 walk the same way for chats with and without history and tools, and for streams", () => {
    const a = Run.failing("a", Run.down)
    const tools = [{ name: "look", parameters: {} }]
    return Effect.gen(function* () {
      for (const asked of [{}, { request: history(3) }, { request: { ...history(3), tools } }, { stream: true }]) {
        assert.deepStrictEqual(Run.who(yield* Run.ask(over(["a"], { maxRetries: 1 }, ["n"]), asked)), [
          "a/m",
          "a/m",
          "a/n",
          "a/n"
        ])
      }
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("R-14 rotates no keys", () => {
    const a = Run.failing("a", Run.noKey, { credentials: ["one", "two"] })
    return Effect.gen(function* () {
      yield* Run.ask(over(["a"]))
      assert.deepStrictEqual(
        a.seen.map((seen) => seen.credential),
        ["one"]
      )
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("R-39 waits nothing where the base is nothing, and at most 1 ms where it is 1 ms", () =>
    Effect.gen(function* () {
      const wait = (ms: number) => Backoff.wait({ ...policy().backoff, initial: Duration.millis(ms) }, 1)
      assert.strictEqual(Duration.toMillis((yield* wait(0)) ?? Duration.infinity), 0)
      assert.isAtMost(Duration.toMillis((yield* wait(1)) ?? Duration.infinity), 1)
    })
  )
})

describe("reliable: whole answers", () => {
  it.effect(
    "R-41 does not wait after a pair's last attempt, after what is non-retryable, or for the next provider",
    () => {
      const [a, b, c] = [Run.failing("a", Run.down), Run.failing("b", Run.noKey), Run.answering("c")]
      return Effect.gen(function* () {
        const outcome = yield* Run.ask(over(["a", "b", "c"], { maxRetries: 1 }))
        const waited = outcome.attempts.map((attempt) => attempt.waitedBeforeMs > 0)
        assert.deepStrictEqual(waited, [false, true, false, false])
      }).pipe(Effect.provide(Run.world([a, b, c])))
    }
  )

  it.effect("R-42 returns the first success at once", () => {
    const [a, b] = [Run.answering("a"), Run.answering("b")]
    return Effect.gen(function* () {
      assert.strictEqual((yield* Run.start(over(["a", "b"]))).text, "a")
      assert.strictEqual(b.seen.length, 0)
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect(
    "R-43 goes to the next provider after a non-retryable failure, and retries any other in place first",
    () => {
      const [a, b, c] = [Run.failing("a", Run.badRequest), Run.failing("b", Run.busy), Run.answering("c")]
      return Effect.gen(function* () {
        const outcome = yield* Run.ask(over(["a", "b", "c"]))
        assert.deepStrictEqual(Run.who(outcome), ["a/m", "b/m", "b/m", "b/m", "c/m"])
      }).pipe(Effect.provide(Run.world([a, b, c])))
    }
  )

  it.effect("R-33, R-44 and R-48 tell every attempt in order, with its place, its label and its error", () => {
    const a = Run.recovering("a", [Run.limited, Run.noKey])
    const b = Run.failing("b", Run.empty)
    const c = Run.failing("c", Run.down)
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a", "b", "c"], { maxRetries: 1 }))
      assert.deepStrictEqual(Run.errorOf(outcome).message.split("\n"), [
        "All providers/models failed. Attempts:",
        "provider=a model=m attempt 1/2: rate_limited; error=429 Too Many Requests",
        "provider=a model=m attempt 2/2: non_retryable; error=invalid api key",
        "provider=b model=m attempt 1/2: non_retryable; error=insufficient quota",
        "provider=c model=m attempt 1/2: retryable; error=down",
        "provider=c model=m attempt 2/2: retryable; error=down"
      ])
    }).pipe(Effect.provide(Run.world([a, b, c])))
  })

  it.effect("R-33 labels a rate limit that no waiting cures as such", () => {
    const a = Run.failing("a", new RateLimited({ message: "429 out of credits", status: 429 }))
    return Effect.gen(function* () {
      assert.include(Run.errorOf(yield* Run.ask(over(["a"]))).message, "attempt 1/3: rate_limited_non_retryable;")
    }).pipe(Effect.provide(Run.world(a)))
  })

  const failingWith = (message: string) =>
    Effect.gen(function* () {
      const a = Run.failing("a", new ServerError({ message }))
      const outcome = yield* Run.ask(over(["a"], { maxRetries: 0 })).pipe(Effect.provide(Run.world(a)))
      return Run.errorOf(outcome).message.split("error=")[1] ?? ""
    })

  it.effect("R-45 writes white space in an error as single spaces", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* failingWith("one\n\t two   three"), "one two three")
    })
  )

  it.effect("R-46 writes nothing of a key, and leaves a bare prefix alone", () =>
    Effect.gen(function* () {
      for (const prefix of ["sk-", "xoxb-", "xoxp-", "ghp_", "gho_", "ghu_", "github_pat_"]) {
        const told = yield* failingWith(`bad key ${prefix}abcdEFGH0123456789_x used`)
        assert.strictEqual(told, "bad key [REDACTED] used", prefix)
      }
      assert.strictEqual(yield* failingWith("keys begin with sk- here"), "keys begin with sk- here")
    })
  )

  it.effect("R-47 cuts a long error, and says so with ...", () =>
    Effect.gen(function* () {
      const told = yield* failingWith("ab ".repeat(400))
      assert.isTrue(told.length > 400 && told.length <= 503 && told.endsWith("..."), `${told.length}`)
    })
  )

  it.effect("R-49 makes exactly one call to a pair that is non-retryable", () => {
    const a = Run.failing("a", Run.missing)
    return Effect.gen(function* () {
      yield* Run.ask(over(["a"], { maxRetries: 9 }))
      assert.strictEqual(a.seen.length, 1)
    }).pipe(Effect.provide(Run.world(a)))
  })
})

describe("reliable: a full context window", () => {
  it.effect("R-50 ends a chat of one message at once", () => {
    const [a, b] = [Run.failing("a", Run.tooLong), Run.answering("b")]
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a", "b"], {}, ["n"]), { request: history(1) })
      assert.strictEqual(
        Run.errorOf(outcome).message,
        "Request exceeds model context window. Attempts:\nprovider=a model=m attempt 1/3: non_retryable; error=does not fit"
      )
      assert.strictEqual(b.seen.length, 0)
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("R-51 drops the older half of a history once, and asks the same pair again without waiting", () => {
    const a = Run.recovering("a", [Run.tooLong])
    const request = history(4)
    return Effect.gen(function* () {
      const { served } = yield* Run.start(over(["a"]), { request })
      assert.deepStrictEqual(Run.times(a), [0, 0])
      assert.deepStrictEqual(sent(a.seen[1], request), ["be brief", "2", "3"])
      assert.deepStrictEqual(served?.repairs, ["halveHistory"])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("R-51 counts that as an attempt, and leaves it out of the trail", () => {
    const a = Run.recovering("a", [Run.tooLong, Run.down, Run.down, Run.down])
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a"]), { request: history(4) })
      assert.strictEqual(a.seen.length, 3)
      assert.deepStrictEqual(Run.errorOf(outcome).message.split("\n").slice(1), [
        "provider=a model=m attempt 2/3: retryable; error=down",
        "provider=a model=m attempt 3/3: retryable; error=down"
      ])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("R-52 ends a chat with tools of which nothing can be dropped", () => {
    const a = Run.failing("a", Run.tooLong)
    return Effect.gen(function* () {
      const request = { ...history(1), tools: [{ name: "look", parameters: {} }] }
      const [title, entry] = Run.errorOf(yield* Run.ask(over(["a"], {}, ["n"]), { request })).message.split("\n")
      assert.strictEqual(
        title,
        "Request exceeds model context window and cannot be reduced further. Try using a model with a larger context window, reducing the number of tools/skills, or enabling compact_context in config. Attempts:"
      )
      assert.include(entry ?? "", "non_retryable")
      assert.strictEqual(a.seen.length, 1)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("R-53 drops once a call, for all that follow; a later overflow is retried like any failure", () => {
    const [a, b] = [Run.failing("a", Run.tooLong), Run.recovering("b", [Run.tooLong])]
    const request = history(4)
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a", "b"]), { request })
      assert.deepStrictEqual(Run.who(outcome), ["a/m", "a/m", "a/m", "b/m", "b/m"])
      assert.deepStrictEqual(
        outcome.attempts.map((attempt) => attempt.waitedBeforeMs > 0),
        [false, false, true, false, true]
      )
      assert.deepStrictEqual(sent(b.seen[0], request), ["be brief", "2", "3"])
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect.each([
    [5, ["be brief", "2", "3", "4"]],
    [2, ["be brief", "1"]]
  ] as const)("R-54 keeps system messages and the newer part: of %i messages %j", ([count, kept]) => {
    const a = Run.recovering("a", [Run.tooLong])
    const request = history(count)
    return Effect.gen(function* () {
      yield* Run.start(over(["a"]), { request })
      assert.deepStrictEqual(sent(a.seen[1], request), [...kept])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("R-55 moves on without asking again where the attempt was a pair's last", () => {
    const [a, b] = [Run.failing("a", Run.tooLong), Run.answering("b")]
    const request = history(4)
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a", "b"], { maxRetries: 0 }), { request })
      assert.deepStrictEqual(Run.who(outcome), ["a/m", "b/m"])
      assert.deepStrictEqual(sent(b.seen[0], request), ["be brief", "2", "3"])
      const alone = yield* Run.ask(over(["a"], { maxRetries: 0 }), { request })
      assert.strictEqual(Run.errorOf(alone).message, "All providers/models failed. Attempts:")
    }).pipe(Effect.provide(Run.world([a, b])))
  })
})

const text = (value: string) => ({ type: "text", index: 0, text: value }) as const

describe("reliable: streams", () => {
  it.effect("R-64 walks models, providers and attempts as whole answers do", () => {
    const [a, b] = [Run.failing("a", Run.down), Run.failing("b", Run.down)]
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a", "b"], { maxRetries: 1 }, ["n"]), { stream: true })
      assert.deepStrictEqual(Run.who(outcome), ["a/m", "a/m", "b/m", "b/m", "a/n", "a/n", "b/n", "b/n"])
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("R-65 sends the same request each time", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      yield* Run.ask(over(["a"]), { stream: true })
      assert.isTrue(
        a.seen.every((seen) => seen.input.request === undefined && seen.input.call === a.seen[0]?.input.call)
      )
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect(
    "R-66 and R-67 end at once when the consumer goes, in a wait and in an exchange, and open nothing more",
    () => {
      const [a, b] = [Run.failing("a", Run.down), ScriptedProvider.make("b", [{ hang: true }])]
      return Effect.gen(function* () {
        for (const provider of [a, b]) {
          const fiber = yield* Effect.forkChild(Run.start(over([provider.id]), { stream: true }))
          yield* TestClock.adjust("100 millis")
          yield* Fiber.interrupt(fiber)
          yield* TestClock.adjust("1 hour")
          assert.deepStrictEqual([provider.seen.length, provider.open()], [1, 0])
        }
      }).pipe(Effect.provide(Run.world([a, b])))
    }
  )

  it.effect("R-68 commits on the first event; no other is asked after it", () => {
    const a = ScriptedProvider.make("a", [{ stream: [text("one"), text("two")], every: "1 second" }])
    const b = Run.answering("b")
    return Effect.gen(function* () {
      assert.strictEqual((yield* Run.ask(over(["a", "b"]), { stream: true })).text, "onetwo")
      assert.strictEqual(a.seen[0]?.input.commit.on, "firstEvent")
      assert.strictEqual(b.seen.length, 0)
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("R-70 and R-73 end with one error that tells every attempt", () => {
    const [a, b] = [Run.failing("a", Run.noKey), Run.failing("b", Run.down)]
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a", "b"], { maxRetries: 1 }), { stream: true })
      assert.deepStrictEqual(Run.errorOf(outcome).message.split("\n"), [
        "All streaming providers/models failed. Attempts:",
        "a/m: invalid api key",
        "b/m: down",
        "b/m: down"
      ])
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("R-71 moves on at once after what is non-retryable, waits before it opens the same pair again", () => {
    const [a, b, c] = [Run.failing("a", Run.noKey), Run.recovering("b", [Run.down]), Run.answering("c")]
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a", "b", "c"]), { stream: true })
      assert.deepStrictEqual(Run.who(outcome), ["a/m", "b/m", "b/m"])
      assert.deepStrictEqual(
        outcome.attempts.map((attempt) => attempt.waitedBeforeMs > 0),
        [false, false, true]
      )
    }).pipe(Effect.provide(Run.world([a, b, c])))
  })

  it.effect("R-72 goes to the next provider after an empty stream, without retrying", () => {
    const [a, b] = [Run.failing("a", Run.nothing), Run.failing("b", Run.noKey)]
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a", "b"]), { stream: true })
      assert.deepStrictEqual(Run.who(outcome), ["a/m", "b/m"])
      assert.include(Run.errorOf(outcome).message, "\na/m: stream produced no events\n")
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("R-75 truncates nothing: a full context window is retried as it is", () => {
    const a = Run.failing("a", Run.tooLong)
    return Effect.gen(function* () {
      yield* Run.ask(over(["a"]), { stream: true, request: history(4) })
      assert.strictEqual(a.seen.length, 3)
      assert.isTrue(a.seen.every((seen) => seen.input.request === undefined))
    }).pipe(Effect.provide(Run.world(a)))
  })
})

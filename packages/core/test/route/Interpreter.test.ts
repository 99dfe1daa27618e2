import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Reason from "../../src/domain/Reason.ts"
import * as Disposition from "../../src/policy/Disposition.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import * as Route from "../../src/route/Route.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"
import * as Run from "./presets/run.ts"

const [a, b, c] = [Route.target("a/m"), Route.target("b/m"), Route.target("c/m")]
const once = RetryPolicy.make(RetryPolicy.recommended, { retry: { last: 0, others: 0 } })
const silent = (id: string) => ScriptedProvider.make(id, [{ hang: true }])

/** Who was asked, and what came of it, on a world of its own. */
const asked = (
  route: Route.Route,
  providers: ReadonlyArray<ScriptedProvider.ScriptedProvider>,
  named: Readonly<Record<string, Route.Route>> = {}
) =>
  Effect.map(Run.ask(route), (outcome) => [
    outcome.attempts.map(
      (attempt) => `${attempt.provider}@${attempt.startedAt - (outcome.attempts[0]?.startedAt ?? 0)}`
    ),
    outcome.text ?? Run.errorOf(outcome).reason._tag
  ]).pipe(Effect.provide(Run.world(providers, named)))

describe("orElse", () => {
  it.effect(
    "goes on after the listed reasons only; what is not listed ends the call, or goes to what stands around",
    () =>
      Effect.gen(function* () {
        const listed = a.pipe(Route.orElse(b, { on: ["RateLimited"] }), Route.retry(once))
        const providers = (reason: Reason.Reason) => [Run.failing("a", reason), Run.answering("b"), Run.answering("c")]
        assert.deepStrictEqual(yield* asked(listed, providers(Run.limited)), [["a@0", "b@0"], "b"])
        assert.deepStrictEqual(yield* asked(listed, providers(Run.noKey)), [["a@0"], "AttemptsExhausted"])
        assert.deepStrictEqual(yield* asked(listed.pipe(Route.orElse(c)), providers(Run.noKey)), [["a@0", "c@0"], "c"])
      })
  )

  it.effect("goes on after what it lists even where the policy would end the call, and only to what lists it", () =>
    Effect.gen(function* () {
      for (const reason of [Run.badRequest, Run.tooLong, new Reason.ContentFiltered({ message: "no" })]) {
        const providers = [Run.failing("a", reason), Run.answering("b"), Run.answering("c")]
        const listed = { on: [reason._tag] }
        assert.deepStrictEqual(yield* asked(a.pipe(Route.orElse(b, listed)), providers), [["a@0", "b@0"], "b"])
        const around = Route.balance("priority", [a.pipe(Route.orElse(b)), b]).pipe(Route.orElse(c, listed))
        assert.deepStrictEqual(yield* asked(around, providers), [["a@0", "c@0"], "c"])
        const [ended] = yield* asked(a.pipe(Route.orElse(b, { on: ["RateLimited"] })), providers)
        assert.deepStrictEqual(ended, ["a@0"])
      }
    })
  )

  it.effect("takes a left side that cannot be asked for one that has given up, whatever is listed", () =>
    Effect.gen(function* () {
      const off = ScriptedProvider.make("a", [{ answer: "a" }], { disabled: "off" })
      const route = a.pipe(Route.orElse(b, { on: ["RateLimited"] }))
      assert.deepStrictEqual(yield* asked(route, [off, Run.answering("b")]), [["b@0"], "b"])
    })
  )

  it.effect("heeds what it lists after the last member of a balance, too", () =>
    Effect.gen(function* () {
      const members = Route.balance("priority", [c, a]).pipe(Route.retry(once))
      const providers = [Run.failing("a", Run.noKey), Run.answering("b"), Run.failing("c", Run.limited)]
      assert.deepStrictEqual(yield* asked(members.pipe(Route.orElse(b, { on: ["RateLimited"] })), providers), [
        ["c@0", "a@0"],
        "AttemptsExhausted"
      ])
    })
  )

  it.effect("pays no attempt for a target that cannot take the request, for nothing was sent to it", () =>
    Effect.gen(function* () {
      const lacking = (status?: number) =>
        new Reason.Unsupported({
          message: "no documents",
          feature: "documents",
          ...(status === undefined ? {} : { status })
        })
      const two = RetryPolicy.make(once, { attempts: 2 })
      const route = a.pipe(Route.orElse(b), Route.orElse(c), Route.retry(two))
      const providers = (reason: Reason.Reason) => [
        Run.failing("a", reason),
        Run.failing("b", reason),
        Run.answering("c")
      ]
      assert.deepStrictEqual(yield* asked(route, providers(lacking())), [["a@0", "b@0", "c@0"], "c"])
      assert.deepStrictEqual(yield* asked(route, providers(lacking(400))), [["a@0", "b@0"], "RequestRejected"])
    })
  )

  it.effect("pays no attempt for what our own limits refuse, but for a try again in place", () =>
    Effect.gen(function* () {
      const full = new Reason.LimitReached({ message: "full", limited: "requests" })
      const two = RetryPolicy.make(once, { attempts: 2 })
      const keys = { credentials: ["1", "2", "3"] }
      const route = a.pipe(Route.orElse(b), Route.orElse(c), Route.retry(two))
      const refused = [Run.failing("a", full, keys), Run.failing("b", Run.limited), Run.answering("c")]
      assert.deepStrictEqual(yield* asked(route, refused), [["a@0", "a@0", "a@0", "b@0", "c@0"], "c"])
      const again = RetryPolicy.make(two, { on: Disposition.override(two.on, { LimitReached: ["retry"] }) })
      const forever = a.pipe(Route.retry(Schedule.forever), Route.retry(again))
      assert.deepStrictEqual(yield* asked(forever, [Run.failing("a", full)]), [
        ["a@0", "a@0", "a@0"],
        "AttemptsExhausted"
      ])
    })
  )

  it.effect("does not go on after a fault of the request", () =>
    Effect.gen(function* () {
      const providers = [Run.failing("a", Run.badRequest), Run.answering("b")]
      assert.deepStrictEqual(yield* asked(a.pipe(Route.orElse(b)), providers), [["a@0"], "RequestRejected"])
    })
  )

  it.effect("retries once in place where something follows that can be asked, and three times where nothing does", () =>
    Effect.gen(function* () {
      const down = Run.failing("a", Run.down)
      const times = (outcome: ReadonlyArray<unknown>) =>
        (outcome[0] as ReadonlyArray<string>).filter((one) => one.startsWith("a@")).length
      const followed = [
        Route.orElse(b),
        Route.orElse(Route.balance("priority", [c, b])),
        Route.orElse(
          b.pipe(
            Route.retry(once),
            Route.repair("describeTools"),
            Route.deadline("1 minute"),
            Route.budget({ attempts: 3 })
          )
        ),
        Route.orElse(Route.route("named")),
        Route.orElse(c.pipe(Route.orElse(b))),
        Route.orElse(b.pipe(Route.retry(Schedule.recurs(1))))
      ]
      const off = ScriptedProvider.make("c", [{ answer: "c" }], { disabled: "off" })
      for (const add of followed) {
        assert.strictEqual(times(yield* asked(a.pipe(add), [down, Run.answering("b"), off], { named: b })), 2)
      }
      for (const add of [
        Route.orElse(c),
        Route.orElse(Route.route("nope")),
        Route.orElse(Route.balance("random", [c, c])),
        Route.orElse(b, { on: ["RateLimited"] })
      ]) {
        assert.strictEqual(times(yield* asked(a.pipe(add), [down, Run.answering("b"), off])), 4)
      }
    })
  )
})

describe("balance", () => {
  it.effect("passes over a member that is off, and asks the one after it once the first has had its one retry", () =>
    Effect.gen(function* () {
      const off = ScriptedProvider.make("b", [{ answer: "b" }], { disabled: "off" })
      const route = Route.balance("priority", [a, b, c])
      assert.deepStrictEqual(yield* asked(route, [Run.failing("a", Run.busy), off, Run.answering("c")]), [
        ["a@0", "c@0"],
        "c"
      ])
    })
  )

  it.effect("asks one member after the other, and fails with the last", () =>
    Effect.gen(function* () {
      const route = Route.balance("priority", [a, b, c]).pipe(Route.retry(once))
      const providers = [Run.failing("a", Run.down), Run.failing("b", Run.busy)]
      assert.deepStrictEqual(yield* asked(route, [...providers, Run.answering("c")]), [["a@0", "b@0", "c@0"], "c"])
      assert.deepStrictEqual(yield* asked(route, [...providers, Run.failing("c", Run.badRequest)]), [
        ["a@0", "b@0", "c@0"],
        "RequestRejected"
      ])
      assert.deepStrictEqual(
        yield* asked(route, [Run.failing("a", Run.badRequest), ...providers.slice(1), Run.answering("c")]),
        [["a@0"], "RequestRejected"]
      )
    })
  )
})

describe("a context window that was exceeded", () => {
  it.effect("moves on to targets that declare a larger one, and is given up at once where none does", () => {
    const window = (contextWindow: number | undefined) => ({ models: { m: { contextWindow } } })
    const too = new Reason.ContextWindowExceeded({ message: "too long", limit: 1000 })
    const first = Run.failing("a", too, window(800))
    const action = (contextWindow: number | undefined, route = a.pipe(Route.orElse(b))) =>
      Effect.map(
        Run.ask(route).pipe(
          Effect.provide(Run.world([first, ScriptedProvider.make("b", [{ answer: "b" }], window(contextWindow))]))
        ),
        ({ attempts, text }) => [attempts[0]?.action, text]
      )
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* action(1001), ["nextTarget", "b"])
      for (const small of [undefined, 500, 1000]) assert.deepStrictEqual(yield* action(small), ["abort", undefined])
      const any = RetryPolicy.make(RetryPolicy.recommended, { contextWindow: "any" })
      assert.deepStrictEqual(yield* action(undefined, a.pipe(Route.orElse(b), Route.retry(any))), ["nextTarget", "b"])
    })
  })
})

describe("deadline", () => {
  it.effect("of one part gives that part up, and what follows is asked in the time that is left", () =>
    Effect.gen(function* () {
      const part = a.pipe(Route.deadline("5 seconds"))
      const providers = [silent("a"), Run.answering("b")]
      assert.deepStrictEqual(yield* asked(part.pipe(Route.orElse(b)), providers), [["a@0", "b@5000"], "b"])
      assert.deepStrictEqual(yield* asked(Route.balance("priority", [part, b]), providers), [["a@0", "b@5000"], "b"])
      const all = part.pipe(Route.orElse(b), Route.deadline("5 seconds"))
      assert.deepStrictEqual(yield* asked(all, providers), [["a@0"], "DeadlineExceeded"])
    })
  )

  it.effect("that gives up a part is on record as what it is: the next target's turn, or the end", () =>
    Effect.gen(function* () {
      const part = a.pipe(Route.deadline("5 seconds"))
      const actions = (route: Route.Route) =>
        Effect.map(Run.ask(route), ({ attempts }) => attempts.map(({ action }) => action)).pipe(
          Effect.provide(Run.world([silent("a"), Run.answering("b")]))
        )
      assert.deepStrictEqual(yield* actions(part.pipe(Route.orElse(b))), ["nextTarget", undefined])
      assert.deepStrictEqual(yield* actions(Route.balance("priority", [part, b])), ["nextTarget", undefined])
      assert.deepStrictEqual(yield* actions(part.pipe(Route.orElse(b, { on: ["RateLimited"] }))), ["abort"])
      assert.deepStrictEqual(yield* actions(part.pipe(Route.orElse(b), Route.deadline("5 seconds"))), ["abort"])
      assert.deepStrictEqual(yield* actions(part.pipe(Route.orElse(b), Route.budget({ attempts: 1 }))), ["abort"])
    })
  )

  it.effect("of a part begins with that part, and never outlasts what stands around", () =>
    Effect.gen(function* () {
      const late = a.pipe(Route.deadline("5 seconds"), Route.orElse(b.pipe(Route.deadline("3 seconds"))))
      const slow = ScriptedProvider.make("b", [{ answer: "b", after: "2 seconds" }])
      assert.deepStrictEqual(yield* asked(late, [silent("a"), slow]), [["a@0", "b@5000"], "b"])
      assert.deepStrictEqual(yield* asked(late.pipe(Route.deadline("6 seconds")), [silent("a"), slow]), [
        ["a@0", "b@5000"],
        "DeadlineExceeded"
      ])
    })
  )

  it.effect("begins no wait that does not fit, and says that it was the deadline, or what the provider asked for", () =>
    Effect.gen(function* () {
      const retryAfter = Duration.seconds(20)
      const route = a.pipe(Route.deadline("10 seconds"))
      for (const [wait, tag, told] of [
        [new Reason.RateLimited({ message: "slow down", retryAfter }), "AttemptsExhausted", 20_000],
        [new Reason.RateLimited({ message: "slow down" }), "AttemptsExhausted", undefined],
        [Run.down, "DeadlineExceeded", undefined]
      ] as const) {
        const within = wait.retryAfter === undefined ? route.pipe(Route.deadline("100 millis")) : route
        const outcome = yield* Run.start(within).pipe(Effect.provide(Run.world(Run.failing("a", wait))))
        assert.deepStrictEqual([Run.errorOf(outcome).reason._tag, Run.waitOf(outcome)], [tag, told])
        assert.strictEqual(outcome.attempts.length, 1)
      }
    })
  )
})

describe("a wait that does not fit", () => {
  const policy = (...actions: ReadonlyArray<Disposition.Action>) =>
    RetryPolicy.make(once, {
      retry: { last: 3, others: 3 },
      on: Disposition.override(once.on, { RateLimited: actions })
    })
  const limited = new Reason.RateLimited({ message: "slow down", retryAfter: Duration.seconds(20) })
  const providers = () => [Run.failing("a", limited), Run.answering("b")]
  const both = a.pipe(Route.orElse(b))

  it.effect("leads to the row's next action, and to no target that the row does not name", () =>
    Effect.gen(function* () {
      const under = (...actions: ReadonlyArray<Disposition.Action>) =>
        asked(both.pipe(Route.retry(policy(...actions)), Route.deadline("10 seconds")), providers())
      assert.deepStrictEqual(yield* under("retry"), [["a@0"], "AttemptsExhausted"])
      assert.deepStrictEqual(yield* under("retry", "abort"), [["a@0"], "AttemptsExhausted"])
      assert.deepStrictEqual(yield* under("retry", "nextTarget"), [["a@0", "b@0"], "b"])
    })
  )

  it.effect("gives a part up whose own deadline it does not fit, and is on record as what it is", () =>
    Effect.gen(function* () {
      const part = a.pipe(Route.retry(policy("retry", "abort")), Route.deadline("10 seconds"), Route.orElse(b))
      assert.deepStrictEqual(yield* asked(part, providers()), [["a@0", "b@0"], "b"])
      for (const [route, action] of [
        [part, "nextTarget"],
        [both.pipe(Route.retry(policy("retry", "abort")), Route.deadline("10 seconds")), "abort"]
      ] as const) {
        const outcome = yield* Run.ask(route).pipe(Effect.provide(Run.world(providers())))
        assert.strictEqual(outcome.attempts[0]?.action, action)
      }
    })
  )
})

describe("budget", () => {
  it.effect("counts whole attempts only", () =>
    Effect.gen(function* () {
      const route = a.pipe(Route.budget({ attempts: 1.5 }))
      assert.deepStrictEqual(yield* asked(route, [Run.failing("a", Run.down)]), [["a@0"], "AttemptsExhausted"])
    })
  )

  it.effect("of one part gives that part up, and what follows draws on the budget around", () =>
    Effect.gen(function* () {
      const part = a.pipe(Route.budget({ attempts: 2 }), Route.retry(Schedule.recurs(9)))
      const providers = [Run.failing("a", Run.down), Run.answering("b")]
      assert.deepStrictEqual(yield* asked(part.pipe(Route.orElse(b)), providers), [["a@0", "a@0", "b@0"], "b"])
      const two = part.pipe(Route.orElse(b), Route.budget({ attempts: 2 }))
      assert.deepStrictEqual(yield* asked(two, providers), [["a@0", "a@0"], "AttemptsExhausted"])
    })
  )
})

describe("retry", () => {
  it.effect("takes the nearest policy or Schedule around a target", () =>
    Effect.gen(function* () {
      const providers = [Run.failing("a", Run.down), Run.answering("b")]
      const spaced = Route.retry(Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 2 })))
      assert.deepStrictEqual(yield* asked(a.pipe(spaced, Route.orElse(b)), providers), [
        ["a@0", "a@1000", "a@2000", "b@2000"],
        "b"
      ])
      assert.deepStrictEqual(yield* asked(a.pipe(Route.retry(once), spaced, Route.orElse(b)), providers), [
        ["a@0", "b@0"],
        "b"
      ])
      assert.deepStrictEqual(yield* asked(a.pipe(spaced, Route.retry(once), Route.orElse(b)), providers), [
        ["a@0", "a@1000", "a@2000", "b@2000"],
        "b"
      ])
    })
  )
})

describe("repair", () => {
  const tooLong = new Reason.ContextWindowExceeded({ message: "too long" })
  const request = {
    messages: (["user", "assistant", "user"] as const).map((role) => ({
      role,
      content: [{ type: "text" as const, text: role }]
    }))
  }
  const lengths = (provider: ScriptedProvider.ScriptedProvider) =>
    provider.seen.map(({ input }) => input.request?.messages.length)

  it.effect("mends the request once, asks the same target at once, and says so with the answer", () => {
    const provider = Run.recovering("a", [tooLong])
    return Effect.gen(function* () {
      const { served, text } = yield* Run.start(a.pipe(Route.repair("truncateHistory")), { request })
      assert.deepStrictEqual([text, served?.repairs, lengths(provider)], ["a", ["truncateHistory"], [undefined, 1]])
    }).pipe(Effect.provide(Run.world(provider)))
  })

  it.effect(
    "is of one target: the next one gets the request as it came, and the answer speaks of its own repairs",
    () => {
      const providers = [Run.failing("a", tooLong), Run.answering("b")] as const
      const route = a.pipe(
        Route.repair("truncateHistory"),
        Route.orElse(b),
        Route.retry(RetryPolicy.make(RetryPolicy.recommended, { contextWindow: "any" }))
      )
      return Effect.gen(function* () {
        const { served, text } = yield* Run.start(route, { request })
        assert.deepStrictEqual([text, served?.repairs], ["b", []])
        assert.deepStrictEqual([lengths(providers[0]), lengths(providers[1])], [[undefined, 1], [undefined]])
      }).pipe(Effect.provide(Run.world(providers)))
    }
  )

  it.effect("is not tried for what it cannot mend", () =>
    Effect.gen(function* () {
      for (const repair of [
        "truncateHistory",
        "halveHistory",
        "describeTools",
        "dropMaxTokens",
        "clampMaxTokens"
      ] as const) {
        for (const reason of [Run.down, Run.limited, Run.badRequest]) {
          const provider = Run.failing("a", reason)
          const outcome = yield* Run.ask(a.pipe(Route.repair(repair)), { request }).pipe(
            Effect.provide(Run.world(provider))
          )
          assert.notInclude(
            outcome.attempts.map((attempt) => attempt.action),
            `repair:${repair}`
          )
        }
      }
    })
  )
})

describe("a policy around a part", () => {
  it.effect("gives the part up when the policy's own deadline or attempts are used up, and what follows is asked", () =>
    Effect.gen(function* () {
      const short = a.pipe(Route.retry(RetryPolicy.make(RetryPolicy.recommended, { deadline: Duration.seconds(5) })))
      assert.deepStrictEqual(yield* asked(short.pipe(Route.orElse(b)), [silent("a"), Run.answering("b")]), [
        ["a@0", "b@5000"],
        "b"
      ])
      const few = a.pipe(Route.retry(RetryPolicy.make(RetryPolicy.recommended, { attempts: 1 })))
      const providers = [Run.failing("a", Run.down), Run.answering("b")]
      assert.deepStrictEqual(yield* asked(few.pipe(Route.orElse(b)), providers), [["a@0", "b@0"], "b"])
    })
  )
})

describe("a route by name", () => {
  it.effect("runs what the name means, and says which name means nothing", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* asked(Route.route("x"), [Run.answering("a")], { x: a }), [["a@0"], "a"])
      const outcome = yield* Run.ask(Route.route("x")).pipe(Effect.provide(Run.world([])))
      const { reason } = Run.errorOf(outcome)
      assert.deepStrictEqual(reason._tag === "NoTarget" && reason.skipped, [
        { provider: "x", model: "", why: 'no route "x" is configured' }
      ])
    })
  )
})

describe("what a caller says of its call", () => {
  it.effect("stands in the place of every policy's deadline and attempts, wherever that policy stands", () =>
    Effect.gen(function* () {
      const policy = RetryPolicy.make(RetryPolicy.recommended, { deadline: Duration.seconds(10), attempts: 2 })
      const inner = a.pipe(Route.retry(policy))
      for (const route of [inner, inner.pipe(Route.orElse(b)), Route.balance("priority", [inner])]) {
        const slow = ScriptedProvider.make("a", [{ answer: "a", after: "50 seconds" }])
        const patient = { options: { deadline: Duration.seconds(100) } }
        const waited = yield* Run.ask(route, patient).pipe(Effect.provide(Run.world([slow, Run.answering("b")])))
        assert.strictEqual(waited.text, "a")
        const third = Run.recovering("a", [Run.busy, Run.busy, Run.busy])
        const often = yield* Run.ask(inner, { options: { attempts: 4 } }).pipe(Effect.provide(Run.world(third)))
        assert.deepStrictEqual([often.text, third.seen.length], ["a", 4])
      }
    })
  )

  it.effect("parks no target that had less time than its route gives it", () =>
    Effect.gen(function* () {
      const route = a.pipe(Route.orElse(b))
      const slow = ScriptedProvider.make("a", [{ answer: "a", after: "2 seconds" }])
      yield* Effect.gen(function* () {
        for (let call = 0; call < 12; call++) {
          const outcome = yield* Run.ask(route, { options: { deadline: Duration.seconds(1) }, time: "1 second" })
          assert.strictEqual(Run.errorOf(outcome).reason._tag, "DeadlineExceeded")
        }
        assert.strictEqual((yield* Run.ask(route, { time: "2 seconds" })).text, "a")
      }).pipe(Effect.provide(Run.world([slow, Run.answering("b")])))
    })
  )

  it.effect("a target that is silent for as long as its route gives it is parked as ever", () =>
    Effect.gen(function* () {
      const hurried = RetryPolicy.make(once, { deadline: Duration.seconds(1) })
      const slow = ScriptedProvider.make("a", [{ answer: "a", after: "2 seconds" }])
      yield* Effect.gen(function* () {
        for (let call = 0; call < 12; call++) yield* Run.ask(a.pipe(Route.retry(hurried)), { time: "1 second" })
        assert.strictEqual((yield* Run.ask(a.pipe(Route.orElse(b)), { time: "2 seconds" })).text, "b")
      }).pipe(Effect.provide(Run.world([slow, Run.answering("b")])))
    })
  )
})

describe("the last candidate", () => {
  const window = (contextWindow: number) => ({ models: { m: { contextWindow } } })

  it.effect("is asked again although one stands behind it whose context window is too small", () =>
    Effect.gen(function* () {
      const small = ScriptedProvider.make("a", [{ fail: Run.tooLong }], window(8_000))
      const large = Run.recovering("b", [Run.busy, Run.busy], window(128_000))
      const behind = ScriptedProvider.make("c", [{ answer: "c" }], window(8_000))
      const route = a.pipe(Route.orElse(b), Route.orElse(c))
      const outcome = yield* Run.ask(route).pipe(Effect.provide(Run.world([small, large, behind])))
      assert.deepStrictEqual([outcome.text, large.seen.length, behind.seen.length], ["b", 3, 0])
    })
  )

  it.effect("is told by what can still be asked behind it: not one that is off, but one of which a key is left", () =>
    Effect.gen(function* () {
      const [first, second] = [Run.failing("a", Run.busy), Run.failing("b", Run.busy)]
      const off = ScriptedProvider.make("off", [{ answer: "off" }], { disabled: "off" })
      const inOrder = Route.balance("priority", [a, b, Route.target("off/m")])
      yield* Run.ask(inOrder).pipe(Effect.provide(Run.world([first, second, off])))
      assert.deepStrictEqual([first.seen.length, second.seen.length], [1, 4])
      const keyed = Run.recovering("b", [Run.noKey], { credentials: ["lost", "good"] })
      const world = Run.world([Run.failing("a", Run.busy), keyed])
      const calls = Effect.andThen(Run.start(b), Run.ask(a.pipe(Route.orElse(b)), { time: "0 seconds" }))
      assert.deepStrictEqual(Run.who(yield* calls.pipe(Effect.provide(world))), ["a/m", "b/m"])
    })
  )
})

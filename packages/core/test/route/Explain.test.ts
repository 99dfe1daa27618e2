import { assert, describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { tags } from "../../src/domain/Reason.ts"
import * as Disposition from "../../src/policy/Disposition.ts"
import * as Pool from "../../src/policy/presets/pool.ts"
import * as reliable from "../../src/policy/presets/reliable.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import { ProviderRegistry } from "../../src/provider/Provider.ts"
import * as Explain from "../../src/route/Explain.ts"
import * as chronicle from "../../src/route/presets/chronicle.ts"
import * as failover from "../../src/route/presets/failover.ts"
import * as minimal from "../../src/route/presets/minimal.ts"
import * as pool from "../../src/route/presets/pool.ts"
import * as Route from "../../src/route/Route.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

const registry = ProviderRegistry.fromProviders([
  ScriptedProvider.make("a", [{ answer: "" }], {
    credentials: ["one", "two"],
    models: { m: { contextWindow: 128_000 } }
  }),
  ScriptedProvider.make("b", [{ answer: "" }], { disabled: "B_KEY is not set" })
])

const cheap = Route.balance("weighted", [
  { route: Route.target("a/x").pipe(Route.budget({ attempts: 2 })), weight: 3 },
  { route: Route.target("c/x").pipe(Route.orElse(Route.target("a/z"))), weight: 1 }
]).pipe(Route.deadline("30 seconds"))
const smart = Route.target("a/m").pipe(
  Route.orElse(Route.target("b/m")),
  Route.orElse(Route.route("cheap"), { on: ["RateLimited", "Overloaded"] })
)
const named = (name: string) => ({ smart, cheap, circle: Route.route("circle") })[name]

const text = (route: Route.Route, name = "r") => Route.explain(route, { registry, named, name })
const tree = (route: Route.Route, name?: string) =>
  Effect.map(text(route, name), (all) => all.split("\n\n")[0]?.split("\n"))

/** The row of a reason in the text. */
const row = (route: Route.Route, reason: string) =>
  Effect.map(text(route), (all) =>
    all
      .split("\n")
      .find((line) => line.startsWith(`    ${reason} `))
      ?.trim()
      .replace(/ {2,}/, ": ")
  )

describe("Route.explain", () => {
  it.effect("draws targets with what is known of them, fallbacks with their reasons, members with their weights", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* tree(Route.route("smart"), "smart"), [
        "smart: 6 attempts at most within 2 m, policy recommended",
        "├─ 1. a/m  credentials one, two; window 128,000 tokens",
        "├─ 2. else b/m  off: B_KEY is not set",
        "└─ 3. else, after RateLimited or Overloaded: route cheap",
        "   │  (within 30 s)",
        "   └─ weighted: by weight, drawn without replacement",
        "      ├─ 3 of 4: a/x  credentials one, two (2 attempts at most)",
        "      └─ 1 of 4: in order",
        '         ├─ 1. c/x  off: no provider "c" is configured',
        "         └─ 2. else a/z  credentials one, two"
      ])
    })
  )

  it.effect("shows a Schedule by its waits, a repair by its name, and names that lead nowhere", () =>
    Effect.gen(function* () {
      const listed = Schedule.exponential("100 millis").pipe(Schedule.upTo({ times: 3 }))
      assert.deepStrictEqual(
        yield* tree(Route.target("a/m").pipe(Route.retry(listed), Route.repair("truncateHistory"))),
        [
          "r: 6 attempts at most within 2 m, policy recommended",
          "│  (repair truncateHistory, again after 100 ms, 200 ms, 400 ms)",
          "└─ a/m  credentials one, two; window 128,000 tokens"
        ]
      )
      const endless = yield* text(Route.target("a/m").pipe(Route.retry(Schedule.spaced("1 second"))))
      assert.include(endless, "(again after 1 s, 1 s, 1 s, 1 s, 1 s, 1 s, 1 s, 1 s, …)")
      const never = yield* text(Route.target("a/m").pipe(Route.retry(Schedule.recurs(0))))
      assert.include(never, "(no retry)")
      assert.include(yield* text(Route.route("nope")), 'route nope  off: no route "nope" is configured')
      assert.include(yield* text(Route.route("circle")), "route circle  off: it leads to itself")
    })
  )

  it.effect("lists all that stands around a part, and is of a route where it has no name", () =>
    Effect.gen(function* () {
      const part = Route.target("a/x").pipe(Route.budget({ attempts: 1 }), Route.deadline("2 seconds"))
      const all = yield* Route.explain(part.pipe(Route.orElse(Route.target("a/y"))))
      assert.include(
        all,
        "route: 6 attempts at most within 2 m, policy recommended\n├─ 1. a/x (within 2 s, 1 attempt at most)\n"
      )
    })
  )

  it.effect("says nothing of a deadline or a budget without an end", () =>
    Effect.gen(function* () {
      const policy = RetryPolicy.make(RetryPolicy.recommended, { attempts: Number.POSITIVE_INFINITY })
      const endless = Route.target("a/m").pipe(
        Route.retry(policy),
        Route.budget({ attempts: Number.POSITIVE_INFINITY }),
        Route.deadline(Duration.infinity)
      )
      assert.deepStrictEqual(yield* tree(endless), [
        "r: any number of attempts, policy recommended",
        "└─ a/m  credentials one, two; window 128,000 tokens"
      ])
    })
  )

  it.effect("finds Schedules and policies below whatever stands around them", () =>
    Effect.gen(function* () {
      const inner = Route.target("a/x").pipe(
        Route.retry(Schedule.spaced("3 seconds").pipe(Schedule.upTo({ times: 1 }))),
        Route.retry(RetryPolicy.make(RetryPolicy.recommended, { name: "own" }))
      )
      for (const around of [
        inner.pipe(Route.deadline("1 minute")),
        inner.pipe(Route.budget({ attempts: 2 })),
        inner.pipe(Route.repair("describeTools")),
        inner.pipe(Route.retry(Schedule.recurs(7))),
        inner.pipe(Route.orElse(Route.target("a/y"))),
        Route.target("a/y").pipe(Route.orElse(inner)),
        Route.balance("priority", [inner])
      ]) {
        const all = yield* text(around)
        assert.include(all, "again after 3 s")
        assert.include(all, "\npolicy own\n")
      }
    })
  )

  it.effect("names a route that is asked for by another name, and no weights where all are 0", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* tree(Route.route("cheap"), "other"))?.[1], "└─ route cheap")
      const parts = [0.25, 0.75].map((weight) => ({ route: Route.target("a/x"), weight }))
      assert.include(yield* Route.explain(Route.balance("weighted", parts)), "0.25 of 1: a/x")
      const none = Route.balance("weighted", [{ route: Route.target("a/x"), weight: 0 }])
      assert.strictEqual((yield* tree(none))?.[2], "   └─ a/x  credentials one, two")
    })
  )

  it.effect("shows each policy once, and which target is under which", () =>
    Effect.gen(function* () {
      const patient = RetryPolicy.make(RetryPolicy.recommended, { attempts: 9 })
      const all = yield* text(
        Route.target("a/m").pipe(
          Route.orElse(Route.target("a/x").pipe(Route.retry(patient))),
          Route.orElse(Route.target("a/y"))
        )
      )
      assert.include(all, "├─ 1. a/m  credentials one, two; window 128,000 tokens; policy recommended\n")
      assert.include(all, "├─ 2. else a/x  credentials one, two; policy recommended (2)\n")
      assert.strictEqual(all.split("\npolicy ").length - 1, 2)
      assert.include(all, "\npolicy recommended (2)\n  call         9 attempts at most within 2 m\n")
    })
  )

  it.effect("says what each error leads to, with the waits", () =>
    Effect.gen(function* () {
      const a = Route.target("a/m")
      assert.strictEqual(
        yield* row(a, "RateLimited"),
        "RateLimited: next credential, else next target, else again after 250 ms, 500 ms, 1 s; else fails (parks the credential for this model for 5 s)"
      )
      assert.strictEqual(
        yield* row(a, "ServerError"),
        "ServerError: again after 250 ms (the last candidate: 250 ms, 500 ms, 1 s), else next target; else fails (parks the target for 5 s after 3 in a row)"
      )
      assert.strictEqual(yield* row(a, "InvalidRequest"), "InvalidRequest: fails")
      assert.strictEqual(
        yield* row(a, "ToolSchemaRejected"),
        "ToolSchemaRejected: again after 250 ms, else next target; else fails"
      )
      assert.strictEqual(
        yield* row(a, "ContextWindowExceeded"),
        "ContextWindowExceeded: next target with a larger context window; else fails"
      )
      const own = RetryPolicy.make(RetryPolicy.recommended, {
        retry: { last: 2, others: 0 },
        health: false,
        contextWindow: "any",
        on: Disposition.override(Disposition.recommended, {
          Unsupported: ["repair:describeTools", "abortUnlessRepaired", "retry"],
          Conflict: ["retry:0", "abort"],
          ServerError: ["retry", "nextTarget"]
        })
      })
      const under = a.pipe(Route.retry(own))
      assert.strictEqual(
        yield* row(under, "Unsupported"),
        "Unsupported: again with the tools described in the prompt, else fails where nothing was mended, else again after 250 ms, 500 ms (the last candidate only); else fails"
      )
      assert.strictEqual(yield* row(under, "Conflict"), "Conflict: fails")
      assert.strictEqual(yield* row(under, "ContextWindowExceeded"), "ContextWindowExceeded: next target; else fails")
    })
  )

  it.effect("words waits, Retry-After, clocks, health and commit of any policy", () =>
    Effect.gen(function* () {
      const { backoff, retryAfter } = RetryPolicy.recommended
      const under = (fields: Partial<RetryPolicy.RetryPolicy>) =>
        text(Route.target("a/m").pipe(Route.retry(RetryPolicy.make(RetryPolicy.recommended, fields))))
      const jitters = [
        ["none", "250 ms, 500 ms, 1 s on the last candidate; 250 ms where others follow\n"],
        ["full", "(each drawn between nothing and all of it)\n"],
        [
          { added: Duration.millis(100) },
          "350 ms, 600 ms, 1.1 s on the last candidate; 350 ms where others follow (up to 100 ms of each is chance)\n"
        ]
      ] as const
      for (const [jitter, said] of jitters) assert.include(yield* under({ backoff: { ...backoff, jitter } }), said)
      const lastOnly =
        "250 ms, 500 ms on the last candidate; none where others follow (each drawn between half of it and all of it)\n"
      assert.include(yield* under({ retry: { last: 2, others: 0 } }), lastOnly)
      assert.include(yield* under({ retry: { last: 0, others: 0 } }), "waits        none: nothing is asked twice\n")
      assert.include(
        yield* under({ retry: { last: 9, others: 9 }, backoff: { ...backoff, jitter: "none" } }),
        "waits        250 ms, 500 ms, 1 s, 2 s, 4 s, 8 s, … (9 waits)\n"
      )
      assert.include(yield* under({ retryAfter: { ...retryAfter, jitter: 0.5 } }), ", plus up to 50 % (1 s at most);")
      assert.include(yield* under({ retryAfter: { ...retryAfter, rule: "ignored" } }), "Retry-After  not heeded\n")
      assert.include(
        yield* under({ retryAfter: { ...retryAfter, onExceed: "wait", jitter: 0 } }),
        "Retry-After  the longer of it and the wait; however long\n"
      )
      assert.include(
        yield* under({ retryAfter: { ...retryAfter, onExceed: "clamp", rule: "instead" } }),
        "it instead of the wait, plus up to 10 % (1 s at most); where it is more than 30 s, only 30 s of it is waited for\n"
      )
      const timeouts = { ...RetryPolicy.recommended.timeouts, total: RetryPolicy.unbounded }
      assert.include(
        yield* under({ timeouts }),
        "connect 5 s, first content 1 m, between content 1 m, whole attempt unbounded\n"
      )
      assert.include(yield* under({ health: false }), "health       not kept: nothing is ever passed over\n")
      assert.include(yield* under({ allCooling: "fail" }), "where everything does, the call fails\n")
      assert.include(yield* under({ deadline: RetryPolicy.unbounded }), "r: 6 attempts at most, policy recommended\n")
    })
  )

  it.effect("words each strategy, and puts weights to members only where weights count", () =>
    Effect.gen(function* () {
      const says = [
        ["priority", "in this order"],
        ["weighted", "by weight, drawn without replacement"],
        ["rotation", "each call begins one further"],
        ["random", "each call begins at one drawn, and goes round"],
        ["least-busy", "the one with the fewest open attempts first"],
        ["fastest", "the one with the fastest first content first"],
        ["cheapest", "the one with the lowest price first"]
      ] as const
      for (const [name, words] of says) {
        const lines = yield* tree(Route.balance(name, [{ route: Route.target("a/x"), weight: 2 }, Route.target("a/y")]))
        assert.deepStrictEqual(lines?.slice(1), [
          `└─ ${name}: ${words}`,
          `   ├─ ${name === "weighted" ? "2 of 3: " : ""}a/x  credentials one, two`,
          `   └─ ${name === "weighted" ? "1 of 3: " : ""}a/y  credentials one, two`
        ])
      }
    })
  )

  it.effect("words rules by reasons, statuses, codes, wordings and kinds of call", () =>
    Effect.gen(function* () {
      const actions = ["abort"] as const
      const policy = RetryPolicy.make(RetryPolicy.recommended, {
        rules: [
          { reasons: ["Conflict", "Overloaded"], actions },
          { statuses: [9, 10, 99, 100], worded: true, actions },
          { codes: ["a", "b"], stream: false, actions },
          {
            says: [
              ["one", "two", "three"],
              ["1", "2", "3", "4"]
            ],
            stream: true,
            actions
          }
        ]
      })
      const all = yield* text(Route.target("a/m").pipe(Route.retry(policy)))
      const lines = all.split("\n")
      const from = lines.indexOf("  what comes before the table")
      assert.deepStrictEqual(
        lines.slice(from + 1, from + 5).map((line) => line.trim().replace(/ {2,}/, ": ")),
        [
          "Conflict or Overloaded: fails",
          "anything with status 9xx, 10x, 99x, 100 (or named in its words): fails",
          "anything with code a, b of a whole answer: fails",
          'anything saying "one" or "two" or "three" and "1" or "2" or "3" or … (4 wordings) of a stream: fails'
        ]
      )
    })
  )

  it.effect("lists the rules of a preset that come before its table", () =>
    Effect.gen(function* () {
      const preset = Pool.policy({ enabled: true, onStatus: [5, 40, 429], onRateLimit: true }, 2)
      const all = yield* text(Route.target("a/m").pipe(Route.retry(preset)))
      assert.include(all, "    anything with status 5xx, 40x, 429  next target; else fails\n")
      assert.include(all, "stream       handed on at its headers\n")
    })
  )
})

describe("Explain.of", () => {
  it.effect("is plain data with every reason once, and survives JSON", () =>
    Effect.gen(function* () {
      const explanation = yield* Explain.of(smart, { registry, named })
      assert.deepStrictEqual(JSON.parse(JSON.stringify(explanation)), explanation)
      assert.deepStrictEqual(
        explanation.policies.map((policy) => policy.leadsTo.map(({ reason }) => reason)),
        [[...tags]]
      )
      assert.deepStrictEqual(explanation.policies[0]?.waitsMs, { last: [250, 500, 1000], others: [250] })
      assert.deepStrictEqual([explanation.attempts, explanation.deadlineMs], [6, 120_000])
    })
  )

  it.effect("takes every target for one that can be asked where no providers are given", () =>
    Effect.gen(function* () {
      const { tree } = yield* Explain.of(Route.target("any/thing"))
      assert.deepStrictEqual(tree, {
        around: [],
        part: { type: "target", provider: "any", model: "thing", policy: "recommended", credentials: [] }
      })
    })
  )
})

describe("what each preset says of itself", () => {
  const targets = [Route.target("a/m"), Route.target("a/n")]
  const [first = Route.target("a/m")] = targets
  const members = targets.map((route) => ({ route, weight: 1 }))
  const presets = {
    recommended: first.pipe(Route.retry(RetryPolicy.recommended)),
    chronicle: chronicle.route(targets),
    reliable: first.pipe(Route.retry(reliable.policy({}, 2))),
    minimal: minimal.route(first),
    pool: pool.route(members, { fallback: { enabled: true, onStatus: [5, 429], onRateLimit: true } }),
    failover: failover.over(targets)
  }

  for (const [name, route] of Object.entries(presets)) {
    it(`${name} is what is on file (a change that is meant: vitest run -u)`, async () => {
      const said = await Effect.runPromise(Route.explain(route, { registry, name }))
      await expect(`${said}\n`).toMatchFileSnapshot(`../fixtures/explain/${name}.txt`)
    })
  }
})

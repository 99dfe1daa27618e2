import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import { answer, refusal } from "../../support/Answers.ts"
import * as Runs from "../../support/presetRuns.ts"
import * as Refusals from "../../support/refusals.ts"
import type * as ScriptedServer from "../../support/ScriptedServer.ts"
import { json } from "../../support/Step.ts"

const { after, busy, down, limited } = Refusals
const ok = answer({ texts: ["fine"] })
const chain = "{ preset: failover, model: $a/m, fallbacks: [$b/n] }"
const alone = "{ preset: failover, model: $a/m }"
/** Refuses one key only. */
const withKey =
  (key: string, refused: (typeof Refusals)["down"]): ScriptedServer.ScriptedStep =>
  (request) =>
    (request.headers["authorization"] === `Bearer ${key}` ? refused : ok)(request)
const large = { max_tokens: 999_999 }

const runs = {
  rotates: { route: chain, a: withKey("a1", limited), b: ok, times: 2 },
  refusedKey: { route: chain, a: withKey("a1", Refusals.noKey), b: ok },
  nextModel: { route: chain, a: after(30), b: ok },
  again: { route: chain, a: after(30), b: ok, times: 2 },
  allLimited: { route: chain, a: limited, b: limited },
  allCooling: { route: chain, a: limited, b: limited, times: 2 },
  sameProvider: { route: "{ preset: failover, model: $b/m, fallbacks: [$b/n] }", b: limited },
  sameCooling: { route: "{ preset: failover, model: $b/m, fallbacks: [$b/n] }", b: limited, times: 2 },
  laterCooling: { route: chain, a: [limited, limited, Refusals.noModel], b: Refusals.noModel, times: 2 },
  keys: { route: chain, a: Refusals.noKey, b: Refusals.noKey },
  forbidden: { route: chain, a: Refusals.forbidden, b: ok },
  missing: { route: chain, a: Refusals.noModel, b: ok, times: 2 },
  quota: { route: chain, a: Refusals.quota, b: ok },
  unpaid: { route: chain, a: refusal(402, "pay first"), b: ok },
  down: { route: chain, a: down, b: Refusals.noModel },
  recovers: { route: chain, a: [busy, ok], b: ok },
  bad: { route: alone, a: Refusals.badRequest },
  filtered: { route: chain, a: Refusals.filtered, b: ok },
  garbled: { route: chain, a: json("not what was promised"), b: ok },
  late: { route: "{ preset: failover, model: $slow/m, fallbacks: [$b/n] }", b: ok },
  dead: { route: "{ preset: failover, model: $dead/m, fallbacks: [$b/n] }", b: ok },
  anew: { route: alone, a: [down, limited, down, ok] },
  outputLimit: { route: chain, a: [Refusals.outputLimit, ok], b: ok, ask: large },
  outputLimitKept: { route: chain, a: [Refusals.outputLimit, Refusals.noModel], b: ok, ask: large },
  outputLimitTwice: { route: chain, a: Refusals.outputLimit, b: ok, ask: large },
  outputLimitNone: { route: chain, a: Refusals.outputLimit, b: ok },
  full: { route: chain, a: Refusals.tooLong, b: ok },
  fullOther: {
    route: chain,
    a: refusal(400, "prompt is too long: 210000 tokens > 200000 maximum", { type: "invalid_request_error" }),
    b: ok
  },
  off: { route: "{ preset: failover, model: $off/m, fallbacks: [$b/n] }", b: ok },
  offAlone: { route: "{ preset: failover, model: $off/m }" },
  chain: {
    route: '{ preset: failover, model: " $a/m ", fallbacks: ["", $b/n, $a/m], globalFallbacks: [$b/n, $c/o] }',
    a: Refusals.noModel,
    b: Refusals.noModel,
    c: Refusals.noModel
  },
  stream: { route: chain, a: limited, b: ok, ask: { stream: true } },
  streamCut: { route: chain, a: answer({ cutAfter: 1, ending: "error" }), b: ok, ask: { stream: true } }
} satisfies Record<string, Runs.Run>

describe("failover, as a judge sees it", () => {
  let seen: Awaited<ReturnType<typeof Runs.all<keyof typeof runs>>>
  beforeAll(async () => void (seen = await Runs.all(runs)), 60_000)
  const plain = (message: string) => message.replaceAll(/r\d+x/g, "")
  const tried = (models: number, error: string) => `LLM chain exhausted (${models} models tried). Last error: ${error}`
  const end = (run: Runs.Outcome) => [run.status, plain(run.message)]
  const allCooling =
    "LLM chain exhausted (2 models, all cooling). Wait for cooldown, reset health, or check provider status."

  it("F-20 and F-26 go to the next key at once, and pass over the one that cools down in the call after", () => {
    assert.deepStrictEqual([seen.rotates.text, seen.rotates.calls], ["fine", ["a1/m", "a2/m", "a2/m"]])
    Runs.spaced(seen.rotates, [0, 0])
    assert.deepStrictEqual([seen.refusedKey.text, seen.refusedKey.calls], ["fine", ["a1/m", "a2/m"]])
    assert.deepStrictEqual([seen.stream.status, seen.stream.calls], [200, ["a1/m", "a2/m", "b1/n"]])
  })

  it("F-31 goes to the next model after the last key without heeding Retry-After, and F-12 asks it alone afterwards", () => {
    assert.deepStrictEqual([seen.nextModel.served, seen.nextModel.calls], ["b/n", ["a1/m", "a2/m", "b1/n"]])
    Runs.spaced(seen.nextModel, [0, 0])
    assert.deepStrictEqual([seen.again.calls, seen.again.attempts], [["a1/m", "a2/m", "b1/n", "b1/n"], "1"])
  })

  it("F-18 tells the last error where all keys of all models are limited or refused, by the usual status", () => {
    assert.deepStrictEqual(end(seen.allLimited), [429, tried(2, "slow down")])
    assert.deepStrictEqual(end(seen.keys), [502, tried(2, "wrong key")])
    assert.deepStrictEqual(seen.keys.calls, ["a1/m", "a2/m", "b1/n"])
  })

  it("F-17 and F-19 send nothing where all cool down, and say when to come back", () => {
    assert.deepStrictEqual([end(seen.allCooling), seen.allCooling.calls.length], [[503, allCooling], 3])
    assert.strictEqual(seen.allCooling.retryAfter, "30")
  })

  it("F-35a passes over another model of a provider whose only key cools down, and remembers what came before", () => {
    assert.deepStrictEqual([end(seen.sameProvider), seen.sameProvider.calls], [[429, tried(2, "slow down")], ["b1/m"]])
    assert.deepStrictEqual([end(seen.sameCooling), seen.sameCooling.calls], [[503, allCooling], ["b1/m"]])
    assert.deepStrictEqual([seen.laterCooling.status, seen.laterCooling.calls], [503, ["a1/m", "a2/m", "b1/n"]])
  })

  it("F-28 goes to the next model at once, past the other key, where another key would not help", () => {
    for (const name of ["forbidden", "quota", "unpaid"] as const) {
      assert.deepStrictEqual([seen[name].served, seen[name].calls], ["b/n", ["a1/m", "b1/n"]], name)
      Runs.spaced(seen[name], [0])
    }
    assert.deepStrictEqual([seen.missing.calls, seen.missing.attempts], [["a1/m", "b1/n", "b1/n"], "1"])
  })

  it("F-8 and F-27 retry in place after 500 ms and 2 s what may pass, is not known, or is a plain 400", () => {
    for (const name of ["down", "filtered", "garbled"] as const) {
      assert.deepStrictEqual(seen[name].calls, ["a1/m", "a1/m", "a1/m", "b1/n"], name)
      Runs.spaced(seen[name], [500, 2000, 0])
    }
    assert.deepStrictEqual(end(seen.down), [502, tried(2, "The model `m` does not exist")])
    assert.deepStrictEqual(
      [end(seen.bad), seen.bad.calls.length],
      [[400, tried(1, "temperature must be at most 2")], 3]
    )
    Runs.spaced(seen.bad, [500, 2000])
    assert.deepStrictEqual([seen.recovers.text, seen.recovers.attempts], ["fine", "2"])
    Runs.spaced(seen.recovers, [500])
  })

  it("F-27 takes a time-out or a refused connection for what may pass", () => {
    assert.deepStrictEqual([seen.late.served, seen.late.attempts], ["b/n", "4"])
    Runs.spaced(seen.late, [750, 2250, 250], Runs.timedOut)
    assert.deepStrictEqual([seen.dead.served, seen.dead.attempts], ["b/n", "4"])
  })

  it("F-30 begins the retries in place anew with the next key", () => {
    assert.deepStrictEqual([seen.anew.text, seen.anew.calls], ["fine", ["a1/m", "a1/m", "a2/m", "a2/m"]])
    Runs.spaced(seen.anew, [500, 0, 500])
  })

  it("F-23, F-24 and F-25 drop max_tokens once and for the whole call, and then give advice", () => {
    const limits = (run: Runs.Outcome) => run.sent.map((body) => Json.at(body, "max_tokens"))
    assert.deepStrictEqual([seen.outputLimit.text, limits(seen.outputLimit)], ["fine", [999_999, undefined]])
    assert.deepStrictEqual(seen.outputLimitKept.calls, ["a1/m", "a1/m", "b1/n"])
    assert.deepStrictEqual(limits(seen.outputLimitKept), [999_999, undefined, undefined])
    for (const [run, calls] of [
      [seen.outputLimitTwice, 2],
      [seen.outputLimitNone, 1],
      [seen.full, 1]
    ] as const) {
      assert.deepStrictEqual([run.status, run.calls.length], [400, calls])
      assert.match(
        run.message,
        /^LLM request rejected: output token limit exceeded\. The configured max_tokens is above this model\/tier's ceiling and retrying without it still failed\. Lower max_tokens in your config \(model\.max_tokens \/ agents\.defaults\)\. Underlying error: /
      )
    }
  })

  it("F-15 and F-29 hand a full context window on as it is, and ask nobody else", () => {
    const { calls, message, status } = seen.fullOther
    assert.deepStrictEqual(
      [status, message, calls],
      [400, "prompt is too long: 210000 tokens > 200000 maximum", ["a1/m"]]
    )
  })

  it("F-21 and F-51 pass over a provider without its key, and say so where there is no other", () => {
    assert.deepStrictEqual([seen.off.served, seen.off.attempts], ["b/n", "1"])
    assert.deepStrictEqual(end(seen.offAlone), [
      503,
      tried(1, "provider 'off' not found: provider 'off' is disabled: NO_SUCH_KEY is not set")
    ])
  })

  it("F-9 walks the chain trimmed, without what is empty or stands in it already", () => {
    assert.deepStrictEqual(seen.chain.calls, ["a1/m", "b1/n", "c1/o"])
    assert.deepStrictEqual(end(seen.chain), [404, tried(3, "The model `m` does not exist")])
  })

  it("F-22 takes no stream that breaks for a whole one, and asks nobody else for the rest", () => {
    assert.deepStrictEqual([seen.streamCut.status, seen.streamCut.calls], [200, ["a1/m"]])
    assert.include(seen.streamCut.text, '"error"')
    assert.notInclude(seen.streamCut.text, "[DONE]")
  })
})

import { assert, beforeAll, describe, it } from "@effect/vitest"
import { answer } from "../../support/Answers.ts"
import * as Runs from "../../support/presetRuns.ts"
import { sse } from "../../support/Step.ts"

const ok = answer({ texts: ["fine"] })
const ask = { stream: true }
const early = {
  chronicle: "{ preset: chronicle, targets: [$a/m, $b/m] }",
  minimal: "{ preset: minimal, target: $a/m }",
  pool: "{ preset: pool, strategy: priority, across: [$a/m, $b/m], fallback: { enabled: true, onStatus: [5] } }",
  failover: "{ preset: failover, model: $a/m, fallbacks: [$b/m] }"
}
const presets = { ...early, reliable: "{ preset: reliable, providers: [$a, $b], model: m }" }
const names = ["chronicle", "minimal", "pool", "failover", "reliable"] as const
const errorFirst = sse(['data: {"error":{"message":"it is down","type":"server_error"}}\n\n'])
const each = <Name extends string>(prefix: Name, a: Runs.Answers, b: Runs.Answers) =>
  Object.fromEntries(names.map((name) => [`${prefix}-${name}`, { route: presets[name], a, b, ask }])) as Record<
    `${Name}-${(typeof names)[number]}`,
    Runs.Run
  >
const empty = answer({ cutAfter: 0, ending: "end" })
const closed = answer({ cutAfter: 0, ending: "fin" })
const runs = { ...each("empty", empty, empty), ...each("closed", closed, closed), ...each("error", errorFirst, ok) }

describe("a stream under every preset", () => {
  let seen: Awaited<ReturnType<typeof Runs.all<keyof typeof runs>>>
  beforeAll(async () => void (seen = await Runs.all(runs)), 60_000)

  it.each(names)("R-74 ends in an error under %s, and not as a whole answer, where nothing is in it", (name) => {
    for (const kind of ["empty", "closed"] as const) {
      const { status, text } = seen[`${kind}-${name}`]
      assert.isTrue(status !== 200 || text.includes('"error"'), text)
      assert.notInclude(text, "[DONE]")
    }
  })

  it.each(["chronicle", "minimal", "pool", "failover"] as const)(
    "C-62, M-13 and F-22: %s has committed with the head, so an error in the first event is the caller's to see",
    (name) => {
      const { calls, status, text } = seen[`error-${name}`]
      assert.deepStrictEqual([status, calls], [200, ["a1/m"]])
      assert.include(text, "it is down")
      assert.notInclude(text, "[DONE]")
    }
  )

  it("R-70 goes on after an error in the first event, which reliable has not committed to", () => {
    const { calls, served, status } = seen["error-reliable"]
    assert.deepStrictEqual([status, served, calls], [200, "b/m", ["a1/m", "a1/m", "a1/m", "b1/m"]])
  })
})

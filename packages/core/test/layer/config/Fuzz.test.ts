import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import * as Config from "../../../src/layer/config/Config.ts"

const document = readFileSync(new URL("../../../../../docs/configuration.md", import.meta.url), "utf8")
const whole = [...document.matchAll(/^```yaml\n([^]*?)^```/gm)].map((match) => match[1]).join("")

const pieces = [
  "",
  "{",
  "}",
  "[",
  "]",
  ":",
  "- ",
  "\n",
  "\t",
  '"',
  "'",
  "${X}",
  "${",
  "&a ",
  "*a",
  "null",
  "0",
  "-1",
  "é",
  "\u0000",
  "policy",
  ": {}"
]

describe("Config.decode", () => {
  it.effect("answers any text with a configuration or with problems that stand in it, for 400 mutilated files", () =>
    Effect.gen(function* () {
      let broken = 0
      for (let index = 0; index < 400; index++) {
        let text = whole
        const changes = yield* Random.nextIntBetween(1, 4)
        for (let change = 0; change < changes; change++) {
          const at = yield* Random.nextIntBetween(0, text.length)
          const length = yield* Random.nextIntBetween(0, 12)
          const piece = pieces[yield* Random.nextIntBetween(0, pieces.length - 1)] ?? ""
          text = text.slice(0, at) + piece + text.slice(at + length)
        }
        const result = Config.decode(text, { file: "orelse.yaml", env: {} })
        if (Result.isSuccess(result)) continue
        broken += 1
        assert.isNotEmpty(result.failure)
        const lines = text.split("\n")
        for (const problem of result.failure) {
          assert.isTrue(problem.line >= 1 && problem.line <= lines.length + 1, Config.renderProblem(problem))
          assert.isAtLeast(problem.column, 1)
          assert.isTrue(problem.found.length > 0 && problem.expected.length > 0)
        }
      }
      assert.isAbove(broken, 100)
    }).pipe(Random.withSeed("mutilated files"))
  )
})

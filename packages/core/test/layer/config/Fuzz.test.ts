import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Config from "../../../src/layer/config/Config.ts"
import { examples, mutilated } from "./helpers.ts"

const whole = examples.join("")

describe("Config.decode", () => {
  it.effect("answers any text with a configuration or with problems that stand in it, for 400 mutilated files", () =>
    Effect.gen(function* () {
      let broken = 0
      for (let index = 0; index < 400; index++) {
        const text = yield* mutilated(whole, 3)
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

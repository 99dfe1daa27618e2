import { assert } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Config from "../../../src/layer/config/Config.ts"

/** The configuration of a text; fails the test with its problems. */
export const decoded = (text: string, env: Config.Environment = {}): Config.Config => {
  const result = Config.decode(text, { file: "orelse.yaml", env })
  if (Result.isFailure(result)) assert.fail(result.failure.map(Config.renderProblem).join("\n"))
  return result.success
}

/** The problems of a text, one line each; fails the test where there are none. */
export const problems = (text: string, env: Config.Environment = {}): ReadonlyArray<string> => {
  const result = Config.decode(text, { file: "orelse.yaml", env })
  if (Result.isSuccess(result)) assert.fail("the configuration was accepted")
  return result.failure.map(Config.renderProblem)
}

/** The only problem of a text. */
export const problem = (text: string, env: Config.Environment = {}): string => {
  const [first, ...others] = problems(text, env)
  assert.deepStrictEqual(others, [])
  return first ?? ""
}

import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
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

const document = readFileSync(new URL("../../../../../docs/configuration.md", import.meta.url), "utf8")

/** The examples of the documentation. */
export const examples: ReadonlyArray<string> = [...document.matchAll(/^```yaml\n([^]*?)^```/gm)].map(
  (match) => match[1] ?? ""
)

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

/** A text with some pieces, at most so many, put in the place of others. */
export const mutilated = Effect.fnUntraced(function* (text: string, most: number) {
  const changes = yield* Random.nextIntBetween(1, most)
  let changed = text
  for (let change = 0; change < changes; change++) {
    const at = yield* Random.nextIntBetween(0, changed.length)
    const length = yield* Random.nextIntBetween(0, 12)
    const piece = pieces[yield* Random.nextIntBetween(0, pieces.length - 1)] ?? ""
    changed = changed.slice(0, at) + piece + changed.slice(at + length)
  }
  return changed
})

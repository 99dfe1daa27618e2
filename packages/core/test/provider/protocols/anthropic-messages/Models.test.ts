import { assert, describe, it } from "@effect/vitest"
import * as Models from "../../../../src/provider/protocols/anthropic-messages/Models.ts"

const kinds: Readonly<Record<string, readonly [thinking: string, sampling: string, schema: boolean]>> = {
  "claude-3-opus-20240229": ["none", "all", false],
  "claude-3-5-haiku-latest": ["none", "all", false],
  "claude-3.7-sonnet": ["budget", "all", false],
  "claude-sonnet-4-20250514": ["budget", "all", false],
  "us.anthropic.claude-opus-4-20250514-v1:0": ["budget", "all", false],
  "claude-4-sonnet": ["budget", "all", false],
  "claude-opus-4-1-20250805": ["budget", "one", true],
  "claude-sonnet-4-5-20250929": ["budget", "one", true],
  "anthropic/claude-sonnet-4.5": ["budget", "one", true],
  "claude-haiku-4-5@20251001": ["budget", "one", true],
  "claude-opus-4-5": ["budget", "one", true],
  "claude-opus-4-6": ["adaptive", "one", true],
  "claude-opus-4-7": ["adaptive", "none", true],
  "claude-sonnet-5": ["adaptive", "none", true],
  "claude-opus-5-20260724": ["adaptive", "none", true],
  "claude-haiku-5-5": ["adaptive", "none", true],
  "us.anthropic.claude-fable-5-1": ["adaptive", "none", true],
  "claude-of-2031": ["adaptive", "none", true],
  "my-own-model": ["budget", "all", true]
}

describe("what is known of Claude models", () => {
  for (const [name, [thinking, sampling, schema]] of Object.entries(kinds)) {
    it(`takes ${name} for one with thinking ${thinking}, sampling ${sampling}`, () => {
      const model = Models.of(name)
      assert.deepStrictEqual([model.thinking, model.sampling, model.schema], [thinking, sampling, schema])
    })
  }
})

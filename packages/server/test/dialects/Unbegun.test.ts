import { assert, describe, it } from "@effect/vitest"
import type { StreamPart } from "@orelse/core/domain/Response"
import { builtIn } from "../../src/dialects/builtIn.ts"
import { streamed } from "./context.ts"

const parts = (...more: ReadonlyArray<StreamPart>): ReadonlyArray<StreamPart> => [
  { type: "toolCallStart", index: 0, id: "call_1", name: "weather" },
  { type: "toolCallDelta", index: 0, arguments: '{"city":' },
  ...more,
  { type: "toolCallDelta", index: 0, arguments: '"Bonn"}' },
  { type: "finish", reason: "tool_calls" }
]

describe("arguments of a call that has not begun", () => {
  for (const dialect of Object.values(builtIn))
    it(`are no other call's to callers of ${dialect.id}`, () => {
      const lost: StreamPart = { type: "toolCallDelta", index: 7, arguments: '{"lost":true}' }
      assert.strictEqual(streamed(dialect, parts(lost)), streamed(dialect, parts()))
      assert.notInclude(streamed(dialect, parts(lost)), "lost")
    })
})

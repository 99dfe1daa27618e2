import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Trace } from "../../src/provider/Provider.ts"
import { profiles } from "../../src/provider/profiles.ts"
import * as Attempt from "./attempt.ts"
import { FakeDispatcher } from "./fakeDispatcher.ts"

/** The reason of OpenAI's answer, or `answered`, and what was measured. */
const measured = (body: unknown) =>
  Effect.gen(function* () {
    const trace: Trace = {}
    const dispatcher = new FakeDispatcher(() => ({ body: JSON.stringify(body) }))
    const ended = yield* Attempt.at(profiles["openai"]!, dispatcher, { trace }).pipe(
      Effect.scoped,
      Effect.match({ onSuccess: () => "answered" as const, onFailure: ({ reason }) => reason._tag })
    )
    return { ended, trace }
  })

const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }

describe("the time to the first content of a whole answer", () => {
  it.effect("is measured where there is content", () =>
    Effect.gen(function* () {
      const choice = { index: 0, message: { role: "assistant", content: "Hallo" }, finish_reason: "stop" }
      const { ended, trace } = yield* measured({ choices: [choice], usage })
      assert.strictEqual(ended, "answered")
      assert.isNumber(trace.firstContentMs)
    })
  )

  const empty = { index: 0, message: { role: "assistant", content: "" } }
  for (const [what, body, reason] of [
    ["an answer that holds nothing", { choices: [empty], usage }, "EmptyResponse"],
    ["what is no answer", { hello: "world" }, "MalformedResponse"],
    ["an error under 200", { error: { message: "Overloaded", type: "overloaded_error" } }, "Overloaded"]
  ] as const) {
    it.effect(`is none for ${what}: the strategy "fastest" would take it for a fast one`, () =>
      Effect.gen(function* () {
        const { ended, trace } = yield* measured(body)
        assert.strictEqual(ended, reason)
        assert.isUndefined(trace.firstContentMs)
      })
    )
  }

  it.effect("is none for an answer that holds nothing, whose usage is measured all the same", () =>
    Effect.gen(function* () {
      const { trace } = yield* measured({ choices: [empty], usage })
      assert.deepInclude(trace.usage, { inputTokens: 7, outputTokens: 3 })
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import type { StreamPart } from "@orelse/core/domain/Response"
import type { Protocol } from "@orelse/core/provider/Protocol"
import * as AnthropicProtocol from "@orelse/core/provider/protocols/AnthropicMessages"
import * as OpenAiProtocol from "@orelse/core/provider/protocols/OpenAiChat"
import * as ResponsesProtocol from "@orelse/core/provider/protocols/OpenAiResponses"
import * as AnthropicMessages from "../../src/dialects/AnthropicMessages.ts"
import type { Dialect } from "../../src/dialects/Dialect.ts"
import * as OpenAiChat from "../../src/dialects/OpenAiChat.ts"
import * as OpenAiResponses from "../../src/dialects/OpenAiResponses.ts"
import { context } from "./context.ts"
import * as Recordings from "./recordings.ts"
import * as Sdk from "./sdk.ts"

const sources: ReadonlyArray<readonly [format: string, protocol: Protocol]> = [
  ["openai_chat", OpenAiProtocol.protocol],
  ["responses", ResponsesProtocol.protocol],
  ["anthropic", AnthropicProtocol.protocol]
]

const words: Readonly<Record<string, string>> = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use" }

/** A status, or the reason why an answer is incomplete. */
const statuses: Readonly<Record<string, string>> = {
  stop: "completed",
  length: "max_output_tokens",
  tool_calls: "completed"
}

/** What a gateway sends for a recording: its parts, written in the dialect. */
const written = (parts: ReadonlyArray<StreamPart>, dialect: Dialect): string => {
  const writer = dialect.writer(context)
  return parts.map((part) => writer.write(part)).join("") + writer.end()
}

describe("recordings of real providers, translated and read by the official SDKs", () => {
  for (const [format, protocol] of sources) {
    for (const recording of Recordings.whole(format)) {
      const { expected, file } = recording
      const parts = Recordings.parts(protocol, recording)
      const usage = Recordings.usage(parts)
      const calls = expected.tool_calls.map((call) => ({
        id: call.id ?? "",
        name: call.name,
        arguments: call.arguments_json
      }))
      const counted = { input: usage?.inputTokens ?? 0, output: usage?.outputTokens ?? 0 }

      it(`${file} says the same to a client of openai-chat`, async () => {
        const seen = await Sdk.openaiStream(written(parts, OpenAiChat.dialect))
        assert.strictEqual(seen.text, expected.text)
        assert.strictEqual(seen.reasoning, expected.reasoning)
        assert.deepEqual(seen.toolCalls, calls)
        assert.strictEqual(seen.finish, expected.finish_reason_norm)
        assert.deepStrictEqual(seen.usage, counted)
      })

      it(`${file} says the same to a client of openai-responses`, async () => {
        const seen = await Sdk.responsesStream(written(parts, OpenAiResponses.dialect))
        assert.strictEqual(seen.text, expected.text)
        assert.strictEqual(seen.reasoning, expected.reasoning)
        assert.deepEqual(seen.toolCalls, calls)
        const { finish_reason_norm: finish } = expected
        assert.strictEqual(seen.finish, finish === null ? "incomplete" : statuses[finish])
        assert.deepStrictEqual(seen.usage, usage === undefined ? undefined : counted)
      })

      it(`${file} says the same to a client of anthropic-messages`, async () => {
        const seen = await Sdk.anthropicStream(written(parts, AnthropicMessages.dialect))
        // It has no refusals apart: the model's words stay, as a text.
        assert.strictEqual(seen.text, expected.text + (expected.refusal ?? ""))
        assert.strictEqual(seen.reasoning, expected.reasoning)
        assert.deepEqual(seen.toolCalls, calls)
        assert.strictEqual(
          seen.finish,
          expected.finish_reason_norm === null ? null : words[expected.finish_reason_norm]
        )
        assert.deepStrictEqual(seen.usage, counted)
      })
    }
  }
})

import { assert, describe, it } from "@effect/vitest"
import type { Protocol } from "@orelse/core/provider/Protocol"
import * as AnthropicProtocol from "@orelse/core/provider/protocols/AnthropicMessages"
import * as GeminiProtocol from "@orelse/core/provider/protocols/Gemini"
import * as OpenAiProtocol from "@orelse/core/provider/protocols/OpenAiChat"
import * as ResponsesProtocol from "@orelse/core/provider/protocols/OpenAiResponses"
import * as AnthropicMessages from "../../src/dialects/AnthropicMessages.ts"
import * as Gemini from "../../src/dialects/Gemini.ts"
import * as OpenAiChat from "../../src/dialects/OpenAiChat.ts"
import * as OpenAiResponses from "../../src/dialects/OpenAiResponses.ts"
import { streamed } from "./context.ts"
import * as RecordedParts from "./recordedParts.ts"
import * as Sdk from "./sdk.ts"

const sources: ReadonlyArray<readonly [format: string, protocol: Protocol]> = [
  ["openai_chat", OpenAiProtocol.protocol],
  ["responses", ResponsesProtocol.protocol],
  ["anthropic", AnthropicProtocol.protocol],
  ["gemini", GeminiProtocol.protocol],
  ["gemini_array", GeminiProtocol.protocol]
]

const words: Readonly<Record<string, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal"
}

/** A status, or the reason why an answer is incomplete. */
const statuses: Readonly<Record<string, string>> = {
  stop: "completed",
  length: "max_output_tokens",
  tool_calls: "completed",
  content_filter: "content_filter"
}

/** Google's words; a turn that ends in calls says `STOP` as any other. */
const googles: Readonly<Record<string, string>> = {
  stop: "STOP",
  length: "MAX_TOKENS",
  tool_calls: "STOP",
  content_filter: "SAFETY"
}

describe("recordings of real providers, translated and read by the official SDKs", () => {
  for (const [format, protocol] of sources) {
    for (const recording of RecordedParts.whole(format)) {
      const { expected, file } = recording
      const parts = RecordedParts.parts(protocol, recording)
      const usage = RecordedParts.usage(parts)
      const finished = parts.findLast((part) => part.type === "finish")
      // What gives its calls no ids gets some.
      const ids = parts.flatMap((part) => (part.type === "toolCallStart" ? [part.id] : []))
      const calls = expected.tool_calls.map((call, at) => ({
        id: call.id ?? ids[at] ?? "",
        name: call.name,
        arguments: call.arguments_json
      }))
      const counted = { input: usage?.inputTokens ?? 0, output: usage?.outputTokens ?? 0 }

      it(`${file} says the same to a client of openai-chat`, async () => {
        const seen = await Sdk.openaiStream(streamed(OpenAiChat.dialect, parts))
        assert.strictEqual(seen.text, expected.text)
        assert.strictEqual(seen.reasoning, expected.reasoning)
        assert.deepEqual(seen.toolCalls, calls)
        assert.strictEqual(seen.finish, expected.finish_reason_norm ?? finished?.raw ?? null)
        assert.deepStrictEqual(seen.usage, usage === undefined ? undefined : counted)
      })

      it(`${file} says the same to a client of openai-responses`, async () => {
        const seen = await Sdk.responsesStream(streamed(OpenAiResponses.dialect, parts))
        assert.strictEqual(seen.text, expected.text)
        assert.strictEqual(seen.reasoning, expected.reasoning)
        assert.deepEqual(seen.toolCalls, calls)
        const { finish_reason_norm: finish } = expected
        assert.strictEqual(seen.finish, finish === null ? (finished?.raw ?? "incomplete") : statuses[finish])
        assert.deepStrictEqual(seen.usage, usage === undefined ? undefined : counted)
      })

      it(`${file} says the same to a client of gemini`, async () => {
        const seen = await Sdk.googleStream(streamed(Gemini.dialect, parts))
        assert.strictEqual(seen.text, expected.text + (expected.refusal ?? ""))
        assert.strictEqual(seen.reasoning, expected.reasoning)
        assert.deepEqual(seen.toolCalls, calls)
        const { finish_reason_norm: finish } = expected
        assert.strictEqual(seen.finish, finish === null ? (finished?.raw ?? null) : googles[finish])
        // Google counts thoughts beside the answer; a provider that does so too says it in its total.
        const { inputTokens = 0, outputTokens = 0, reasoningTokens = 0, totalTokens } = usage ?? {}
        const output =
          totalTokens === inputTokens + outputTokens + reasoningTokens ? outputTokens + reasoningTokens : outputTokens
        assert.deepStrictEqual(seen.usage, usage === undefined ? undefined : { input: inputTokens, output })
      })

      it(`${file} says the same to a client of anthropic-messages`, async () => {
        const seen = await Sdk.anthropicStream(streamed(AnthropicMessages.dialect, parts))
        // It has no refusals apart, and no pictures: the model's words stay as a text, and a picture is shown as Markdown.
        const pictures = parts.flatMap((part) =>
          part.type === "image" ? [`![image](data:${part.mediaType};base64,${part.data})`] : []
        )
        assert.strictEqual(seen.text, expected.text + (expected.refusal ?? "") + pictures.join(""))
        assert.strictEqual(seen.reasoning, expected.reasoning)
        assert.deepEqual(seen.toolCalls, calls)
        assert.strictEqual(
          seen.finish,
          expected.finish_reason_norm === null ? (finished?.raw ?? null) : words[expected.finish_reason_norm]
        )
        assert.deepStrictEqual(seen.usage, counted)
      })
    }
  }
})

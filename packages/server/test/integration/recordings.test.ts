/**
 * Each of the 69 recordings, and what was made where none is, replayed by its provider over a socket into each inbound dialect, and read there by the official SDK.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Gateway from "../support/gateway.ts"
import { readers, type Reader, type Told } from "../support/readers.ts"
import { configuration, play, recordings, type Recording } from "../support/replay.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { whole } from "../support/wholeReaders.ts"

/** The neutral reasons in each dialect's words; `null` is an answer that gave none. */
const words: Readonly<Record<Reader["dialect"], Readonly<Record<string, string | undefined>>>> = {
  "openai-chat": { stop: "stop", length: "length", tool_calls: "tool_calls", content_filter: "content_filter" },
  "openai-responses": {
    stop: "completed",
    length: "max_output_tokens",
    tool_calls: "completed",
    content_filter: "content_filter"
  },
  "anthropic-messages": { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use", content_filter: "refusal" },
  gemini: { stop: "STOP", length: "MAX_TOKENS", tool_calls: "STOP", content_filter: "SAFETY" }
}

/** Whether the caller's dialect is the provider's own: then it sees the provider's words, not ours. */
const passes = (reader: Reader, { speaks }: Recording): boolean =>
  speaks === reader.dialect || (speaks === "azure-openai" && reader.dialect === "openai-chat")

const sameCalls = (told: Told, { expected }: Recording): void => {
  assert.deepStrictEqual(
    told.toolCalls.map(({ arguments: given, name }) => ({ name, given })),
    expected.tool_calls.map((call) => ({ name: call.name, given: call.arguments_json ?? {} }))
  )
  told.toolCalls.forEach(({ id }, at) => {
    const given = expected.tool_calls[at]?.id
    if (given && id !== "") assert.strictEqual(id, given)
  })
}

const sameUsage = (told: Told, reader: Reader, { expected }: Recording): void => {
  const { usage_norm: norm } = expected
  if (norm === null) return
  const input = norm["input_with_cache"] ?? norm["input"] ?? 0
  const output = norm["output"] ?? 0
  const thoughts = norm["reasoning"] ?? 0
  // xAI counts thoughts beside the answer, as Google does: there they are told apart.
  const apart = reader.dialect === "gemini" && thoughts > output ? thoughts : 0
  assert.deepStrictEqual(told.usage, { input, output: output + apart })
}

/** What has no place of its own in a dialect stands in the text: a refusal, a picture that the model made. */
const textOf = (reader: Reader, recording: Recording): string => {
  const { refusal, text } = recording.expected
  const isOpenAi = reader.dialect.startsWith("openai")
  const picture = reader.dialect === "anthropic-messages" && recording.file === "gemini-empty-parts.txt" ? image : ""
  return text + (isOpenAi ? "" : (refusal ?? "")) + picture
}

const image =
  "![image](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQImWNwav0CAALIAbzDqqRyAAAAAElFTkSuQmCC)"

const sameEnd = (told: Told, reader: Reader, recording: Recording): void => {
  const { finish_reason: raw, finish_reason_norm: norm } = recording.expected
  if (norm === null || (passes(reader, recording) && told.finish === raw)) return
  assert.strictEqual(told.finish, words[reader.dialect][norm])
}

describe("recordings of real providers, replayed through the gateway", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway

  beforeAll(async () => {
    server = await ScriptedServer.start({ script: play })
    gateway = await Gateway.start(configuration(server.url))
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  it("are 69", () => assert.strictEqual(recordings.filter(({ made }) => made !== true).length, 69))

  for (const reader of readers) {
    for (const recording of recordings) {
      const { expected, file, route } = recording
      // A format of two API versions ago: no client of today reads it where it passes through.
      const isUnread = recording.protocol === "anthropic_complete" || recording.unread_by_own_client === true
      if (isUnread && passes(reader, recording)) continue
      const fails = expected.truncated === true || (expected.error !== null && expected.error !== undefined)

      it(`${file} ${fails ? "fails" : "says the same"} to a client of ${reader.dialect}`, async () => {
        const told = await reader.stream(gateway.url, route)
        if (fails) {
          assert.isDefined(told.error, "the SDK raises an error")
          assert.isTrue(expected.text.startsWith(told.text))
          return
        }
        assert.isUndefined(told.error, told.error?.message)
        assert.strictEqual(told.text, textOf(reader, recording))
        assert.strictEqual(told.reasoning, expected.reasoning)
        sameCalls(told, recording)
        sameUsage(told, reader, recording)
        sameEnd(told, reader, recording)
      })
    }
  }

  for (const recording of recordings.filter(({ isWhole }) => !isWhole)) {
    const own = readers.find((reader) => passes(reader, recording))
    // An array is given in the frame that the caller asked for: events.
    if (own === undefined || recording.protocol === "gemini_array") continue

    it(`${recording.file} passes to a client of ${own.dialect} byte for byte`, async () => {
      const { body, path } = requests[own.dialect](recording.route)
      const response = await fetch(`${gateway.url}${path}`, { method: "POST", body: JSON.stringify(body) })
      const text = await response.text()
      // No byte order mark is left in what `fetch` gives as text.
      const sent = closed(recording.bytes.toString()).replace(/^\ufeff/, "")
      const { expected } = recording
      // Some never send the end that their format has; callers get it all the same.
      if (expected.truncated !== true && !expected.error)
        assert.strictEqual(text, text.endsWith(done) && !sent.endsWith(done) ? sent + done : sent)
      else if (response.ok) assert.strictEqual(text.slice(0, 300), sent.slice(0, 300))
      else assert.isAtLeast(response.status, 400)
    })
  }

  for (const recording of recordings.filter(({ isWhole }) => isWhole)) {
    for (const reader of readers) {
      it(`${recording.file} says the same to a call of ${reader.dialect} that is not streamed`, async () => {
        const seen = await whole[reader.dialect](gateway.url, recording.route)
        const told: Told = { ...seen, finish: seen.finish ?? undefined, error: undefined }
        assert.strictEqual(told.text, textOf(reader, recording))
        assert.strictEqual(told.reasoning, recording.expected.reasoning)
        sameCalls(told, recording)
        sameUsage(told, reader, recording)
        sameEnd(told, reader, recording)
      })
    }
  }
})

/** A streamed question in each dialect, with usage where it must be asked for. */
const requests: Readonly<
  Record<Reader["dialect"], (model: string) => { readonly path: string; readonly body: object }>
> = {
  "openai-chat": (model) => ({
    path: "/v1/chat/completions",
    body: { model, stream: true, stream_options: { include_usage: true }, messages: [{ role: "user", content: "hi" }] }
  }),
  "openai-responses": (model) => ({ path: "/v1/responses", body: { model, stream: true, input: "hi" } }),
  "anthropic-messages": (model) => ({
    path: "/v1/messages",
    body: { model, stream: true, max_tokens: 9, messages: [{ role: "user", content: "hi" }] }
  }),
  gemini: (model) => ({
    path: `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: { contents: [{ role: "user", parts: [{ text: "hi" }] }] }
  })
}

const done = "data: [DONE]\n\n"

/** With the blank line behind the last event, without which nobody would read it. */
const closed = (text: string): string => {
  const ending = text.includes("\r\n") ? "\r\n" : "\n"
  if (text.endsWith(ending + ending)) return text
  return text + (text.endsWith(ending) ? ending : ending + ending)
}

/**
 * The official SDKs as readers of what a dialect writes: their `fetch` answers with a given body and never opens a connection.
 */
import Anthropic from "@anthropic-ai/sdk"
import { assert } from "@effect/vitest"
import { type GenerateContentResponse, GoogleGenAI } from "@google/genai"
import OpenAI from "openai"

const answering = (body: string, status: number, contentType: string) => () =>
  Promise.resolve(new Response(body, { status, headers: { "content-type": contentType } }))

const options = (body: string, status: number, stream: boolean) => ({
  apiKey: "none",
  maxRetries: 0,
  fetch: answering(body, status, stream ? "text/event-stream" : "application/json")
})

export const openai = (body: string, stream: boolean, status = 200): OpenAI => new OpenAI(options(body, status, stream))

export const anthropic = (body: string, stream: boolean, status = 200): Anthropic =>
  new Anthropic(options(body, status, stream))

/** What a client made of an answer, in plain words. */
export interface Seen {
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: ReadonlyArray<{ readonly id: string; readonly name: string; readonly arguments: unknown }>
  readonly finish: string | null
  readonly usage: { readonly input: number; readonly output: number } | undefined
}

const question = { model: "m", messages: [{ role: "user" as const, content: "?" }] }

/** Reads a stream chunk by chunk, as most programs do. */
export const openaiStream = async (body: string): Promise<Seen> => {
  const stream = await openai(body, true).chat.completions.create({
    ...question,
    stream: true,
    stream_options: { include_usage: true }
  })
  const calls = new Map<number, { id: string; name: string; arguments: string }>()
  let text = ""
  let reasoning = ""
  let finish: string | null = null
  let usage: Seen["usage"]
  for await (const chunk of stream) {
    if (chunk.usage) usage = { input: chunk.usage.prompt_tokens, output: chunk.usage.completion_tokens }
    const choice = chunk.choices[0]
    if (choice === undefined) continue
    text += choice.delta.content ?? ""
    reasoning += (choice.delta as { readonly reasoning_content?: string }).reasoning_content ?? ""
    for (const call of choice.delta.tool_calls ?? []) {
      const known = calls.get(call.index)
      if (known === undefined)
        calls.set(call.index, {
          id: call.id ?? "",
          name: call.function?.name ?? "",
          arguments: call.function?.arguments ?? ""
        })
      else known.arguments += call.function?.arguments ?? ""
    }
    finish = choice.finish_reason ?? finish
  }
  return { text, reasoning, toolCalls: [...calls.values()].map(parsed), finish, usage }
}

const parsed = (call: { readonly id: string; readonly name: string; readonly arguments: string }) => ({
  ...call,
  arguments: call.arguments === "" ? {} : (JSON.parse(call.arguments) as unknown)
})

/** Reads a stream with the SDK's own accumulator. */
export const anthropicStream = async (body: string): Promise<Seen> => {
  const stream = anthropic(body, true).messages.stream({ ...question, max_tokens: 1 })
  return anthropicSeen(await stream.finalMessage())
}

export const anthropicSeen = (message: Anthropic.Message): Seen => ({
  text: message.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
  reasoning: message.content.map((block) => (block.type === "thinking" ? block.thinking : "")).join(""),
  toolCalls: message.content.flatMap((block) =>
    block.type === "tool_use" ? [{ id: block.id, name: block.name, arguments: block.input }] : []
  ),
  finish: message.stop_reason,
  usage: {
    input:
      message.usage.input_tokens +
      (message.usage.cache_read_input_tokens ?? 0) +
      (message.usage.cache_creation_input_tokens ?? 0),
    output: message.usage.output_tokens
  }
})

/** Reads a stream of Responses with the SDK's own accumulator. */
export const responsesStream = async (body: string): Promise<Seen> =>
  responsesSeen(await openai(body, true).responses.stream({ model: "m", input: "?" }).finalResponse())

export const responsesSeen = (response: OpenAI.Responses.Response): Seen => ({
  text: response.output_text,
  reasoning: response.output
    .flatMap((item) => (item.type === "reasoning" ? item.summary.map((part) => part.text) : []))
    .join(""),
  toolCalls: response.output.flatMap((item) =>
    item.type === "function_call" ? [parsed({ id: item.call_id, name: item.name, arguments: item.arguments })] : []
  ),
  finish: response.incomplete_details?.reason ?? response.status ?? null,
  usage:
    response.usage === undefined || response.usage === null
      ? undefined
      : { input: response.usage.input_tokens, output: response.usage.output_tokens }
})

/** Runs with Google's SDK, which knows only the process's own `fetch`. */
export const google = async <A>(
  body: string,
  run: (client: GoogleGenAI) => Promise<A>,
  status = 200,
  stream = true
): Promise<A> => {
  const own = globalThis.fetch
  globalThis.fetch = answering(body, status, stream ? "text/event-stream" : "application/json")
  try {
    return await run(new GoogleGenAI({ apiKey: "none" }))
  } finally {
    globalThis.fetch = own
  }
}

/** Reads a stream chunk by chunk, as Google's SDK gives it. */
export const googleStream = (body: string): Promise<Seen> =>
  google(body, async (client) => {
    const chunks: Array<GenerateContentResponse> = []
    for await (const chunk of await client.models.generateContentStream({ model: "m", contents: "?" }))
      chunks.push(chunk)
    return googleSeen(chunks)
  })

export const googleSeen = (chunks: ReadonlyArray<GenerateContentResponse>): Seen => {
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
  const text = (thought: boolean) =>
    parts.map((part) => ((part.thought ?? false) === thought ? (part.text ?? "") : "")).join("")
  const usage = chunks.findLast((chunk) => chunk.usageMetadata !== undefined)?.usageMetadata
  return {
    text: text(false),
    reasoning: text(true),
    toolCalls: parts.flatMap(({ functionCall: call }) =>
      call === undefined ? [] : [{ id: call.id ?? "", name: call.name ?? "", arguments: call.args }]
    ),
    finish: chunks.findLast((chunk) => chunk.candidates?.[0]?.finishReason)?.candidates?.[0]?.finishReason ?? null,
    usage:
      usage === undefined
        ? undefined
        : {
            input: usage.promptTokenCount ?? 0,
            output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0)
          }
  }
}

/** What was raised; fails where nothing was. */
export const raised = async (run: () => Promise<unknown>): Promise<unknown> => {
  try {
    await run()
  } catch (error) {
    return error
  }
  return assert.fail("nothing was raised")
}

/** Reads a stream to its end. */
export const drain = async (stream: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of stream);
}

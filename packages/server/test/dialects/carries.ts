/**
 * What each protocol carries of a request, found out by writing it: the rows of `docs/dialects.md`.
 *
 * A feature is a request with it and the same without. What a protocol leaves out or changes needs a reason here why that does no
 * harm; what would do harm it must refuse (`Unsupported`), so that the route moves on to a target that can.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Request } from "@orelse/core/domain/Request"
import type { Protocol } from "@orelse/core/provider/Protocol"
import { builtIn as protocols } from "@orelse/core/provider/protocols/builtIn"
import * as Result from "effect/Result"
import { builtIn as dialects } from "../../src/dialects/builtIn.ts"
import type { Dialect } from "../../src/dialects/Dialect.ts"

export interface Feature {
  readonly name: string
  readonly with: Request
  readonly without: Request
  /** Why no harm is done where it is left out or changed. */
  readonly why?: string
}

/** `changed`: it arrives in another form. `left out`: what is sent is as if it had not been there. */
export type Verdict = "yes" | "changed" | "left out" | "refused"

const asked: Request = { messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }], maxTokens: 8000 }

type Message = Request["messages"][number]
type UserPart = Extract<Message, { readonly role: "user" }>["content"][number]
type AssistantPart = Extract<Message, { readonly role: "assistant" }>["content"][number]

const field = (name: string, more: Partial<Request>, why?: string): Feature =>
  Json.compact({ name, with: { ...asked, ...more }, without: asked, why })

const messages = (
  name: string,
  extra: ReadonlyArray<Message>,
  less: ReadonlyArray<Message> = [],
  why?: string
): Feature =>
  Json.compact({
    name,
    with: { ...asked, messages: [...asked.messages, ...extra] },
    without: { ...asked, messages: [...asked.messages, ...less] },
    why
  })

const user = (...content: ReadonlyArray<UserPart>): Message => ({ role: "user", content })
const assistant = (...content: ReadonlyArray<AssistantPart>): Message => ({ role: "assistant", content })
const said: AssistantPart = { type: "text", text: "yes" }
const call: AssistantPart = { type: "toolCall", id: "call_1", name: "f", arguments: '{"a":1}' }
const tools: Pick<Request, "tools"> = { tools: [{ name: "f", parameters: { type: "object", properties: {} } }] }
const two: Pick<Request, "tools"> = { tools: [...tools.tools!, { ...tools.tools![0]!, name: "g" }] }
const cat = { type: "image", url: "https://example.org/cat.png" } as const
const png = { type: "image", mediaType: "image/png", data: "iVBORw0KGgo=" } as const
const schema = { type: "object", properties: { a: { type: "string" } }, additionalProperties: false }
const limited = { ...schema, properties: { a: { type: "string", maxLength: 5 } } }
const free = { type: "object", additionalProperties: { type: "string" } }

const result = (more: Partial<Extract<Message, { readonly role: "tool" }>>): ReadonlyArray<Message> => [
  assistant(call),
  { role: "tool", toolCallId: "call_1", content: [{ type: "text", text: "42" }], ...more }
]

const withTools = (feature: Feature, offered: Pick<Request, "tools"> = tools): Feature => ({
  ...feature,
  with: { ...feature.with, ...offered },
  without: { ...feature.without, ...offered }
})

const system = (text: string): Message => ({ role: "system", content: [{ type: "text", text }] })

const provenWhy = "only the provider that made reasoning can use its proof"
const nameWhy = "its name goes where the format has no place for one"
const samplingWhy = "it shapes chance, not meaning"

/** The features, in the order of the table. */
export const features: ReadonlyArray<Feature> = [
  { name: "system prompt", with: { ...asked, messages: [system("Be brief."), ...asked.messages] }, without: asked },
  {
    name: "system messages between others",
    with: { ...asked, messages: [system("one"), ...asked.messages, system("two")] },
    without: asked,
    why: "they are joined at the front, with their words"
  },
  messages("name of a speaker", [{ role: "user", name: "Ada", content: [said] }], [user(said)], "it is a hint"),
  messages("image in line", [user(png)]),
  messages("image by URL", [user(cat)]),
  messages(
    "detail of an image",
    [user({ ...cat, detail: "low" })],
    [user(cat)],
    "it sets the price of looking, not what is seen"
  ),
  messages(
    "PDF in line",
    [user({ type: "document", mediaType: "application/pdf", data: "JVBERi0xLjQK", name: "a.pdf" })],
    [],
    nameWhy
  ),
  messages(
    "PDF by URL",
    [user({ type: "document", mediaType: "application/pdf", url: "https://example.org/a.pdf" })],
    [],
    "its media type is plain from the file"
  ),
  messages(
    "text document",
    [user({ type: "document", mediaType: "text/plain", data: "aGk=", name: "a.txt" })],
    [],
    "its name and its words go as a text where the format takes no such file"
  ),
  messages(
    "audio in line",
    [user({ type: "audio", mediaType: "audio/wav", data: "UklGRg==", format: "wav" })],
    [],
    "the format stands for the media type"
  ),
  field("tools", tools),
  withTools(field("tool choice: required", { toolChoice: "required" })),
  withTools(field("tool choice: one tool", { toolChoice: { name: "f" } })),
  withTools(field("tool choice: none", { toolChoice: "none" })),
  withTools(
    field(
      "no parallel calls of one tool",
      { parallelToolCalls: false },
      "`auto` is said beside it, or it stays a wish: callers take several calls as they come"
    )
  ),
  withTools(
    field(
      "no parallel calls of several tools",
      { parallelToolCalls: false },
      "`auto` is said beside it, or it stays a wish: callers take several calls as they come"
    ),
    two
  ),
  withTools(messages("tool calls and results", result({}))),
  withTools(messages("failed tool results", result({ isError: true }), result({}), "the words of the result say it")),
  withTools(messages("images in tool results", result({ content: [png] }))),
  field(
    "JSON schema output",
    { responseFormat: { type: "jsonSchema", schema } },
    "a name is added, which the format demands"
  ),
  field(
    "limits in a JSON schema",
    { responseFormat: { type: "jsonSchema", schema: limited } },
    "a name is added, which the format demands, or the limit goes into the description"
  ),
  field(
    "members without names in a JSON schema",
    { responseFormat: { type: "jsonSchema", schema: free } },
    "a name is added, which the format demands"
  ),
  field(
    "JSON output without schema",
    { responseFormat: { type: "json" } },
    "it is asked for in words, too, where nobody has said JSON, for the format demands it"
  ),
  field("reasoning effort", { reasoning: { enabled: true, effort: "high" } }),
  field(
    "reasoning budget",
    { reasoning: { enabled: true, budgetTokens: 2048 } },
    "it becomes the nearest effort, or is left to the model"
  ),
  field("no reasoning", { reasoning: { enabled: false } }),
  messages(
    "reasoning in history",
    [assistant({ type: "reasoning", text: "hm" }, said)],
    [assistant(said)],
    "the format takes none in, or only with proof; the answer stands"
  ),
  messages(
    "signed reasoning in history",
    [assistant({ type: "reasoning", text: "hm", signature: "c2ln" }, said)],
    [assistant(said)],
    provenWhy
  ),
  messages(
    "hidden reasoning in history",
    [assistant({ type: "reasoning", text: "", redacted: "c2Vj" }, said)],
    [assistant(said)],
    provenWhy
  ),
  messages("refusal in history", [assistant({ type: "refusal", text: "no" })], [], "its words stay, as a text"),
  field("stop sequences", { stop: ["END"] }),
  field("temperature", { temperature: 0.5 }),
  field("top p", { topP: 0.5 }),
  field("top k", { topK: 5 }, samplingWhy),
  field("seed", { seed: 7 }, "no provider promises the same answer twice"),
  field("penalties", { frequencyPenalty: 0.5, presencePenalty: 0.5 }, samplingWhy),
  field("log probabilities", { logprobs: true, topLogprobs: 2 }),
  field("several answers", { n: 2 }),
  field("user", { user: "u-1" }, "it is for the provider's own books"),
  field("OpenAI: logit bias", { extra: { "openai-chat": { logit_bias: { "5": -100 } } } }),
  field("OpenAI: custom tools", { extra: { "openai-chat": { tools: [{ type: "custom", custom: { name: "x" } }] } } }),
  field("OpenAI: any other field", { extra: { "openai-chat": { store: true } } }, "it has no meaning elsewhere"),
  messages("OpenAI: content of its own", [
    user({ type: "text", text: "", extra: { "openai-chat": { block: { type: "video_url" } } } })
  ]),
  field("Responses: a conversation that the provider keeps", {
    extra: { "openai-responses": { previous_response_id: "resp_1" } }
  }),
  field("Responses: its own tools", { extra: { "openai-responses": { tools: [{ type: "web_search" }] } } }),
  field(
    "Responses: any other field",
    { extra: { "openai-responses": { truncation: "auto" } } },
    "it has no meaning elsewhere"
  ),
  messages("Responses: items of its own", [
    assistant({
      type: "text",
      text: "",
      extra: { "openai-responses": { block: { type: "web_search_call", id: "ws" } } }
    })
  ]),
  field("Anthropic: its own tools", {
    extra: { "anthropic-messages": { tools: [{ type: "web_search_20250305", name: "web_search" }] } }
  }),
  field(
    "Anthropic: any other field",
    { extra: { "anthropic-messages": { service_tier: "auto" } } },
    "it has no meaning elsewhere"
  ),
  field("Anthropic: a conversation that the provider keeps", {
    extra: { "anthropic-messages": { thread: { type: "continue", previous_message_id: "msg_1" } } }
  }),
  field(
    "Anthropic: the beginning of one",
    { extra: { "anthropic-messages": { thread: { type: "create" } } } },
    "who goes on with it is told to send it whole"
  ),
  field(
    "Anthropic: context management",
    { extra: { "anthropic-messages": { context_management: { edits: [{ type: "clear_thinking_20251015" }] } } } },
    "it saves tokens at Anthropic; elsewhere the conversation goes whole"
  ),
  messages(
    "Anthropic: cache control",
    [user({ type: "text", text: "long", extra: { "anthropic-messages": { cache_control: { type: "ephemeral" } } } })],
    [user({ type: "text", text: "long" })],
    "it sets the price, not the answer"
  ),
  messages("Anthropic: content of its own", [
    user({ type: "text", text: "", extra: { "anthropic-messages": { block: { type: "search_result" } } } })
  ]),
  field("Gemini: its own tools", { extra: { gemini: { tools: [{ googleSearch: {} }] } } }),
  field("Gemini: an answer of one listed word", {
    extra: { gemini: { responseMimeType: "text/x.enum", responseSchema: { type: "STRING", enum: ["a", "b"] } } }
  }),
  field("Gemini: cached content", { extra: { gemini: { cachedContent: "cachedContents/x" } } }),
  field(
    "Gemini: any other field",
    { extra: { gemini: { safetySettings: [{ category: "c", threshold: "BLOCK_NONE" }] } } },
    "it has no meaning elsewhere"
  ),
  messages("Gemini: content of its own", [
    user({ type: "text", text: "", extra: { gemini: { block: { executableCode: { code: "1" } } } } })
  ])
]

/** A model of each protocol that takes everything the format has. */
const models: Readonly<Record<string, string>> = {
  "openai-chat": "gpt-5.2",
  "openai-responses": "gpt-5.2",
  "azure-openai": "gpt-5.2",
  "anthropic-messages": "claude-opus-4-6",
  "bedrock-converse": "anthropic.claude-opus-4-6-v1",
  gemini: "gemini-3-flash"
}

/** Where what takes everything else takes no stop sequences. */
const stopping: typeof models = { ...models, "openai-chat": "gpt-4.1", "azure-openai": "gpt-4.1" }

/** What becomes of a feature. */
export const verdict = (feature: Feature, protocol: Protocol): Verdict => {
  const written = bodyOf(feature.with, protocol)
  if (written === undefined) return "refused"
  if (written === bodyOf(feature.without, protocol)) return "left out"
  const dialect = (dialects as Readonly<Record<string, Dialect | undefined>>)[protocol.id]
  if (dialect === undefined) return "yes"
  const read = dialect.request(Json.parseObject(written) ?? {})
  if (Result.isFailure(read)) return "changed"
  const { model: _, ...back } = read.success
  return canonical(back) === canonical(feature.with) ? "yes" : "changed"
}

const bodyOf = (request: Request, protocol: Protocol): string | undefined => {
  // The newer name of OpenAI's limit would be read back as the caller's wish.
  const quirks = { oldMaxTokens: true }
  const model = (request.stop === undefined ? models : stopping)[protocol.id] ?? "model-x"
  const written = protocol.encode(request, { model, stream: false, quirks })
  return Result.isSuccess(written) ? written.success.body : undefined
}

/** JSON with its keys in order. A tool that is not strict is the same as one that does not say so. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => {
    const object = Json.object(inner)
    if (object === undefined) return inner
    const said = Object.entries(object).filter(([key, value]) => key !== "strict" || value !== false)
    return Object.fromEntries(said.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })

/** The protocols of the table, in the order of the registry. */
export const columns: ReadonlyArray<Protocol> = Object.values(protocols)

/** The table, as Markdown. */
export const table = (): string => {
  const header = ["feature", ...columns.map((protocol) => protocol.id), "where it is changed or left out"]
  const rows = features.map((feature) => {
    const verdicts = columns.map((protocol) => verdict(feature, protocol))
    const needsWord = verdicts.some((one) => one === "left out" || one === "changed")
    return [feature.name, ...verdicts, needsWord ? (feature.why ?? "") : ""]
  })
  const widths = header.map((_, at) => Math.max(3, ...[header, ...rows].map((row) => row[at]!.length)))
  const line = (cells: ReadonlyArray<string>) => `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}

/**
 * A request in no dialect: what every inbound dialect is read into and every provider protocol is written from.
 *
 * Where both sides speak the same dialect this shape is never built: the bytes pass through. It holds what at
 * least two dialects share; what only one knows travels in `extra` under that dialect's own names.
 * It does not say who answers: that is a Route.
 */
import * as Schema from "effect/Schema"
import * as Json from "./Json.ts"

/** Fields that only one dialect knows, by dialect id and under their own names, carried through untouched. */
const Extra = Schema.optionalKey(Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Json)))
const extra = { extra: Extra }

/** Text. @stability stable @category schemas @since 0.1.0 */
export const TextPart = Schema.Struct({ type: Schema.tag("text"), text: Schema.String, ...extra })

/**
 * Bytes by reference or in line: exactly one of `url` (http(s) or provider URI) and `data` (base64) is set.
 */
const Media = {
  mediaType: Schema.optionalKey(Schema.String),
  url: Schema.optionalKey(Schema.String),
  data: Schema.optionalKey(Schema.String),
  /** A file that the provider already holds. */
  fileId: Schema.optionalKey(Schema.String)
}

/** An image. `detail` is OpenAI's `low | high | auto`. @stability stable @category schemas @since 0.1.0 */
export const ImagePart = Schema.Struct({
  type: Schema.tag("image"),
  ...Media,
  detail: Schema.optionalKey(Schema.String),
  ...extra
})

/** A document (PDF, text). @stability stable @category schemas @since 0.1.0 */
export const DocumentPart = Schema.Struct({
  type: Schema.tag("document"),
  ...Media,
  name: Schema.optionalKey(Schema.String),
  ...extra
})

/** Audio in. @stability stable @category schemas @since 0.1.0 */
export const AudioPart = Schema.Struct({
  type: Schema.tag("audio"),
  ...Media,
  format: Schema.optionalKey(Schema.String),
  ...extra
})

/**
 * Reasoning that an assistant showed. `signature` proves it to the provider that made it; `redacted` holds the
 * encrypted block of a provider that hides it (then `text` is empty).
 *
 * @stability stable
 * @category schemas
 * @since 0.1.0
 */
export const ReasoningPart = Schema.Struct({
  type: Schema.tag("reasoning"),
  text: Schema.String,
  signature: Schema.optionalKey(Schema.String),
  redacted: Schema.optionalKey(Schema.String),
  ...extra
})

/** A tool call; `arguments` is the JSON text as the model wrote it (it may be invalid). @stability stable @category schemas @since 0.1.0 */
export const ToolCallPart = Schema.Struct({
  type: Schema.tag("toolCall"),
  id: Schema.String,
  name: Schema.String,
  arguments: Schema.String,
  /** Proof of the reasoning behind the call, where the protocol ties one to it (Gemini's thought signature). */
  signature: Schema.optionalKey(Schema.String),
  ...extra
})

/** The model declined, in its own words. @stability stable @category schemas @since 0.1.0 */
export const RefusalPart = Schema.Struct({ type: Schema.tag("refusal"), text: Schema.String, ...extra })

/** What a user's message is made of. @stability stable @category schemas @since 0.1.0 */
export const UserPart = Schema.Union([TextPart, ImagePart, DocumentPart, AudioPart])
/** What a user's message is made of. @stability stable @category models @since 0.1.0 */
export type UserPart = typeof UserPart.Type

/** What an assistant's message, and an answer, is made of. @stability stable @category schemas @since 0.1.0 */
export const AssistantPart = Schema.Union([TextPart, ReasoningPart, ToolCallPart, RefusalPart, ImagePart])
/** What an assistant's message, and an answer, is made of. @stability stable @category models @since 0.1.0 */
export type AssistantPart = typeof AssistantPart.Type

/**
 * One message. System messages stand where they stood (dialects with one system field join them); `developer`
 * marks OpenAI's newer name of the same role. A tool's result is a message of its own.
 *
 * @stability stable
 * @category schemas
 * @since 0.1.0
 */
export const Message = Schema.Union([
  Schema.Struct({
    role: Schema.tag("system"),
    content: Schema.Array(TextPart),
    developer: Schema.optionalKey(Schema.Boolean),
    name: Schema.optionalKey(Schema.String),
    ...extra
  }),
  Schema.Struct({
    role: Schema.tag("user"),
    content: Schema.Array(UserPart),
    name: Schema.optionalKey(Schema.String),
    ...extra
  }),
  Schema.Struct({
    role: Schema.tag("assistant"),
    content: Schema.Array(AssistantPart),
    name: Schema.optionalKey(Schema.String),
    ...extra
  }),
  Schema.Struct({
    role: Schema.tag("tool"),
    toolCallId: Schema.String,
    name: Schema.optionalKey(Schema.String),
    content: Schema.Array(Schema.Union([TextPart, ImagePart, DocumentPart])),
    isError: Schema.optionalKey(Schema.Boolean),
    ...extra
  })
])
/** One message: `system`, `user`, `assistant` or `tool`. @stability stable @category models @since 0.1.0 */
export type Message = typeof Message.Type

/**
 * A tool the model may call; `parameters` is a JSON Schema. Tools that a provider runs itself (web search …) have
 * no neutral shape: they stay in `extra` of the request, and a target of another protocol is `Unsupported`.
 *
 * @stability stable
 * @category schemas
 * @since 0.1.0
 */
export const Tool = Schema.Struct({
  name: Schema.String,
  description: Schema.optionalKey(Schema.String),
  parameters: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
  strict: Schema.optionalKey(Schema.Boolean),
  ...extra
})
/** A tool the model may call. @stability stable @category models @since 0.1.0 */
export type Tool = typeof Tool.Type

/** Whether the model may, must not or must call a tool, or which one it must. @stability stable @category schemas @since 0.1.0 */
export const ToolChoice = Schema.Union([
  Schema.Literals(["auto", "none", "required"]),
  Schema.Struct({ name: Schema.String })
])

/** What the answer has to be: text, any JSON, or JSON of a schema. @stability stable @category schemas @since 0.1.0 */
export const ResponseFormat = Schema.Union([
  Schema.Struct({ type: Schema.tag("text") }),
  Schema.Struct({ type: Schema.tag("json") }),
  Schema.Struct({
    type: Schema.tag("jsonSchema"),
    name: Schema.optionalKey(Schema.String),
    description: Schema.optionalKey(Schema.String),
    schema: Schema.Record(Schema.String, Schema.Json),
    strict: Schema.optionalKey(Schema.Boolean)
  })
])

/**
 * How much to think: `effort` where the dialect has words for it, `budgetTokens` where it counts.
 *
 * @stability stable
 * @category schemas
 * @since 0.1.0
 */
export const Reasoning = Schema.Struct({
  enabled: Schema.optionalKey(Schema.Boolean),
  effort: Schema.optionalKey(Schema.String),
  budgetTokens: Schema.optionalKey(Schema.Number),
  summary: Schema.optionalKey(Schema.String)
})

/**
 * A chat request. `model` is what the caller asked for; the target's own model name is put in by its protocol.
 *
 * @stability stable
 * @category schemas
 * @since 0.1.0
 */
export const Request = Schema.Struct({
  model: Schema.optionalKey(Schema.String),
  messages: Schema.Array(Message),
  tools: Schema.optionalKey(Schema.Array(Tool)),
  toolChoice: Schema.optionalKey(ToolChoice),
  parallelToolCalls: Schema.optionalKey(Schema.Boolean),
  responseFormat: Schema.optionalKey(ResponseFormat),
  reasoning: Schema.optionalKey(Reasoning),
  /** Most tokens to answer with. */
  maxTokens: Schema.optionalKey(Schema.Number),
  temperature: Schema.optionalKey(Schema.Number),
  topP: Schema.optionalKey(Schema.Number),
  topK: Schema.optionalKey(Schema.Number),
  stop: Schema.optionalKey(Schema.Array(Schema.String)),
  seed: Schema.optionalKey(Schema.Number),
  frequencyPenalty: Schema.optionalKey(Schema.Number),
  presencePenalty: Schema.optionalKey(Schema.Number),
  logprobs: Schema.optionalKey(Schema.Boolean),
  topLogprobs: Schema.optionalKey(Schema.Number),
  /** Answers to give; only OpenAI's dialect knows more than 1. */
  n: Schema.optionalKey(Schema.Number),
  user: Schema.optionalKey(Schema.String),
  ...extra
})
/** A chat request. @stability stable @category models @since 0.1.0 */
export type Request = typeof Request.Type

/**
 * An embeddings request: texts, or texts already cut into tokens. `dimensions` is how long each vector is to be; `sizes` stands in its place
 * where that differs from text to text (`null`: not said), which over HTTP goes to Gemini alone, as its caller wrote it.
 *
 * @stability stable
 * @category schemas
 * @since 0.1.0
 */
export const Embeddings = Schema.Struct({
  model: Schema.optionalKey(Schema.String),
  input: Schema.Union([Schema.Array(Schema.String), Schema.Array(Schema.Array(Schema.Number))]),
  dimensions: Schema.optionalKey(Schema.Number),
  sizes: Schema.optionalKey(Schema.Array(Schema.NullOr(Schema.Number))),
  user: Schema.optionalKey(Schema.String),
  ...extra
})
/** An embeddings request. @stability stable @category models @since 0.1.0 */
export type Embeddings = typeof Embeddings.Type

/** What a request says beside its messages; `undefined` is not said. @stability stable @category models @since 0.1.0 */
export type Settings = { readonly [K in Exclude<keyof Request, "messages">]?: Request[K] | undefined }

/** A request of one user message. @stability stable @category constructors @since 0.1.0 */
export const text = (prompt: string, settings?: Settings): Request => ({
  ...(settings === undefined ? undefined : Json.compact(settings)),
  messages: [{ role: "user", content: [{ type: "text", text: prompt }] }]
})

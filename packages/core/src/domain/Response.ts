/**
 * An answer in no dialect, whole (`Response`) or as it comes (`StreamPart`).
 *
 * A protocol reads a provider's bytes into these, a dialect writes them for the caller. Where both speak the same
 * dialect the bytes pass through, and only usage, finish reason and errors are read off.
 */
import * as Schema from "effect/Schema"
import type { Json, JsonObject } from "./Json.ts"
import * as Request from "./Request.ts"
import * as Usage from "./Usage.ts"

/**
 * Why the model stopped. `error` is a provider that says so itself; `unknown` is a value that no table knows
 * (its own word is in `rawFinishReason`).
 *
 * @stability stable
 * @category schemas
 * @since 0.1.0
 */
export const FinishReason = Schema.Literals(["stop", "length", "tool_calls", "content_filter", "error", "unknown"])
/** Why the model stopped. @stability stable @category models @since 0.1.0 */
export type FinishReason = typeof FinishReason.Type

/**
 * A whole answer. `finishReason` absent means that the provider gave none.
 *
 * @stability stable
 * @category schemas
 * @since 0.1.0
 */
export const Response = Schema.Struct({
  id: Schema.optionalKey(Schema.String),
  model: Schema.optionalKey(Schema.String),
  /** Epoch seconds. */
  created: Schema.optionalKey(Schema.Number),
  content: Schema.Array(Request.AssistantPart),
  finishReason: Schema.optionalKey(FinishReason),
  rawFinishReason: Schema.optionalKey(Schema.String),
  /** The stop sequence that ended the answer. */
  stopSequence: Schema.optionalKey(Schema.String),
  usage: Schema.optionalKey(Usage.Usage),
  /** OpenAI's shape of log probabilities. */
  logprobs: Schema.optionalKey(Schema.Json),
  /** Fields that only one dialect knows, by dialect id. */
  extra: Schema.optionalKey(Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Json)))
})
/** A whole answer. @stability stable @category models @since 0.1.0 */
export type Response = typeof Response.Type

/** Embedding vectors, in the order of the input. @stability stable @category models @since 0.1.0 */
export interface EmbeddingsResponse {
  readonly model?: string
  readonly embeddings: ReadonlyArray<ReadonlyArray<number>>
  readonly usage?: Usage.Usage
}

/**
 * One step of a streamed answer. `index` numbers the content blocks (text, reasoning, tool calls) in order of appearance.
 * `text`, `reasoning`, `refusal`, `toolCallStart`, `toolCallDelta`, `image` and a `finish` *commit* a stream (see
 * `isContent`); the others are preamble. `otherAnswer` is content, or the end, of an answer beside the first, where several were asked for
 * (`index` is its own number, from 1): it has no neutral shape, and only says that something came. `error` is an error that the provider sent inside the stream, its body as it came:
 * it is classified by `provider/Failure.ts` and ends the attempt.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export type StreamPart =
  | { readonly type: "start"; readonly id?: string; readonly model?: string; readonly created?: number }
  | { readonly type: "text"; readonly index: number; readonly text: string; readonly logprobs?: Json }
  | {
      readonly type: "reasoning"
      readonly index: number
      readonly text: string
      readonly signature?: string
      readonly redacted?: string
    }
  | { readonly type: "refusal"; readonly index: number; readonly text: string }
  | {
      readonly type: "toolCallStart"
      readonly index: number
      readonly id: string
      readonly name: string
      readonly signature?: string
      /** A custom tool of OpenAI's: its input is text, not JSON. */
      readonly custom?: boolean
    }
  | { readonly type: "toolCallDelta"; readonly index: number; readonly arguments: string }
  | {
      readonly type: "image"
      readonly index: number
      readonly mediaType: string
      /** Base64; empty where the picture stands by its address. */
      readonly data: string
      readonly url?: string
    }
  | { readonly type: "usage"; readonly usage: Usage.Usage }
  | {
      readonly type: "finish"
      readonly reason: FinishReason
      readonly raw?: string
      readonly stopSequence?: string
    }
  | { readonly type: "error"; readonly body: string; readonly event?: string }
  | { readonly type: "extra"; readonly dialect: string; readonly fields: JsonObject }
  | { readonly type: "otherAnswer"; readonly index: number; readonly text: string }
  | { readonly type: "ping" }

/**
 * Whether a part is content in the sense of the commit rule: text, reasoning or a tool-call delta that is not empty,
 * or a final event with a finish reason; of any answer, where there are several.
 *
 * @stability stable
 * @category predicates
 * @since 0.1.0
 */
export const isContent = (part: StreamPart): boolean => {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text.length > 0
    case "reasoning":
      return part.text.length > 0 || part.signature !== undefined || part.redacted !== undefined
    case "toolCallDelta":
      return part.arguments.length > 0
    case "toolCallStart":
    case "image":
    case "finish":
    case "otherAnswer":
      return true
    case "start":
    case "usage":
    case "error":
    case "extra":
    case "ping":
      return false
  }
}

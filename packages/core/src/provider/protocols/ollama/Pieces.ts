/**
 * What a line of a stream and a whole answer of Ollama have in common: a message, when it was made, and fields of its own.
 */
import * as Json from "../../../domain/Json.ts"

/** Text, thinking and tool calls of one line. */
export interface Piece {
  readonly text: string
  readonly thinking: string
  readonly calls: ReadonlyArray<Call>
}

/** A call as Ollama gives it: whole, its arguments an object; older servers give no id. */
export interface Call {
  readonly id: string | undefined
  readonly name: string
  readonly arguments: string
}

/** The piece; `undefined` where the line holds none. `/api/generate` has its text under `response`. */
export const of = (body: Json.JsonObject): Piece | undefined => {
  const message = Json.object(body["message"])
  if (message === undefined) {
    const text = Json.string(body["response"])
    return text === undefined ? undefined : { text, thinking: Json.string(body["thinking"]) ?? "", calls: [] }
  }
  return {
    text: Json.string(message["content"]) ?? "",
    thinking: Json.string(message["thinking"]) ?? "",
    calls: Json.array(message["tool_calls"]).flatMap(callOf)
  }
}

const callOf = (value: Json.Json): ReadonlyArray<Call> => {
  const name = Json.string(Json.at(value, "function", "name"))
  if (name === undefined) return []
  const written = Json.at(value, "function", "arguments")
  return [
    {
      id: Json.string(Json.at(value, "id")) || undefined,
      name,
      arguments: typeof written === "string" ? written : JSON.stringify(written ?? {})
    }
  ]
}

/** Log probabilities in OpenAI's shape, of which Ollama's are the inner list. */
export const logprobs = (body: Json.JsonObject): { readonly content: ReadonlyArray<Json.Json> } | undefined => {
  const content = Json.array(body["logprobs"])
  return content.length === 0 ? undefined : { content }
}

/** Epoch seconds. */
export const created = (body: Json.JsonObject): number | undefined => {
  const at = Date.parse(Json.string(body["created_at"]) ?? "")
  return Number.isNaN(at) ? undefined : Math.floor(at / 1000)
}

const known: ReadonlySet<string> = new Set([
  "model",
  "created_at",
  "message",
  "response",
  "thinking",
  "done",
  "done_reason",
  "logprobs",
  "prompt_eval_count",
  "eval_count"
])

/** The fields that only Ollama knows (durations, context); `undefined` where there are none. */
export const unknownFields = (body: Json.JsonObject): Json.JsonObject | undefined => {
  const fields = Object.entries(body).filter(([key, value]) => !known.has(key) && value !== null)
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

/**
 * Ollama's own chat, where its OpenAI format falls short (thinking, options, models kept in memory).
 *
 * The provider's url is the host; `/api/chat` and `/api/embed` are added. Streams are lines of JSON. Formats: docs.ollama.com "API" and the types
 * of its server (`api/types.go`), read 2026-11. It has no tool choice: `auto` is what it does, for `none` the tools are left out, what
 * forces a tool is `Unsupported`. `extra.ollama` holds `keep_alive`, `options` and whatever else only Ollama knows.
 *
 * What it cannot carry is in `docs/dialects.md`. The pieces are in `ollama/`.
 */
import * as Result from "effect/Result"
import * as Json from "../../domain/Json.ts"
import type { Unsupported } from "../../domain/Reason.ts"
import type { Request } from "../../domain/Request.ts"
import type { Context, Protocol, WireRequest } from "../Protocol.ts"
import * as RequestHeaders from "../RequestHeaders.ts"
import * as Rewrite from "../Rewrite.ts"
import * as Foreign from "./Foreign.ts"
import * as FunctionTool from "./FunctionTool.ts"
import * as Answer from "./ollama/Answer.ts"
import * as Embeddings from "./ollama/Embeddings.ts"
import * as Messages from "./ollama/Messages.ts"
import * as Reader from "./ollama/Reader.ts"
import * as Usage from "./ollama/Usage.ts"

const dialect = "ollama"

const encode = (request: Request, context: Context): Result.Result<WireRequest, Unsupported> => {
  const refused = Foreign.refuse(request, dialect) ?? refuse(request)
  if (refused !== undefined) return Result.fail(refused)
  return Result.map(Messages.encode(request.messages), (messages) => {
    const { options, ...own } = Foreign.own(request, dialect)
    const body = Json.compact({
      model: context.model,
      messages,
      tools: toolsOf(request),
      think: thinkOf(request.reasoning, context.model),
      format: formatOf(request.responseFormat),
      options: Json.unlessEmpty({ ...Json.compact(optionsOf(request)), ...Json.object(options) }),
      logprobs: request.logprobs,
      top_logprobs: request.topLogprobs,
      ...own,
      // It streams unless told not to.
      stream: context.stream
    })
    return { path: "/api/chat", headers: RequestHeaders.none, body: JSON.stringify(body) }
  })
}

const refuse = (request: Request): Unsupported | undefined => {
  if (request.n !== undefined && request.n > 1)
    return unsupported("several answers", "gives one answer a call, not n of them")
  if (request.tools === undefined || request.tools.length === 0) return undefined
  if (request.toolChoice === "required" || typeof request.toolChoice === "object")
    return unsupported("forced tool calls", "has no tool choice: it cannot be made to call a tool")
  if (Foreign.isOneOfSeveral(request))
    return unsupported("one tool call at a time", "cannot be kept from calling several tools at once")
  return undefined
}

const unsupported = (feature: string, message: string): Unsupported =>
  Foreign.unsupported(feature, `${dialect} ${message}`)

const optionsOf = (request: Request): Json.JsonObject => ({
  num_predict: request.maxTokens,
  temperature: request.temperature,
  top_p: request.topP,
  top_k: request.topK,
  stop: request.stop,
  seed: request.seed,
  frequency_penalty: request.frequencyPenalty,
  presence_penalty: request.presencePenalty
})

const toolsOf = (request: Request): ReadonlyArray<Json.JsonObject> | undefined => {
  if (request.tools === undefined || request.toolChoice === "none") return undefined
  return request.tools.map((tool) => FunctionTool.encode(tool, dialect))
}

/** Only gpt-oss knows degrees; the other models refuse a word in the place of `true`. */
const thinkOf = (reasoning: Request["reasoning"], model: string): boolean | string | undefined => {
  if (reasoning === undefined) return undefined
  const { budgetTokens, effort, enabled } = reasoning
  if (enabled === false || effort === "none") return false
  if (enabled === undefined && effort === undefined && budgetTokens === undefined) return undefined
  if (!model.includes("gpt-oss")) return true
  if (effort !== undefined) return Object.hasOwn(degrees, effort) ? degrees[effort] : "high"
  return budgetTokens === undefined ? true : budgetTokens <= 4096 ? "low" : budgetTokens <= 16_384 ? "medium" : "high"
}

const degrees: Readonly<Record<string, string>> = { minimal: "low", low: "low", medium: "medium", high: "high" }

const formatOf = (format: Request["responseFormat"]): Json.Json | undefined => {
  switch (format?.type) {
    case undefined:
    case "text":
      return undefined
    case "json":
      return "json"
    case "jsonSchema":
      return format.schema
  }
}

const passThrough = (text: string, body: Json.JsonObject, context: Context): WireRequest => {
  const isEmbedding = body["messages"] === undefined && body["input"] !== undefined
  const changes = { model: Rewrite.set(context.model), orelse: Rewrite.remove }
  return {
    path: isEmbedding ? "/api/embed" : "/api/chat",
    headers: RequestHeaders.none,
    body: Rewrite.edit(text, isEmbedding ? changes : { ...changes, stream: Rewrite.set(context.stream) })
  }
}

/**
 * The protocol.
 *
 * @stability stable
 * @category constants
 * @since 0.1.0
 */
export const protocol: Protocol = {
  id: dialect,
  framing: "ndjson",
  encode,
  passThrough,
  decode: Answer.decode,
  reader: Reader.make,
  usage: Usage.of,
  embeddings: { encode: Embeddings.encode, decode: Embeddings.decode }
}

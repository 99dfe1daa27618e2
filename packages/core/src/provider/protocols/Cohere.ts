/**
 * Cohere's chat, version 2.
 *
 * The provider's url is the host; `/v2/chat` and `/v2/embed` are added. Formats: docs.cohere.com "Chat", "Chat with Streaming" and "Embed" (v2) and
 * the types of its SDK, read 2026-11. It can be told to call some tool but not which: where one is named, the others are left out. What the model says
 * before it calls a tool (`tool_plan`) and its citations travel in `extra.cohere`, as do `documents`, `safety_mode` and whatever else only
 * Cohere knows.
 *
 * What it cannot carry is in `docs/dialects.md`. The pieces are in `cohere/`.
 */
import * as Result from "effect/Result"
import * as Json from "../../domain/Json.ts"
import type { Unsupported } from "../../domain/Reason.ts"
import type { Request } from "../../domain/Request.ts"
import type { Context, Protocol, WireRequest } from "../Protocol.ts"
import * as RequestHeaders from "../RequestHeaders.ts"
import * as Rewrite from "../Rewrite.ts"
import * as Answer from "./cohere/Answer.ts"
import * as Embeddings from "./cohere/Embeddings.ts"
import * as Messages from "./cohere/Messages.ts"
import * as Reader from "./cohere/Reader.ts"
import * as Usage from "./cohere/Usage.ts"
import * as Foreign from "./Foreign.ts"
import * as FunctionTool from "./FunctionTool.ts"

const dialect = "cohere"

const encode = (request: Request, context: Context): Result.Result<WireRequest, Unsupported> => {
  const refused = Foreign.refuse(request, dialect) ?? refuse(request)
  if (refused !== undefined) return Result.fail(refused)
  return Result.map(Messages.encode(request.messages), (messages) => {
    const body = Json.compact({
      model: context.model,
      messages,
      ...settingsOf(request),
      ...toolsOf(request),
      ...Foreign.own(request, dialect),
      stream: context.stream
    })
    return { path: "/v2/chat", headers: RequestHeaders.none, body: JSON.stringify(body) }
  })
}

const refuse = (request: Request): Unsupported | undefined => {
  const hasTools = request.tools !== undefined && request.tools.length > 0
  const format = request.responseFormat?.type
  if (request.n !== undefined && request.n > 1)
    return unsupported("several answers", "gives one answer a call, not n of them")
  if (request.logprobs === true)
    return unsupported(
      "log probabilities",
      "has log probabilities of its own kind only, not of tokens with their texts"
    )
  if (hasTools && (format === "json" || format === "jsonSchema"))
    return unsupported("JSON output beside tools", "binds its answer to JSON only where there are no tools")
  if (Foreign.isOneOfSeveral(request))
    return unsupported("one tool call at a time", "cannot be kept from calling several tools at once")
  return Foreign.tooManyStops(request, dialect, 5)
}

const unsupported = (feature: string, message: string): Unsupported =>
  Foreign.unsupported(feature, `${dialect} ${message}`)

const settingsOf = (request: Request): Json.JsonObject => ({
  max_tokens: request.maxTokens,
  // It takes no more.
  temperature: request.temperature === undefined ? undefined : Math.min(request.temperature, 1),
  p: request.topP,
  k: request.topK,
  stop_sequences: request.stop,
  seed: request.seed,
  frequency_penalty: request.frequencyPenalty,
  presence_penalty: request.presencePenalty,
  thinking: thinkingOf(request.reasoning),
  response_format: formatOf(request.responseFormat)
})

/** It thinks or does not, with a budget; degrees it has none. */
const thinkingOf = (reasoning: Request["reasoning"]): Json.JsonObject | undefined => {
  if (reasoning === undefined) return undefined
  const { budgetTokens, effort, enabled } = reasoning
  if (enabled === false || effort === "none") return { type: "disabled" }
  if (enabled === undefined && effort === undefined && budgetTokens === undefined) return undefined
  return Json.compact({ type: "enabled", token_budget: budgetTokens })
}

const formatOf = (format: Request["responseFormat"]): Json.JsonObject | undefined => {
  switch (format?.type) {
    case undefined:
    case "text":
      return undefined
    case "json":
      return { type: "json_object" }
    case "jsonSchema":
      return { type: "json_object", json_schema: format.schema }
  }
}

const toolsOf = (request: Request): Json.JsonObject => {
  const { toolChoice: choice, tools: all } = request
  if (all === undefined || all.length === 0) return {}
  const tools = typeof choice === "object" ? all.filter((tool) => tool.name === choice.name) : all
  return {
    tools: tools.map((tool) => FunctionTool.encode(tool, dialect)),
    tool_choice: choice === "none" ? "NONE" : choice === undefined || choice === "auto" ? undefined : "REQUIRED",
    strict_tools: tools.every((tool) => tool.strict === true) ? true : undefined
  }
}

const passThrough = (text: string, body: Json.JsonObject, context: Context): WireRequest => ({
  path: body["messages"] === undefined && body["texts"] !== undefined ? "/v2/embed" : "/v2/chat",
  headers: RequestHeaders.none,
  body: Rewrite.edit(text, { model: Rewrite.set(context.model), orelse: Rewrite.remove })
})

/**
 * The protocol.
 *
 * @stability stable
 * @category constants
 * @since 0.1.0
 */
export const protocol: Protocol = {
  id: dialect,
  framing: "sse",
  toolName: /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
  encode,
  passThrough,
  decode: Answer.decode,
  reader: Reader.make,
  usage: Usage.of,
  embeddings: { encode: Embeddings.encode, decode: Embeddings.decode }
}

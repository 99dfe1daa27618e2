/**
 * Anthropic's Messages.
 *
 * The provider's url is the host; `/v1/messages` is added. Formats: platform.claude.com "API: Messages", read 2026-11. Where the caller
 * named no `max_tokens`, which Anthropic demands, it is 16000 or the model's most (`anthropic-messages/Models.ts`), and the thinking budget
 * beside it. JSON schema output is Anthropic's own (`output_config.format`); a model that has none is `Unsupported`.
 *
 * What it cannot carry is in `docs/dialects.md`. The pieces are in `anthropic-messages/`.
 */
import * as Result from "effect/Result"
import * as Json from "../../domain/Json.ts"
import type { Unsupported } from "../../domain/Reason.ts"
import type { Request, Tool } from "../../domain/Request.ts"
import type { Context, Protocol, WireRequest } from "../Protocol.ts"
import * as Rewrite from "../Rewrite.ts"
import * as Answer from "./anthropic-messages/Answer.ts"
import * as BoundSchema from "./anthropic-messages/BoundSchema.ts"
import * as Forced from "./anthropic-messages/Forced.ts"
import * as Messages from "./anthropic-messages/Messages.ts"
import * as Models from "./anthropic-messages/Models.ts"
import * as Reader from "./anthropic-messages/Reader.ts"
import * as Returned from "./anthropic-messages/Returned.ts"
import * as Thinking from "./anthropic-messages/Thinking.ts"
import * as Usage from "./anthropic-messages/Usage.ts"
import * as Foreign from "./Foreign.ts"
import * as FunctionTool from "./FunctionTool.ts"

const dialect = "anthropic-messages"

const encode = (request: Request, context: Context): Result.Result<WireRequest, Unsupported> => {
  const model = Models.of(context.model)
  const refused = Foreign.refuse(request, dialect) ?? refuse(request, model)
  if (refused !== undefined) return Result.fail(refused)
  const format = formatOf(request)
  if (Result.isFailure(format)) return Result.fail(format.failure)
  return Result.map(Messages.encode(request.messages), ({ system, messages }) => {
    const thinking = Thinking.of(request, model, Models.maxTokensOf(model))
    const {
      tools: _tools,
      thinking: ownThinking,
      output_config: ownConfig,
      metadata,
      ...own
    } = Foreign.own(request, dialect)
    const body = Json.compact({
      model: context.model,
      max_tokens: thinking.maxTokens,
      system,
      messages,
      ...samplingOf(request, model, thinking.thinking?.["type"]),
      stop_sequences: request.stop,
      tools: toolsOf(request, model),
      tool_choice: choiceOf(request),
      thinking: Json.unlessEmpty({ ...thinking.thinking, ...Json.object(ownThinking) }),
      output_config: Json.unlessEmpty(
        Json.compact({ effort: thinking.effort, format: format.success, ...Json.object(ownConfig) })
      ),
      metadata: Json.unlessEmpty(Json.compact({ ...Json.object(metadata), user_id: request.user })),
      ...own,
      stream: context.stream ? true : undefined
    })
    return wire(JSON.stringify(body))
  })
}

/** The features that Anthropic has nothing for, and that cannot be left out without changing the answer's meaning. */
const refuse = (request: Request, model: Models.Model): Unsupported | undefined => {
  if (request.n !== undefined && request.n > 1)
    return unsupported("several answers", "gives one answer a call, not n of them")
  if (request.logprobs === true) return unsupported("log probabilities", "has no log probabilities")
  if (request.responseFormat?.type === "json")
    return unsupported("JSON output without a schema", "has no JSON mode; give a schema (response_format: json_schema)")
  if (request.responseFormat?.type === "jsonSchema" && !model.schema)
    return unsupported("JSON schema output", "cannot bind this model to a schema")
  if (request.stop?.some((stop) => stop.trim() === "") === true)
    return unsupported("blank stop sequences", "refuses stop sequences of white space")
  return Forced.refuse(request, model, dialect)
}

const unsupported = (feature: string, message: string): Unsupported =>
  Foreign.unsupported(feature, `${dialect} ${message}`)

/** Temperatures go up to 1. None of these beside thinking or for the newest models; the others since 4.1 take one of temperature and `top_p`. */
const samplingOf = (request: Request, model: Models.Model, thinking: Json.Json | undefined): Json.JsonObject => {
  if (model.sampling === "none" || thinking === "enabled" || thinking === "adaptive") return {}
  const { temperature, topK, topP } = request
  return {
    temperature: temperature === undefined ? undefined : Math.min(temperature, 1),
    top_p: temperature !== undefined && model.sampling === "one" ? undefined : topP,
    top_k: topK
  }
}

const toolsOf = (request: Request, model: Models.Model): ReadonlyArray<Json.Json> | undefined => {
  const own = Json.array(Foreign.own(request, dialect)["tools"])
  if (request.tools === undefined) return own.length === 0 ? undefined : own
  const bound = model.schema ? BoundSchema.ofTools(request.tools, dialect) : []
  const tools = request.tools.map((tool, at) =>
    Json.compact({
      name: tool.name,
      description: tool.description,
      ...inputOf(tool, bound[at]),
      ...Foreign.own(tool, dialect)
    })
  )
  return [...tools, ...own] as ReadonlyArray<Json.Json>
}

const inputOf = (tool: Tool, bound: Json.JsonObject | undefined): Json.JsonObject =>
  bound === undefined
    ? { input_schema: FunctionTool.parametersOf(tool), strict: tool.strict === true ? undefined : tool.strict }
    : { input_schema: bound, strict: true }

const choiceOf = (request: Request): Json.JsonObject | undefined => {
  const { toolChoice, parallelToolCalls } = request
  const hasTools = request.tools !== undefined && request.tools.length > 0
  if (!hasTools || (toolChoice === undefined && parallelToolCalls === undefined)) return undefined
  if (toolChoice === "none") return { type: "none" }
  const parallel = parallelToolCalls === undefined ? {} : { disable_parallel_tool_use: !parallelToolCalls }
  if (typeof toolChoice === "object") return { type: "tool", name: toolChoice.name, ...parallel }
  return { type: toolChoice === "required" ? "any" : "auto", ...parallel }
}

const formatOf = ({ responseFormat }: Request): Result.Result<Json.JsonObject | undefined, Unsupported> =>
  responseFormat?.type === "jsonSchema"
    ? Result.map(BoundSchema.of(responseFormat.schema, dialect), (schema) => ({ type: "json_schema", schema }))
    : Result.succeed(undefined)

const passThrough = (text: string, body: Json.JsonObject, context: Context): WireRequest => {
  const changes = { model: Rewrite.set(context.model), orelse: Rewrite.remove }
  const returned = Returned.changes(body)
  return wire(Rewrite.edit(text, returned === undefined ? changes : { ...changes, ...returned }))
}

const headers = { "anthropic-version": "2023-06-01" }

const wire = (body: string): WireRequest => ({ path: "/v1/messages", headers, body })

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
  toolName: /^[A-Za-z0-9_-]{1,128}$/,
  encode,
  passThrough,
  decode: Answer.decode,
  reader: Reader.make,
  usage: Usage.of
}

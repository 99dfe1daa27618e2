/**
 * OpenAI's Responses.
 *
 * The provider's url ends in `/v1`; `/responses` is added. Formats: platform.openai.com "API reference: Responses" and the types of the
 * official SDK, read 2026-11. A conversation is sent whole with every call: `store` is false where the caller did not say, and where
 * reasoning is asked for it is asked for encrypted, so that it can be sent back. What the format takes for granted and others do not is
 * said: tools are not `strict` unless the caller wants it.
 *
 * What it cannot carry is in `docs/dialects.md`. The pieces are in `openai-responses/`.
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
import * as Alike from "./openai-chat/Alike.ts"
import * as Effort from "./openai-chat/Effort.ts"
import * as JsonMode from "./openai-chat/JsonMode.ts"
import * as Models from "./openai-chat/Models.ts"
import * as User from "./openai-chat/User.ts"
import * as WholeSchema from "./openai-chat/WholeSchema.ts"
import * as Answer from "./openai-responses/Answer.ts"
import * as Messages from "./openai-responses/Messages.ts"
import * as Reader from "./openai-responses/Reader.ts"
import * as Returned from "./openai-responses/Returned.ts"
import * as Usage from "./openai-responses/Usage.ts"

const dialect = "openai-responses"

const encode = (request: Request, context: Context): Result.Result<WireRequest, Unsupported> => {
  const model = Models.of(context.model)
  const effort = Effort.of(request.reasoning, model)
  const refused = Foreign.refuse(request, dialect) ?? refuse(request) ?? Models.refuseLogprobs(request, model, effort)
  if (refused !== undefined) return Result.fail(refused)
  return Result.map(Messages.encode(JsonMode.messagesOf(request)), ({ input, instructions }) => {
    const { include, reasoning, text, tools: _tools, ...own } = Foreign.own(request, dialect)
    const tools = toolsOf(request)
    const body = Json.compact({
      model: context.model,
      instructions,
      input,
      max_output_tokens: request.maxTokens === undefined ? undefined : Math.max(request.maxTokens, leastOutput),
      ...samplingOf(request, model, effort),
      top_logprobs: request.topLogprobs,
      user: User.of(request),
      reasoning: Json.unlessEmpty({ ...reasoningOf(request, model, effort), ...Json.object(reasoning) }),
      text: Json.unlessEmpty({ ...formatOf(request.responseFormat), ...verbosityOf(request), ...Json.object(text) }),
      tools,
      tool_choice: choiceOf(FunctionTool.choiceAmong(request, tools !== undefined)),
      parallel_tool_calls: tools === undefined ? undefined : request.parallelToolCalls,
      include: includeOf(request, model, Json.array(include)),
      store: false,
      ...Alike.inResponses(request),
      ...own,
      stream: context.stream ? true : undefined
    })
    return wire(JSON.stringify(body))
  })
}

/** In tokens (`Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16`, read 2026-11). */
const leastOutput = 16

/** The features that the format has nothing for, and that cannot be left out without changing the answer's meaning. */
const refuse = (request: Request): Unsupported | undefined => {
  if (request.n !== undefined && request.n > 1)
    return Foreign.unsupported("several answers", `${dialect} gives one answer a call, not n of them`)
  if (request.stop !== undefined && request.stop.length > 0)
    return Foreign.unsupported("stop sequences", `${dialect} has no stop sequences`)
  return undefined
}

/** Left out for models that refuse them. */
const samplingOf = (request: Request, model: Models.Model, effort: string | undefined): Json.JsonObject =>
  Models.samples(model, effort) ? { temperature: request.temperature, top_p: request.topP } : {}

const verbosityOf = (request: Request): Json.JsonObject =>
  Json.compact({ verbosity: Foreign.own(request, "openai-chat")["verbosity"] })

const reasoningOf = ({ reasoning }: Request, model: Models.Model, effort: string | undefined): Json.JsonObject =>
  Models.reasons(model) ? Json.compact({ effort, summary: reasoning?.summary }) : {}

const formatOf = (format: Request["responseFormat"]): Json.JsonObject => {
  switch (format?.type) {
    case undefined:
      return {}
    case "text":
      return { format: { type: "text" } }
    case "json":
      return { format: { type: "json_object" } }
    case "jsonSchema": {
      const { name, description, schema, strict } = format
      const said = { name: name ?? "answer", description, schema: WholeSchema.of(schema), strict }
      return { format: Json.compact({ type: "json_schema", ...said }) }
    }
  }
}

const toolsOf = (request: Request): ReadonlyArray<Json.Json> | undefined => {
  const own = Json.array(Foreign.own(request, dialect)["tools"])
  const offered = FunctionTool.offered(request)
  if (offered === undefined) return own.length === 0 ? undefined : own
  const tools = offered.map((tool) =>
    Json.compact({
      type: "function",
      name: tool.name,
      description: tool.description,
      parameters: WholeSchema.of(FunctionTool.parametersOf(tool)),
      strict: tool.strict ?? false,
      ...Foreign.own(tool, dialect)
    })
  )
  return [...tools, ...own] as ReadonlyArray<Json.Json>
}

const choiceOf = (choice: Request["toolChoice"]): Json.Json | undefined =>
  typeof choice === "object" ? { type: "function", name: choice.name } : choice

const encrypted = "reasoning.encrypted_content"
const logprobs = "message.output_text.logprobs"

/** What the answer is to hold besides: the caller's own wishes, and those that other dialects say in another place. */
const includeOf = (
  { logprobs: hasLogprobs, reasoning }: Request,
  model: Models.Model,
  own: ReadonlyArray<Json.Json>
): ReadonlyArray<Json.Json> | undefined => {
  const isAsked = reasoning !== undefined && reasoning.enabled !== false
  const wanted = [...(isAsked && Models.reasons(model) ? [encrypted] : []), ...(hasLogprobs === true ? [logprobs] : [])]
  const all = [...wanted.filter((one) => !own.includes(one)), ...own]
  return all.length === 0 ? undefined : all
}

const passThrough = (text: string, body: Json.JsonObject, context: Context): WireRequest => {
  const changes = { model: Rewrite.set(context.model), orelse: Rewrite.remove }
  const returned = Returned.changes(body)
  return wire(Rewrite.edit(text, returned === undefined ? changes : { ...changes, ...returned }))
}

const wire = (body: string): WireRequest => ({ path: "/responses", headers: RequestHeaders.none, body })

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
  toolName: FunctionTool.usualName,
  encode,
  passThrough,
  isRefused: Returned.isRefused,
  decode: Answer.decode,
  reader: Reader.make,
  usage: Usage.of
}

/**
 * OpenAI's chat completions, the format that most providers speak.
 *
 * The provider's url ends in `/v1` (or what stands for it); `/chat/completions` and `/embeddings` are added. Formats: platform.openai.com
 * "API reference: Chat", read 2026-11. Quirks that a profile row may switch: `maxCompletionTokens` (the newer name of the limit),
 * `oldMaxTokens` (only the older), `noStreamOptions`, `noDeveloperRole` (`openai-chat/Developer.ts`), `topK` (takes `top_k`), `fixedSampling` (takes no temperature nor its like), `seedField` (its name of the seed),
 * `shortToolIds` (ids of nine letters and digits), `reasoningField` (name of the field that takes reasoning back), `reasoningRequired` (beside calls: `openai-chat/Reasoned.ts`), `historyFields` (what of an
 * answer's own fields it takes back, where it refuses the others: `openai-chat/Returned.ts`), `answersTools` (only the assistant speaks behind a
 * result: `openai-chat/ToolOrder.ts`).
 *
 * What it cannot carry is in `docs/dialects.md`. The pieces are in `openai-chat/`.
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
import * as Answer from "./openai-chat/Answer.ts"
import * as Developer from "./openai-chat/Developer.ts"
import * as Effort from "./openai-chat/Effort.ts"
import * as Embeddings from "./openai-chat/Embeddings.ts"
import * as JsonMode from "./openai-chat/JsonMode.ts"
import * as Messages from "./openai-chat/Messages.ts"
import * as Models from "./openai-chat/Models.ts"
import * as Reader from "./openai-chat/Reader.ts"
import * as Reasoned from "./openai-chat/Reasoned.ts"
import * as Returned from "./openai-chat/Returned.ts"
import * as ToolIds from "./openai-chat/ToolIds.ts"
import * as ToolOrder from "./openai-chat/ToolOrder.ts"
import * as Usage from "./openai-chat/Usage.ts"
import * as User from "./openai-chat/User.ts"
import * as WholeSchema from "./openai-chat/WholeSchema.ts"

const dialect = "openai-chat"

const encode = (request: Request, context: Context): Result.Result<WireRequest, Unsupported> => {
  const model = Models.of(context.model)
  const tools = toolsOf(request)
  const toolsTaken = tools === undefined ? "always" : Models.toolsOf(context.model)
  const effort = toolsTaken === "unreasoned" ? "none" : Effort.of(request.reasoning, Models.inChat(model))
  const refused =
    Foreign.refuse(request, dialect) ??
    refuse(request, model, toolsTaken) ??
    Models.refuseLogprobs(request, model, effort)
  if (refused !== undefined) return Result.fail(refused)
  const quirks = {
    ...context.quirks,
    ...(Returned.isGemini(context.model) ? { callProofs: true } : {}),
    ...(Models.isKnown(model) ? {} : { noDeveloperRole: true })
  }
  const messages: Array<Json.JsonObject> = []
  for (const message of JsonMode.messagesOf(request)) {
    const encoded = Messages.encode(message, quirks)
    if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
    if (encoded.success !== undefined) messages.push(encoded.success)
  }
  const { maxTokensField, tools: _tools, stream_options: options, ...own } = Foreign.own(request, dialect)
  const body = Json.compact({
    model: context.model,
    messages: ToolOrder.fit(Reasoned.fit(Returned.fit(messages, context), context), context),
    ...settingsOf(request, context, limitField(context.quirks, model, maxTokensField)),
    reasoning_effort: effort,
    ...(context.quirks["fixedSampling"] === true ? {} : samplingOf(request, model, effort)),
    tools,
    tool_choice: choiceOf(FunctionTool.choiceAmong(request, tools !== undefined)),
    parallel_tool_calls: tools === undefined ? undefined : request.parallelToolCalls,
    ...Alike.inChat(request, model, context),
    ...own,
    stream: context.stream ? true : undefined,
    stream_options:
      context.stream && context.quirks["noStreamOptions"] !== true
        ? { ...Json.object(options), include_usage: true }
        : undefined
  })
  return Result.succeed(wire(JSON.stringify(body)))
}

const refuse = (request: Request, model: Models.Model, tools: Models.Model["tools"]): Unsupported | undefined => {
  if (tools === "never")
    return Foreign.unsupported(
      "tools",
      "this model of OpenAI takes tools in its Responses alone: call it through a provider that speaks openai-responses"
    )
  return Foreign.tooManyStops(request, "this model of OpenAI", model.stops)
}

const settingsOf = (request: Request, context: Context, limit: string): Json.JsonObject => ({
  [limit]: request.maxTokens,
  top_k: context.quirks["topK"] === true ? request.topK : undefined,
  // An empty list is refused.
  stop: request.stop?.length === 0 ? undefined : request.stop,
  [Json.string(context.quirks["seedField"]) ?? "seed"]: request.seed,
  logprobs: request.logprobs,
  top_logprobs: request.topLogprobs,
  n: request.n,
  user: User.of(request),
  response_format: formatOf(request.responseFormat)
})

/** Left out for models that refuse them. */
const samplingOf = (request: Request, model: Models.Model, effort: string | undefined): Json.JsonObject =>
  Models.samples(model, effort)
    ? {
        temperature: request.temperature,
        top_p: request.topP,
        frequency_penalty: request.frequencyPenalty,
        presence_penalty: request.presencePenalty
      }
    : {}

/** The limit's name: the provider's where it knows one only, the model's, else as the caller had it. */
const limitField = (quirks: Context["quirks"], model: Models.Model, asked: Json.Json | undefined): string => {
  if (quirks["oldMaxTokens"] === true) return "max_tokens"
  if (quirks["maxCompletionTokens"] === true || model.newLimit) return "max_completion_tokens"
  return Json.string(asked) ?? "max_tokens"
}

const toolsOf = (request: Request): ReadonlyArray<Json.Json> | undefined => {
  const own = Json.array(Foreign.own(request, dialect)["tools"])
  const offered = FunctionTool.offered(request)
  if (offered === undefined) return own.length === 0 ? undefined : own
  const tools = offered.map((tool) => ({
    type: "function",
    ...Foreign.own(tool, dialect),
    function: Json.compact({
      name: tool.name,
      description: tool.description,
      parameters: tool.parameters && WholeSchema.of(FunctionTool.parametersOf(tool)),
      strict: tool.strict
    })
  }))
  return [...tools, ...own] as ReadonlyArray<Json.Json>
}

const choiceOf = (choice: Request["toolChoice"]): Json.Json | undefined =>
  typeof choice === "object" ? { type: "function", function: { name: choice.name } } : choice

const formatOf = (format: Request["responseFormat"]): Json.Json | undefined => {
  switch (format?.type) {
    case undefined:
      return undefined
    case "text":
      return { type: "text" }
    case "json":
      return { type: "json_object" }
    case "jsonSchema": {
      const { name, description, schema, strict } = format
      return {
        type: "json_schema",
        json_schema: Json.compact({ name: name ?? "answer", description, schema: WholeSchema.of(schema), strict })
      }
    }
  }
}

const passThrough = (text: string, body: Json.JsonObject, context: Context): WireRequest => {
  const changes: MutableChanges = { model: Rewrite.set(context.model), orelse: Rewrite.remove }
  if (body["messages"] === undefined && body["input"] !== undefined)
    return { path: "/embeddings", headers: RequestHeaders.none, body: Rewrite.edit(text, changes) }
  const known = context.quirks["shortToolIds"] === true ? ToolIds.shorten(text, body) : text
  addSettings(changes, body, context)
  const messages = messagesFor(body, context)
  if (messages !== undefined) changes["messages"] = Rewrite.each(messages)
  return wire(Rewrite.edit(known, changes))
}

type MutableChanges = Record<string, Rewrite.Change>

/** The last one adds messages. */
const changers = [Returned, Developer, Reasoned, ToolOrder]

const messagesFor = (body: Json.JsonObject, context: Context): Rewrite.Change | undefined => {
  let change: Rewrite.Change | undefined
  for (const changer of changers) {
    const before = change
    const next = changer.change(body, context)
    if (next !== undefined) change = before === undefined ? next : (value) => next(before(value))
  }
  return change
}

/** What the provider needs to be otherwise, under its quirks; nothing for most. */
const addSettings = (changes: MutableChanges, body: Json.JsonObject, { quirks, stream }: Context): void => {
  const { max_completion_tokens: limit, seed } = body
  const seedField = Json.string(quirks["seedField"])
  if (quirks["noStreamOptions"] === true) changes["stream_options"] = Rewrite.remove
  else if (stream) changes["stream_options"] = withUsage
  if (seedField !== undefined && seed !== undefined) {
    changes["seed"] = Rewrite.remove
    changes[seedField] = Rewrite.set(seed)
  }
  if (quirks["oldMaxTokens"] === true && limit !== undefined) {
    changes["max_completion_tokens"] = Rewrite.remove
    changes["max_tokens"] = Rewrite.set(limit)
  }
}

const withUsage = Rewrite.nested({ include_usage: Rewrite.set(true) })

const wire = (body: string): WireRequest => ({ path: "/chat/completions", headers: RequestHeaders.none, body })

/** Vectors, of this format and of those that share it. @stability stable @category constants @since 0.1.0 */
export const embeddings: NonNullable<Protocol["embeddings"]> = { encode: Embeddings.encode, decode: Embeddings.decode }

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
  decode: Answer.decode,
  read: Answer.read,
  reader: Reader.make,
  usage: Usage.of,
  embeddings
}

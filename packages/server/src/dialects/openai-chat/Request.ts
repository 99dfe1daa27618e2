/**
 * Reads an OpenAI chat request into no dialect. Fields without a neutral name travel in `extra["openai-chat"]`.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Request, Tool } from "@orelse/core/domain/Request"
import type * as Result from "effect/Result"
import type { BadRequest } from "../Dialect.ts"
import { Fields } from "../Fields.ts"
import * as ToolList from "../ToolList.ts"
import * as Messages from "./Messages.ts"

const dialect = "openai-chat"

export const read = (body: Json.JsonObject): Result.Result<Request, BadRequest> => Fields.read(body, requestOf)

const requestOf = (fields: Fields): Request => {
  for (const elsewhere of ["stream", "orelse"]) fields.raw(elsewhere)
  if (fields.raw("messages") === undefined) fields.problem("messages", "a list of messages", undefined)
  const { tools, foreign } = toolsOf(fields)
  const choice = choiceOf(fields)
  const newer = fields.number("max_completion_tokens")
  const older = fields.number("max_tokens")
  const modalities = fields.array("modalities")
  return Json.compact({
    model: fields.string("model"),
    messages: Messages.read(fields.each("messages")),
    tools,
    toolChoice: choice.neutral,
    parallelToolCalls: fields.boolean("parallel_tool_calls"),
    responseFormat: formatOf(fields),
    reasoning: reasoningOf(fields),
    maxTokens: newer ?? older,
    temperature: fields.number("temperature"),
    topP: fields.number("top_p"),
    topK: fields.number("top_k"),
    stop: typeof fields.raw("stop") === "string" ? [fields.string("stop")!] : fields.strings("stop"),
    seed: fields.number("seed"),
    frequencyPenalty: fields.number("frequency_penalty"),
    presencePenalty: fields.number("presence_penalty"),
    logprobs: fields.boolean("logprobs"),
    topLogprobs: fields.number("top_logprobs"),
    n: fields.number("n"),
    user: fields.string("user"),
    ...fields.extra(dialect, {
      tools: foreign,
      tool_choice: choice.foreign,
      modalities: isPlain(modalities) ? undefined : modalities,
      maxTokensField: newer === undefined ? undefined : "max_completion_tokens",
      stream_options: streamOptions(fields)
    })
  })
}

/** Text alone is what every model answers with. */
const isPlain = (modalities: ReadonlyArray<Json.Json> | undefined): boolean =>
  modalities === undefined || modalities.every((one) => one === "text")

/** Whether the caller sees usage on a stream is asked elsewhere. */
const streamOptions = (fields: Fields): Json.JsonObject | undefined => {
  const { include_usage: _, ...rest } = fields.object("stream_options") ?? {}
  return Json.unlessEmpty(rest)
}

/** `functions` is what `tools` were before. */
const toolsOf = (fields: Fields) =>
  ToolList.read(
    fields,
    (tool) => (tool.raw("type") === "function" ? toolOf(tool.inside("function") ?? tool) : undefined),
    () => fields.each("functions").map(toolOf)
  )

const toolOf = (tool: Fields): Tool =>
  Json.compact({
    name: tool.required("name"),
    description: tool.string("description"),
    parameters: tool.object("parameters"),
    strict: tool.boolean("strict")
  })

const choiceOf = (fields: Fields): { readonly neutral?: Request["toolChoice"]; readonly foreign?: Json.Json } => {
  const choice = fields.raw("tool_choice") ?? fields.raw("function_call")
  if (choice === undefined) return {}
  if (choice === "auto" || choice === "none" || choice === "required") return { neutral: choice }
  const name = Json.string(Json.at(choice, "function", "name") ?? Json.at(choice, "name"))
  if (name !== undefined && Json.at(choice, "custom") === undefined) return { neutral: { name } }
  if (Json.object(choice) === undefined)
    fields.problem("tool_choice", `"auto", "none", "required" or an object`, choice)
  return { foreign: choice }
}

const formatOf = (fields: Fields): Request["responseFormat"] => {
  const format = fields.inside("response_format")
  if (format === undefined) return undefined
  const type = format.raw("type")
  if (type === "text") return { type: "text" }
  if (type === "json_object") return { type: "json" }
  const schema = format.inside("json_schema")
  if (type !== "json_schema" || schema === undefined) {
    format.problem("type", `"text", "json_object" or "json_schema" with its json_schema`, type)
    return undefined
  }
  return Json.compact({
    type: "jsonSchema",
    name: schema.string("name"),
    description: schema.string("description"),
    schema: schema.object("schema") ?? {},
    strict: schema.boolean("strict")
  })
}

const reasoningOf = (fields: Fields): Request["reasoning"] => {
  const effort = fields.string("reasoning_effort")
  if (effort === undefined) return undefined
  return effort === "none" ? { enabled: false } : { enabled: true, effort }
}

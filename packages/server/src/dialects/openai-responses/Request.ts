/**
 * Reads a request of OpenAI's Responses into no dialect. Fields without a neutral name travel in `extra["openai-responses"]`.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Message, Request, Tool } from "@orelse/core/domain/Request"
import type * as Result from "effect/Result"
import type { BadRequest } from "../Dialect.ts"
import { Fields } from "../Fields.ts"
import * as ToolList from "../ToolList.ts"
import * as Messages from "./Messages.ts"

const dialect = "openai-responses"

export const read = (body: Json.JsonObject): Result.Result<Request, BadRequest> => Fields.read(body, requestOf)

const requestOf = (fields: Fields): Request => {
  for (const elsewhere of ["stream", "orelse"]) fields.raw(elsewhere)
  const { tools, foreign } = toolsOf(fields)
  const choice = choiceOf(fields)
  const text = textOf(fields)
  const reasoning = reasoningOf(fields)
  const include = includeOf(fields, reasoning.neutral !== undefined && reasoning.neutral.enabled !== false)
  return Json.compact({
    model: fields.string("model"),
    messages: [...instructions(fields), ...input(fields)],
    tools,
    toolChoice: choice.neutral,
    parallelToolCalls: fields.boolean("parallel_tool_calls"),
    responseFormat: text.format,
    reasoning: reasoning.neutral,
    maxTokens: fields.number("max_output_tokens"),
    temperature: fields.number("temperature"),
    topP: fields.number("top_p"),
    logprobs: include.logprobs,
    topLogprobs: fields.number("top_logprobs"),
    user: fields.string("user"),
    ...fields.extra(dialect, {
      tools: foreign,
      tool_choice: choice.foreign,
      text: text.own,
      reasoning: reasoning.own,
      include: include.own,
      store: fields.boolean("store") === true ? true : undefined
    })
  })
}

const instructions = (fields: Fields): ReadonlyArray<Message> => {
  const text = fields.string("instructions")
  if (text === undefined || text === "") return []
  return [{ role: "system", content: [{ type: "text", text }], extra: { [dialect]: { field: "instructions" } } }]
}

/** What stands for the input where the provider keeps the conversation. */
const kept = ["previous_response_id", "conversation", "prompt"]

const input = (fields: Fields): ReadonlyArray<Message> => {
  const given = fields.raw("input")
  if (typeof given === "string") return [{ role: "user", content: [{ type: "text", text: given }] }]
  if (Array.isArray(given)) return Messages.read(fields.each("input"))
  const isKept = given === undefined && kept.some((key) => (fields.whole()[key] ?? undefined) !== undefined)
  if (!isKept) fields.problem("input", "a text or a list of items", given)
  return []
}

const toolsOf = (fields: Fields) =>
  ToolList.read(fields, (tool) => (tool.raw("type") === "function" ? toolOf(tool) : undefined))

/** What is not said is strict here and nowhere else: silence is kept for those who know what it means. */
const toolOf = (tool: Fields): Tool => {
  const strict = tool.boolean("strict")
  return Json.compact({
    name: tool.required("name"),
    description: tool.string("description"),
    parameters: tool.object("parameters"),
    strict,
    ...tool.extra(dialect, strict === undefined ? { strict: null } : {})
  })
}

const choiceOf = (fields: Fields): { readonly neutral?: Request["toolChoice"]; readonly foreign?: Json.Json } => {
  const choice = fields.raw("tool_choice")
  if (choice === undefined) return {}
  if (choice === "auto" || choice === "none" || choice === "required") return { neutral: choice }
  const object = Json.object(choice)
  if (object === undefined) fields.problem("tool_choice", `"auto", "none", "required" or an object`, choice)
  const name = Json.string(object?.["name"])
  return object?.["type"] === "function" && name !== undefined ? { neutral: { name } } : { foreign: choice }
}

const textOf = (
  fields: Fields
): { readonly format?: Request["responseFormat"]; readonly own?: Json.JsonObject | undefined } => {
  const text = fields.inside("text")
  if (text === undefined) return {}
  return Json.compact({ format: formatOf(text), own: text.extra(dialect).extra?.[dialect] })
}

const formatOf = (text: Fields): Request["responseFormat"] => {
  const format = text.inside("format")
  if (format === undefined) return undefined
  const type = format.raw("type")
  if (type === "text") return { type: "text" }
  if (type === "json_object") return { type: "json" }
  if (type !== "json_schema") {
    format.problem("type", `"text", "json_object" or "json_schema"`, type)
    return undefined
  }
  const schema = format.object("schema")
  if (schema === undefined) format.problem("schema", "an object", format.raw("schema"))
  return Json.compact({
    type: "jsonSchema",
    name: format.string("name"),
    description: format.string("description"),
    schema: schema ?? {},
    strict: format.boolean("strict")
  })
}

const reasoningOf = (
  fields: Fields
): { readonly neutral?: Request["reasoning"]; readonly own?: Json.JsonObject | undefined } => {
  const reasoning = fields.inside("reasoning")
  if (reasoning === undefined) return {}
  const effort = reasoning.string("effort")
  const summary = reasoning.string("summary")
  const own = reasoning.extra(dialect).extra?.[dialect]
  if (effort === undefined && summary === undefined) return Json.compact({ own })
  const neutral = effort === "none" ? { enabled: false, summary } : { enabled: true, effort, summary }
  return Json.compact({ neutral: Json.compact(neutral), own })
}

/** Encrypted reasoning is asked for wherever reasoning is; log probabilities have a neutral name. */
const includeOf = (fields: Fields, reasons: boolean) => {
  const include = fields.strings("include") ?? []
  const own = include.filter(
    (one) => one !== "message.output_text.logprobs" && !(reasons && one === "reasoning.encrypted_content")
  )
  return {
    logprobs: include.includes("message.output_text.logprobs") ? true : undefined,
    own: own.length === 0 ? undefined : own
  }
}

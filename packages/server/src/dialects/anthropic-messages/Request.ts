/**
 * Reads an Anthropic request into no dialect. Fields without a neutral name travel in `extra["anthropic-messages"]`.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Request, Tool } from "@orelse/core/domain/Request"
import type * as Result from "effect/Result"
import type { BadRequest } from "../Dialect.ts"
import { Fields } from "../Fields.ts"
import * as ToolList from "../ToolList.ts"
import * as Messages from "./Messages.ts"

const dialect = "anthropic-messages"

export const read = (body: Json.JsonObject): Result.Result<Request, BadRequest> => Fields.read(body, requestOf)

const requestOf = (fields: Fields): Request => {
  for (const elsewhere of ["stream", "orelse"]) fields.raw(elsewhere)
  if (fields.raw("messages") === undefined) fields.problem("messages", "a list of messages", undefined)
  const { tools, foreign } = toolsOf(fields)
  const choice = choiceOf(fields)
  const thinking = thinkingOf(fields)
  const output = outputOf(fields)
  const { user_id: user, ...metadata } = fields.object("metadata") ?? {}
  const reasoning = Json.compact({ ...thinking.neutral, effort: output.effort })
  return Json.compact({
    model: fields.string("model"),
    messages: [...Messages.system(fields), ...fields.each("messages").flatMap(Messages.read)],
    tools,
    toolChoice: choice.neutral,
    parallelToolCalls: choice.parallel,
    responseFormat: output.format,
    reasoning: Json.unlessEmpty(reasoning),
    maxTokens: fields.number("max_tokens"),
    temperature: fields.number("temperature"),
    topP: fields.number("top_p"),
    topK: fields.number("top_k"),
    stop: fields.strings("stop_sequences"),
    user: Json.string(user),
    ...fields.extra(dialect, {
      tools: foreign,
      tool_choice: choice.foreign,
      thinking: thinking.foreign,
      output_config: output.foreign,
      metadata: Json.unlessEmpty(metadata)
    })
  })
}

/** Tools that Anthropic runs itself, or knows by heart, have a `type` of their own. */
const toolsOf = (fields: Fields) =>
  ToolList.read(fields, (tool) => ((tool.raw("type") ?? "custom") === "custom" ? toolOf(tool) : undefined))

const toolOf = (tool: Fields): Tool =>
  Json.compact({
    name: tool.required("name"),
    description: tool.string("description"),
    parameters: tool.object("input_schema"),
    strict: tool.boolean("strict"),
    ...tool.extra(dialect)
  })

const choices: Readonly<Record<string, NonNullable<Request["toolChoice"]>>> = {
  auto: "auto",
  any: "required",
  none: "none"
}

const choiceOf = (
  fields: Fields
): { neutral?: Request["toolChoice"]; parallel?: boolean | undefined; foreign?: Json.Json } => {
  const choice = fields.inside("tool_choice")
  if (choice === undefined) return {}
  const disabled = choice.boolean("disable_parallel_tool_use")
  const parallel = disabled === undefined ? undefined : !disabled
  const type = choice.required("type")
  if (type === "tool") return { neutral: { name: choice.required("name") }, parallel }
  const neutral = Object.hasOwn(choices, type) ? choices[type] : undefined
  return neutral === undefined ? { foreign: choice.whole() } : { neutral, parallel }
}

/** `display` and kinds of thinking that have no neutral shape stay Anthropic's own. */
const thinkingOf = (fields: Fields): { neutral?: Request["reasoning"]; foreign?: Json.JsonObject | undefined } => {
  const thinking = fields.inside("thinking")
  if (thinking === undefined) return {}
  const { type, budget_tokens: _, ...rest } = thinking.whole()
  switch (type) {
    case "enabled":
      return {
        neutral: Json.compact({ enabled: true, budgetTokens: thinking.number("budget_tokens") }),
        foreign: Json.unlessEmpty(rest)
      }
    case "adaptive":
      return { neutral: { enabled: true }, foreign: Json.unlessEmpty(rest) }
    case "disabled":
      return { neutral: { enabled: false } }
    default:
      return { foreign: thinking.whole() }
  }
}

/** The format of the answer stood in `output_format` before it moved into `output_config`. */
const outputOf = (fields: Fields) => {
  const config = fields.inside("output_config")
  const inside = config?.object("format")
  const format = inside ?? fields.object("output_format")
  const schema = format?.["type"] === "json_schema" ? Json.object(format["schema"]) : undefined
  const { effort: _effort, format: _format, ...rest } = config?.whole() ?? {}
  const foreign = schema === undefined && format !== undefined ? { ...rest, format } : rest
  return {
    effort: config?.string("effort"),
    format:
      schema === undefined ? undefined : ({ type: "jsonSchema", schema } as NonNullable<Request["responseFormat"]>),
    foreign: Json.unlessEmpty(foreign)
  }
}

/**
 * Reads a Gemini request into no dialect. Fields without a neutral name travel in `extra.gemini`.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Request, Tool } from "@orelse/core/domain/Request"
import type * as Result from "effect/Result"
import type { BadRequest } from "../Dialect.ts"
import { Fields } from "../Fields.ts"
import * as Config from "./Config.ts"
import * as Messages from "./Messages.ts"
import * as Names from "./Names.ts"
import * as Schemas from "./Schemas.ts"

const dialect = "gemini"

export const read = (body: Json.JsonObject): Result.Result<Request, BadRequest> =>
  Fields.read(Names.normalize(body), requestOf)

const requestOf = (fields: Fields): Request => {
  for (const elsewhere of ["model", "stream", "orelse"]) fields.raw(elsewhere)
  if (fields.raw("contents") === undefined) fields.problem("contents", "a list of contents", undefined)
  const { foreign, tools } = toolsOf(fields)
  const choice = choiceOf(fields)
  const config = Config.read(fields.inside("generationConfig"))
  return Json.compact({
    messages: [...Messages.system(fields), ...Messages.read(fields.each("contents"))],
    tools: choice.allowed === undefined ? tools : tools?.filter((tool) => choice.allowed!.has(tool.name)),
    toolChoice: choice.neutral,
    ...config.neutral,
    ...fields.extra(dialect, { ...config.foreign, tools: foreign, toolConfig: choice.foreign })
  })
}

/** A tool of Google's holds functions, or something that Google runs itself, or both. */
const toolsOf = (fields: Fields) => {
  const tools: Array<Tool> = []
  const foreign: Array<Json.Json> = []
  for (const tool of fields.each("tools")) {
    tools.push(...tool.each("functionDeclarations").map(toolOf))
    const { functionDeclarations: _, ...rest } = tool.whole()
    if (Object.keys(rest).length > 0) foreign.push(rest)
  }
  return {
    tools: tools.length === 0 ? undefined : tools,
    foreign: foreign.length === 0 ? undefined : foreign
  }
}

const toolOf = (tool: Fields): Tool => {
  const own = tool.object("parameters")
  return Json.compact({
    name: tool.required("name"),
    description: tool.string("description"),
    parameters: tool.object("parametersJsonSchema") ?? (own && (Schemas.toJsonSchema(own) as Tool["parameters"])),
    ...tool.extra(dialect)
  })
}

type Choice = {
  readonly neutral?: Request["toolChoice"]
  /** The functions that may be called, where not all may. */
  readonly allowed?: ReadonlySet<string>
  readonly foreign?: Json.JsonObject | undefined
}

const modes: Readonly<Record<string, "auto" | "none" | "required">> = {
  AUTO: "auto",
  VALIDATED: "auto",
  NONE: "none",
  ANY: "required"
}

const choiceOf = (fields: Fields): Choice => {
  const config = fields.inside("toolConfig")
  if (config === undefined) return {}
  const calling = config.inside("functionCallingConfig")
  const { functionCallingConfig: _, ...rest } = config.whole()
  const foreign = Json.unlessEmpty(rest)
  const mode = calling?.string("mode")?.toUpperCase() ?? ""
  const neutral = Object.hasOwn(modes, mode) ? modes[mode] : undefined
  const names = calling?.strings("allowedFunctionNames") ?? []
  if (names.length === 1 && neutral === "required") return { neutral: { name: names[0]! }, foreign }
  const allowed = names.length === 0 ? {} : { allowed: new Set(names) }
  return Json.compact({ neutral, ...allowed, foreign })
}

/**
 * Tools and their calls, as far as the formats agree on them.
 */
import * as Result from "effect/Result"
import * as Json from "../../domain/Json.ts"
import type { Unsupported } from "../../domain/Reason.ts"
import type { AssistantPart, Tool } from "../../domain/Request.ts"
import * as Foreign from "./Foreign.ts"

/** The schema of a tool's parameters, for formats that demand one. @stability experimental @category getters @since 0.1.0 */
export const parametersOf = (tool: Tool): Json.JsonObject => tool.parameters ?? { type: "object", properties: {} }

/** A tool as OpenAI's chat first had it, with a schema in any case. @stability experimental @category combinators @since 0.1.0 */
export const encode = (tool: Tool, dialect: string): Json.JsonObject => ({
  type: "function",
  ...Foreign.own(tool, dialect),
  function: Json.compact({ name: tool.name, description: tool.description, parameters: parametersOf(tool) })
})

/**
 * The arguments of a call, for formats that take them as an object. Nothing written is an empty object.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const argumentsOf = (
  call: Extract<AssistantPart, { readonly type: "toolCall" }>,
  dialect: string
): Result.Result<Json.JsonObject, Unsupported> => {
  const read = call.arguments.trim() === "" ? {} : Json.parseObject(call.arguments)
  return read === undefined
    ? Result.fail(
        Foreign.unsupported(
          "tool arguments that are no JSON object",
          `${dialect} cannot carry the arguments of the tool call ${call.id}: they are not a JSON object`
        )
      )
    : Result.succeed(read)
}

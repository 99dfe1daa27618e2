/**
 * Tools and their calls, as far as the formats agree on them.
 */
import * as Result from "effect/Result"
import * as Exact from "../../domain/Exact.ts"
import * as Json from "../../domain/Json.ts"
import type { Unsupported } from "../../domain/Reason.ts"
import type { AssistantPart, Request, Tool } from "../../domain/Request.ts"
import * as Foreign from "./Foreign.ts"

/** A request's tools and its choice among them. */
type Offered = Pick<Request, "tools" | "toolChoice">

/** The tools, where there are any: OpenAI refuses an empty list, which Anthropic's callers send. @stability experimental @category getters @since 0.1.0 */
export const offered = ({ tools }: Offered): Request["tools"] => (tools?.length === 0 ? undefined : tools)

/**
 * The choice among tools, where there is one to make: OpenAI and Google refuse any beside no tools. What forces a call stays, for it cannot be
 * left out unsaid.
 *
 * @param hasTools whether any are offered, of whatever kind
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const choiceAmong = ({ toolChoice }: Offered, hasTools: boolean): Request["toolChoice"] =>
  hasTools || (toolChoice !== "auto" && toolChoice !== "none") ? toolChoice : undefined

/**
 * What OpenAI and Bedrock take for a tool's name (`Invalid 'tools[0].function.name': string does not match pattern`, docs.aws.amazon.com
 * "ToolSpecification", read 2026-11).
 *
 * @stability experimental
 * @category constants
 * @since 0.1.0
 */
export const usualName = /^[A-Za-z0-9_-]{1,64}$/

/**
 * The schema of a tool's parameters, for formats that demand one, and that it says to be an object's (`input_schema.type: Field required`, `schema
 * must be a JSON Schema of 'type: "object"'`).
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const parametersOf = ({ parameters }: Tool): Json.JsonObject => {
  if (parameters === undefined) return { type: "object", properties: {} }
  return parameters["type"] === undefined ? { type: "object", ...parameters } : parameters
}

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
  const read = call.arguments.trim() === "" ? {} : Exact.parseObject(call.arguments)
  return read === undefined
    ? Result.fail(
        Foreign.unsupported(
          "tool arguments that are no JSON object",
          `${dialect} cannot carry the arguments of the tool call ${call.id}: they are not a JSON object`
        )
      )
    : Result.succeed(read)
}

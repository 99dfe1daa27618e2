/**
 * Results of tools as Gemini takes them: an object. What is no object stands under `output`, what failed under `error`, as Google names
 * them (ai.google.dev "Function calling: FunctionResponse", read 2026-11).
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { Message } from "../../../domain/Request.ts"
import * as Foreign from "../Foreign.ts"
import * as Media from "./Media.ts"

const dialect = "gemini"

type Tool = Extract<Message, { readonly role: "tool" }>

/**
 * The parts of one result: the response, and for models that take no pictures in it, those beside it.
 *
 * @param name of the function that was called
 * @param holdsMedia whether the model takes pictures in the response itself
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const encode = (
  message: Tool,
  name: string,
  holdsMedia: boolean,
  isVertex: boolean
): Result.Result<ReadonlyArray<Json.JsonObject>, Unsupported> => {
  const texts: Array<string> = []
  const media: Array<Json.JsonObject> = []
  for (const part of message.content) {
    if (part.type === "text") {
      if (Foreign.blockOf(part, dialect) !== undefined) return Result.fail(foreign)
      texts.push(part.text)
      continue
    }
    const encoded = Media.encode(part, isVertex)
    if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
    media.push(encoded.success)
  }
  const response = responseOf(texts, message.isError === true)
  const parts = holdsMedia && media.length > 0 ? media : undefined
  const functionResponse = Json.compact({
    id: message.toolCallId === "" ? undefined : message.toolCallId,
    name,
    response,
    parts,
    ...Foreign.own(message, dialect)
  })
  return Result.succeed([{ functionResponse }, ...(parts === undefined ? media : [])])
}

const foreign = Foreign.unsupported(
  "a block of another dialect in a tool's result",
  "gemini cannot carry a content block that only another dialect knows in a tool's result"
)

const responseOf = (texts: ReadonlyArray<string>, isError: boolean): Json.JsonObject => {
  if (isError) return { error: texts.length === 1 ? texts[0] : texts }
  if (texts.length === 0) return {}
  if (texts.length > 1) return { output: texts }
  return structured(texts[0]!) ?? { output: texts[0] }
}

/** The object that a text is, where writing it again gives the same text and it holds none of Google's own names. */
const structured = (text: string): Json.JsonObject | undefined => {
  if (!text.startsWith("{") || text === "{}") return undefined
  const object = Json.parseObject(text)
  if (object === undefined || "output" in object || "error" in object) return undefined
  return JSON.stringify(object) === text ? object : undefined
}

/**
 * The texts of a response that a caller gives.
 *
 * @stability stable
 * @category conversions
 * @since 0.1.0
 */
export const read = (
  response: Json.JsonObject
): { readonly texts: ReadonlyArray<string>; readonly isError: boolean } => {
  const keys = Object.keys(response)
  if (keys.length === 0) return { texts: [], isError: false }
  const only = keys.length === 1 ? keys[0] : undefined
  if (only === "output" || only === "error") return { texts: textsOf(response[only]), isError: only === "error" }
  return { texts: [JSON.stringify(response)], isError: "error" in response && response["error"] !== null }
}

const textsOf = (value: Json.Json | undefined): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value
  return [JSON.stringify(value ?? null)]
}

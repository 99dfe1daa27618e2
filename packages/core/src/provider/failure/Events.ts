/**
 * Finds the errors in the text of a stream: `data:` lines, bare JSON between or after them, several values in a row.
 *
 * While a stream runs, its reader hands over one event at a time; this reads what was kept of one as a whole (a tail without
 * `data:`, a log line, a recording), and looks only at what is an error in it, never at the model's own words.
 */
import * as Json from "../../domain/Json.ts"

const maxLines = 400

/** One stream fails once; what repeats an error more often than this says nothing new. */
const maxErrors = 10

/** Whether a text is written as events. @stability experimental @category predicates @since 0.1.0 */
export const isStream = (text: string): boolean =>
  /^(?:(?:data|event|id|retry)?:)/.test(text) || text.includes("\ndata:") || text.includes("\nevent:")

/**
 * The values of a stream that are errors; where none is, the last value.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const errors = (text: string): ReadonlyArray<Json.Json> => {
  const failed: Array<Json.Json> = []
  let last: Json.Json | undefined
  const add = (piece: string): void => {
    if (piece === "" || piece === "[DONE]") return
    last = Json.parse(piece) ?? piece
    if (isError(last)) failed.push(last)
  }
  let bare = ""
  for (const line of text.split("\n", maxLines)) {
    if (!line.startsWith("data:")) {
      if (!/^(?:event|id|retry):|^:/.test(line)) bare += `${line}\n`
    } else if (failed.length < maxErrors) add(line.slice(5).trim())
  }
  add(bare.trim())
  return failed.length > 0 || last === undefined ? failed : [last]
}

/** Whether a value of a stream ends it in a failure. @stability experimental @category predicates @since 0.1.0 */
export const isError = (value: Json.Json): boolean => {
  const object = Json.object(value)
  if (object === undefined) return typeof value === "string" || Json.array(value).some(isError)
  if (isSet(object["error"]) || isSet(object["errors"])) return true
  const type = Json.string(object["type"])
  if (type === "error" || type === "response.failed" || type === "response.incomplete") return true
  return (
    isSet(Json.at(object, "promptFeedback", "blockReason")) ||
    isSet(Json.at(object, "base_resp", "status_msg")) ||
    isRefused(object)
  )
}

const refusals = new Set([
  "SAFETY",
  "RECITATION",
  "PROHIBITED_CONTENT",
  "BLOCKLIST",
  "SPII",
  "IMAGE_SAFETY",
  "MALFORMED_FUNCTION_CALL",
  "OTHER",
  "refusal",
  "content_filter",
  "content_filtered",
  "guardrail_intervened",
  "error",
  "ERROR",
  "ERROR_TOXIC"
])

const isRefused = (object: Json.JsonObject): boolean => {
  const finish =
    Json.at(object, "candidates", 0, "finishReason") ??
    Json.at(object, "delta", "stop_reason") ??
    Json.at(object, "choices", 0, "finish_reason") ??
    object["stop_reason"] ??
    object["stopReason"]
  return typeof finish === "string" && refusals.has(finish)
}

const isSet = (value: Json.Json | undefined): boolean => value !== undefined && value !== null && value !== ""

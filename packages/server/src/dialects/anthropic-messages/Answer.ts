/**
 * Writes whole answers in Anthropic's format, and the pieces that answers and streams share.
 */
import * as Exact from "@orelse/core/domain/Exact"
import * as Json from "@orelse/core/domain/Json"
import type { AssistantPart } from "@orelse/core/domain/Request"
import type { FinishReason, Response } from "@orelse/core/domain/Response"
import type { Usage } from "@orelse/core/domain/Usage"
import * as Foreign from "@orelse/core/provider/protocols/Foreign"
import type { AnswerContext } from "../Dialect.ts"
import * as Extras from "../Extras.ts"

const dialect = "anthropic-messages"

/** A whole answer. */
export const write = (response: Response, context: AnswerContext): Json.JsonObject =>
  Extras.beside(own(response, context), response, dialect)

const own = (response: Response, context: AnswerContext): Json.JsonObject => ({
  id: idOf(response.id, context),
  type: "message",
  role: "assistant",
  model: context.model,
  content: response.content.flatMap(block),
  stop_reason: stopReason(response.finishReason, response.rawFinishReason, response.stopSequence),
  stop_sequence: response.stopSequence ?? null,
  usage: usage(response.usage ?? {}),
  ...Foreign.own(response, dialect)
})

/** Anthropic's ids begin so; the provider's own is kept where it does. */
export const idOf = (id: string | undefined, context: AnswerContext): string =>
  id?.startsWith("msg_") === true ? id : `msg_${context.callId}`

const block = (part: AssistantPart): ReadonlyArray<Json.JsonObject> => {
  switch (part.type) {
    case "text": {
      const own = Foreign.blockOf(part, dialect)
      if (own === "foreign") return []
      return own === undefined ? text(part.text, Foreign.own(part, dialect)) : [own]
    }
    case "refusal":
      return text(part.text, {})
    case "reasoning":
      if (part.redacted !== undefined) return [{ type: "redacted_thinking", data: part.redacted }]
      return [{ type: "thinking", thinking: part.text, signature: part.signature ?? "" }]
    case "toolCall":
      return [{ type: "tool_use", id: part.id, name: part.name, input: inputOf(part.arguments) }]
    case "image":
      return text(picture(part.mediaType ?? "image/png", part.data ?? "", part.url), {})
  }
}

const text = (text: string, own: Json.JsonObject): ReadonlyArray<Json.JsonObject> =>
  text === "" ? [] : [{ type: "text", text, ...own }]

/** Anthropic's answers hold no pictures: one is shown as Markdown. */
export const picture = (mediaType: string, data: string, url?: string): string =>
  `![image](${url ?? `data:${mediaType};base64,${data}`})`

/** Arguments that are no JSON object cannot be an input: they are shown as they came. */
const inputOf = (written: string): Json.Json =>
  written.trim() === "" ? {} : (Exact.parseObject(written) ?? { arguments: written })

const reasons: Readonly<Record<Exclude<FinishReason, "unknown">, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
  error: "error"
}

/** Anthropic's word; a reason that no table knows keeps its own, so that a cut answer never looks whole. */
export const stopReason = (
  reason: FinishReason | undefined,
  raw: string | undefined,
  stopSequence: string | undefined
): string | null => {
  if (reason === undefined) return null
  if (reason === "unknown") return raw ?? reason
  return reason === "stop" && stopSequence !== undefined ? "stop_sequence" : reasons[reason]
}

/** Anthropic's usage object: what was read from and written to the cache stands beside the input, not in it. */
export const usage = (usage: Usage): Json.JsonObject => {
  const all = usage.inputTokens ?? 0
  // Some providers count more as cached than they count at all.
  const cached = Math.min(usage.cachedTokens ?? 0, all)
  const written = Math.min(usage.cacheWriteTokens ?? 0, all - cached)
  return Json.compact({
    input_tokens: all - cached - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    output_tokens: usage.outputTokens ?? 0,
    output_tokens_details: usage.reasoningTokens === undefined ? undefined : { thinking_tokens: usage.reasoningTokens }
  })
}

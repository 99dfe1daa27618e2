/**
 * A whole answer as the parts of a stream, for providers that answer a streamed request with one body.
 */
import * as Json from "../../domain/Json.ts"
import type { AssistantPart } from "../../domain/Request.ts"
import type { Response, StreamPart } from "../../domain/Response.ts"

/**
 * The parts, from `start` to `finish`.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const parts = (response: Response): ReadonlyArray<StreamPart> => {
  const { created, finishReason, id, model, rawFinishReason, stopSequence, usage } = response
  const out: Array<StreamPart> = [Json.compact({ type: "start" as const, id, model, created })]
  let index = 0
  for (const part of response.content) out.push(...partsOf(part, index++))
  if (usage !== undefined) out.push({ type: "usage", usage })
  if (finishReason !== undefined) {
    out.push(Json.compact({ type: "finish" as const, reason: finishReason, raw: rawFinishReason, stopSequence }))
  }
  return out
}

/** The parts of one block. @stability stable @category combinators @since 0.1.0 */
export const partsOf = (part: AssistantPart, index: number): ReadonlyArray<StreamPart> => {
  switch (part.type) {
    case "text":
    case "refusal":
      return [{ type: part.type, index, text: part.text }]
    case "reasoning": {
      const { redacted, signature, text } = part
      return [Json.compact({ type: "reasoning" as const, index, text, signature, redacted })]
    }
    case "toolCall": {
      const { id, name, signature } = part
      const start: StreamPart = Json.compact({ type: "toolCallStart" as const, index, id, name, signature })
      return [start, { type: "toolCallDelta", index, arguments: part.arguments }]
    }
    case "image":
      return [pictureOf(part, index)]
  }
}

const pictureOf = (part: Extract<AssistantPart, { readonly type: "image" }>, index: number): StreamPart => {
  const { data = "", mediaType = "image/png", url } = part
  return Json.compact({ type: "image" as const, index, mediaType, data, url: data === "" ? url : undefined })
}

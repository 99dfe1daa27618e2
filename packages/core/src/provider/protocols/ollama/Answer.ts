/**
 * Reads a whole answer of Ollama.
 */
import * as Json from "../../../domain/Json.ts"
import type { AssistantPart } from "../../../domain/Request.ts"
import type { Response } from "../../../domain/Response.ts"
import * as CallId from "../CallId.ts"
import * as Finish from "./Finish.ts"
import * as Pieces from "./Pieces.ts"
import * as Usage from "./Usage.ts"

/** The answer, or `undefined` where the body is none. @stability stable @category getters @since 0.1.0 */
export const decode = (body: Json.JsonObject): Response | undefined => {
  const piece = Pieces.of(body)
  if (piece === undefined) return undefined
  const raw = Json.string(body["done_reason"]) || undefined
  const content = contentOf(piece, Json.string(body["created_at"]))
  const hasReason = raw !== undefined || (body["done"] === true && content.length > 0)
  const fields = Pieces.unknownFields(body)
  return Json.compact({
    model: Json.string(body["model"]),
    created: Pieces.created(body),
    content,
    finishReason: hasReason ? Finish.read(raw, piece.calls.length > 0) : undefined,
    rawFinishReason: raw,
    usage: Usage.of(body),
    logprobs: Pieces.logprobs(body) as Response["logprobs"],
    extra: fields === undefined ? undefined : ({ ollama: fields } as NonNullable<Response["extra"]>)
  })
}

const contentOf = ({ calls, text, thinking }: Pieces.Piece, made: string | undefined): ReadonlyArray<AssistantPart> => [
  ...(thinking === "" ? [] : [{ type: "reasoning" as const, text: thinking }]),
  ...(text === "" ? [] : [{ type: "text" as const, text }]),
  ...calls.map(({ arguments: written, id, name }, at) => ({
    type: "toolCall" as const,
    id: CallId.make(id, made, at),
    name,
    arguments: written
  }))
]

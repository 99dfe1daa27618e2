/**
 * Reads a whole answer of Cohere.
 */
import * as Json from "../../../domain/Json.ts"
import type { AssistantPart } from "../../../domain/Request.ts"
import type { Response } from "../../../domain/Response.ts"
import * as Finish from "./Finish.ts"
import * as Usage from "./Usage.ts"

/** The answer, or `undefined` where the body is none. @stability stable @category getters @since 0.1.0 */
export const decode = (body: Json.JsonObject): Response | undefined => {
  const message = Json.object(body["message"])
  if (message === undefined) return undefined
  const raw = Json.string(body["finish_reason"]) || undefined
  const fields = fieldsOf(Json.string(message["tool_plan"]) ?? "", Json.array(message["citations"]))
  return Json.compact({
    id: Json.string(body["id"]) || undefined,
    content: contentOf(message),
    finishReason: raw === undefined ? undefined : Finish.read(raw),
    rawFinishReason: raw,
    usage: Usage.of(body),
    extra: fields === undefined ? undefined : ({ cohere: fields } as NonNullable<Response["extra"]>)
  })
}

const contentOf = (message: Json.JsonObject): ReadonlyArray<AssistantPart> => {
  const content = message["content"]
  const said: ReadonlyArray<AssistantPart> =
    typeof content === "string" ? [{ type: "text", text: content }] : Json.array(content).flatMap(pieceOf)
  return [
    ...said.filter((part) => !("text" in part) || part.text !== ""),
    ...Json.array(message["tool_calls"]).map(callOf)
  ]
}

const pieceOf = (piece: Json.Json): ReadonlyArray<AssistantPart> => {
  const thinking = Json.string(Json.at(piece, "thinking"))
  if (thinking !== undefined) return [{ type: "reasoning", text: thinking }]
  const text = Json.string(Json.at(piece, "text"))
  return text === undefined ? [] : [{ type: "text", text }]
}

const callOf = (call: Json.Json, index: number): AssistantPart => ({
  type: "toolCall",
  id: Json.string(Json.at(call, "id")) || `call_${index}`,
  name: Json.string(Json.at(call, "function", "name")) ?? "",
  arguments: argumentsOf(Json.string(Json.at(call, "function", "arguments")) ?? "")
})

/** For a tool without parameters some models write `null`. @stability stable @category getters @since 0.1.0 */
export const argumentsOf = (written: string): string => (written === "null" ? "{}" : written)

/** What only Cohere knows of an answer; `undefined` where there is nothing. @stability stable @category getters @since 0.1.0 */
export const fieldsOf = (plan: string, citations: ReadonlyArray<Json.Json>): Json.JsonObject | undefined =>
  plan === "" && citations.length === 0
    ? undefined
    : Json.compact({
        tool_plan: plan === "" ? undefined : plan,
        citations: citations.length === 0 ? undefined : citations
      })

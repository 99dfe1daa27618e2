/**
 * Reads a whole OpenAI chat completion.
 */
import * as Json from "../../../domain/Json.ts"
import type { AssistantPart } from "../../../domain/Request.ts"
import type { Response } from "../../../domain/Response.ts"
import type { Read } from "../../Protocol.ts"
import * as CallId from "../CallId.ts"
import * as Content from "./Content.ts"
import * as Finish from "./Finish.ts"
import * as Usage from "./Usage.ts"

/** The answer, or `undefined` where the body is not a chat completion. @stability stable @category getters @since 0.1.0 */
export const decode = (body: Json.JsonObject): Response | undefined => read(body)?.response()

/** What goes on record of it, and the rest where somebody asks. @stability experimental @category getters @since 0.1.0 */
export const read = (body: Json.JsonObject): Read | undefined => {
  if (!Array.isArray(body["choices"])) return undefined
  const choice = Content.choiceOf(body["choices"]) ?? Json.object(body["choices"][0]) ?? {}
  // A text completion (the format before chat) has its text in the choice.
  const message = Json.object(choice["message"]) ?? Json.compact({ content: choice["text"] })
  const raw = Finish.said(choice)
  const finishReason = raw === undefined ? undefined : Finish.read(raw, callsTools(message))
  const usage = Usage.of(body)
  const response = (): Response => {
    const logprobs = Json.object(choice["logprobs"])
    const fields = extraOf(body, message)
    return Json.compact({
      id: Json.string(body["id"]) || undefined,
      model: Json.string(body["model"]) || undefined,
      created: Json.number(body["created"]) || undefined,
      content: contentOf(message, Json.string(body["id"])),
      finishReason,
      rawFinishReason: raw,
      usage,
      logprobs: logprobs as Response["logprobs"],
      extra: fields === undefined ? undefined : ({ "openai-chat": fields } as NonNullable<Response["extra"]>)
    })
  }
  return { usage, finishReason, response }
}

const callsTools = (message: Json.JsonObject): boolean =>
  Json.array(message["tool_calls"]).length > 0 || Content.legacyCall(message) !== undefined

const contentOf = (message: Json.JsonObject, answer: string | undefined): ReadonlyArray<AssistantPart> => {
  const parts: Array<AssistantPart> = [...reasoningOf(message)]
  const text = Content.textOf(message)
  const list = text === undefined ? Json.array(message["content"]) : []
  if (list.length > 0) parts.push(...Content.pieces(list))
  if (text) parts.push({ type: "text", text })
  for (const image of Content.images(list)) parts.push({ type: "image", ...image })
  for (const image of Content.images(message["images"])) parts.push({ type: "image", ...image })
  const refusal = Json.string(message["refusal"])
  if (refusal) parts.push({ type: "refusal", text: refusal })
  const calls = Json.array(message["tool_calls"])
  for (let index = 0; index < calls.length; index++) parts.push(toolCallOf(calls[index], answer, index))
  const legacy = Content.legacyCall(message)
  if (legacy !== undefined && calls.length === 0) parts.push(toolCallOf({ function: legacy }, answer, 0))
  return parts
}

const none: ReadonlyArray<AssistantPart> = []

const reasoningOf = (message: Json.JsonObject): ReadonlyArray<AssistantPart> => {
  const text = Content.reasoning(message) || Content.detailedReasoning(message)
  const proofs = Content.signatures(message["reasoning_details"])
  if (text === "" && proofs.length === 0) return none
  const signature = proofs.find((proof) => proof.signature !== undefined)?.signature
  const shown =
    text === "" && signature === undefined ? [] : [Json.compact({ type: "reasoning" as const, text, signature })]
  const hidden = proofs.flatMap(({ redacted }) =>
    redacted === undefined ? [] : [{ type: "reasoning" as const, text: "", redacted }]
  )
  return [...shown, ...hidden]
}

const toolCallOf = (call: unknown, answer: string | undefined, index: number): AssistantPart =>
  Json.compact({
    type: "toolCall" as const,
    id: CallId.make(Json.at(call, "id"), answer, index),
    name: Content.nameOf(call),
    arguments: Content.argumentsOf(call),
    signature: Content.thoughtSignature(call),
    extra: Content.isCustom(call) && { "openai-chat": { type: "custom" } }
  })

const messageFields = ["annotations", "audio"]

const extraOf = (body: Json.JsonObject, message: Json.JsonObject): Json.JsonObject | undefined => {
  const fields = Content.unknownFields(body)
  const own = messageFields.filter(
    (key) => message[key] !== undefined && message[key] !== null && Json.array(message[key]).length !== 0
  )
  if (own.length === 0) return fields
  return { ...fields, message: Object.fromEntries(own.map((key) => [key, message[key]])) }
}

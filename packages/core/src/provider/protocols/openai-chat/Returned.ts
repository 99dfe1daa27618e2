/**
 * What callers of this format send back of answers, most of it because their SDK appends the whole message that it was given.
 *
 * Some providers refuse a request over any field of an assistant's message that they do not know, and each knows others: after a fallback, what
 * the one gave would keep the other from ever answering in that conversation. The quirk `historyFields` says that a provider is so, and names
 * those of these fields that it takes, with blanks between. Their other fields are the caller's own words and stay. Nobody takes OpenAI's
 * encrypted reasoning (`openai-responses/Proof.ts`) in this format.
 *
 * Sources: the errors `property 'reasoning_content' is unsupported` (Groq, Cerebras; of `reasoning_details`, `refusal`, `annotations` and
 * `extra_content` too), `extra_forbidden` (Mistral), `Extra inputs are not permitted, field: 'messages[2].reasoning'` (Fireworks), `Unknown
 * parameter: 'messages[2].tool_calls[0].index'` (OpenAI), read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"
import type { Context } from "../../Protocol.ts"
import * as Rewrite from "../../Rewrite.ts"
import { isOpenAi } from "../openai-responses/Proof.ts"
import * as Models from "./Models.ts"

/** What an answer says beside itself. */
const beside = ["reasoning_content", "reasoning", "reasoning_text", "reasoning_details", "annotations"]

/** What answers write where they have none of it. */
const empty = ["refusal", "audio", "function_call"]

/** Google's models stand behind this format too, and want the proofs of their calls back. @stability experimental @category predicates @since 0.1.0 */
export const isGemini = (model: string): boolean => /gemini/i.test(model)

/** What to change in each message of a body; `undefined` for most. @stability experimental @category getters @since 0.1.0 */
export const change = (body: Json.JsonObject, context: Context): Rewrite.Change | undefined => {
  const refused = find(Json.array(body["messages"]), context)
  return refused && ((value) => value && without(value, refused))
}

/** The messages of a request that is written anew. @stability experimental @category combinators @since 0.1.0 */
export const fit = (messages: ReadonlyArray<Json.JsonObject>, context: Context): ReadonlyArray<Json.JsonObject> => {
  const refused = find(messages, context)
  if (refused === undefined) return messages
  return messages.map((message) => Json.parseObject(without(JSON.stringify(message), refused)) ?? message)
}

/** What a provider does not take. */
interface Refused {
  readonly fields: ReadonlyArray<string>
  /** Where they are null. */
  readonly empty: ReadonlyArray<string>
  /** Of calls. */
  readonly proofs: boolean
}

const nothing: Refused = { fields: [], empty: [], proofs: false }

/** By the quirk: rows and configurations have few. */
const known = new Map<string, Refused>()

const refusedBesides = (taken: string): Refused => {
  let refused = known.get(taken)
  if (refused === undefined) {
    const names = taken.split(" ")
    const refuses = (field: string): boolean => !names.includes(field)
    refused = { fields: beside.filter(refuses), empty: empty.filter(refuses), proofs: true }
    known.set(taken, refused)
  }
  return refused
}

/** What of the messages is not taken; `undefined` where they hold none of it. The model is asked about only then. */
const find = (messages: ReadonlyArray<Json.Json>, { model, quirks }: Context): Refused | undefined => {
  const taken = Json.string(quirks["historyFields"])
  const refused = taken === undefined ? nothing : refusedBesides(taken)
  if (!messages.some((message) => holds(message, refused))) return undefined
  // Under OpenAI's own row, another maker's model stands behind another address: nobody knows what that takes.
  if (quirks["maxCompletionTokens"] === true && !Models.isKnown(Models.of(model))) return nothing
  return isGemini(model) ? { ...refused, proofs: false } : refused
}

const holds = (message: Json.Json, { empty, fields, proofs }: Refused): boolean =>
  Json.at(message, "role") === "assistant" &&
  (fields.some((field) => Json.at(message, field) !== undefined) ||
    empty.some((field) => Json.at(message, field) === null) ||
    Json.array(Json.at(message, "reasoning_details")).some(isForeign) ||
    (proofs && Json.array(Json.at(message, "tool_calls")).some(isProven)))

const isForeign = (detail: Json.Json | undefined): boolean => isOpenAi(Json.string(Json.at(detail, "signature")))

const isProven = (call: Json.Json): boolean => Json.at(call, "extra_content") !== undefined

const without = (message: string, refused: Refused): string => {
  if (!holds(Json.parse(message) ?? null, refused)) return message
  return Rewrite.edit(message, {
    reasoning_details: Rewrite.each(ofOthers),
    ...Object.fromEntries(refused.fields.map((field) => [field, Rewrite.remove])),
    ...Object.fromEntries(refused.empty.map((field) => [field, unlessNull])),
    ...(refused.proofs ? { tool_calls: Rewrite.each(unproven) } : {})
  })
}

const ofOthers: Rewrite.Change = (value) => (value !== undefined && isForeign(Json.parse(value)) ? undefined : value)

const unlessNull: Rewrite.Change = (value) => (value === "null" ? undefined : value)

const unproven: Rewrite.Change = (value) =>
  value?.startsWith("{") === true ? Rewrite.edit(value, { extra_content: Rewrite.remove }) : value

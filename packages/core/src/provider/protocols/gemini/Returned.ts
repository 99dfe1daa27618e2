/**
 * What callers of Gemini send back of answers that were not Google's.
 *
 * Thoughts with another provider's proof are taken out of a body that passes through. Calls that another model made have no proof, and the
 * newest models refuse the running turn over that: they get what Google gives for such calls, as in a request that is written anew.
 */
import * as Json from "../../../domain/Json.ts"
import * as Rewrite from "../../Rewrite.ts"
import { unsigned } from "./Messages.ts"
import type { Model } from "./Models.ts"
import * as Proof from "./Proof.ts"

/** What to change in a body; `undefined` for most. @stability experimental @category getters @since 0.1.0 */
export const changes = (body: Json.JsonObject, model: Model): Rewrite.Changes | undefined => {
  const contents = Array.isArray(body["contents"]) ? Json.array(body["contents"]) : [body["contents"]]
  const isFound = contents.some((content) => (model.signed && isBare(content)) || partsOf(content).some(isForeign))
  return isFound ? { contents: Rewrite.each((value) => contentOf(model)(value)) } : undefined
}

const partsOf = (content: Json.Json | undefined): ReadonlyArray<Json.Json> => Json.array(Json.at(content, "parts"))

const isForeign = (part: Json.Json): boolean => Proof.read(signatureOf(part)) !== undefined

/** Google takes names in both ways of writing. */
const signatureOf = (part: Json.Json | undefined): string | undefined =>
  Json.string(Json.at(part, "thoughtSignature") ?? Json.at(part, "thought_signature"))

const isCall = (part: Json.Json | undefined): boolean =>
  (Json.at(part, "functionCall") ?? Json.at(part, "function_call")) !== undefined

/** Whether the first call of a content has no proof. */
const isBare = (content: Json.Json | undefined): boolean => {
  const call = partsOf(content).find(isCall)
  return call !== undefined && signatureOf(call) === undefined
}

const contentOf = (model: Model): Rewrite.Change => {
  let calls = 0
  return Rewrite.only(
    "parts",
    Rewrite.each((value) => {
      const part = Json.parseObject(value ?? "")
      if (value === undefined || part === undefined) return value
      if (isForeign(part)) return part["thought"] === true ? undefined : Rewrite.edit(value, unproven)
      const isFirst = isCall(part) && calls++ === 0
      return isFirst && model.signed && signatureOf(part) === undefined ? Rewrite.edit(value, skipped) : value
    })
  )
}

const skipped: Rewrite.Changes = { thoughtSignature: Rewrite.set(unsigned) }
const unproven: Rewrite.Changes = { thoughtSignature: Rewrite.remove, thought_signature: Rewrite.remove }

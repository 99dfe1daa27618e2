/**
 * What callers of Responses send back of answers that were not OpenAI's.
 *
 * Items that other providers' answers became have ids that this gateway made, and their reasoning has proofs that are not OpenAI's, which
 * refuses the whole request over either. Both are taken out of a body that passes through.
 */
import * as Json from "../../../domain/Json.ts"
import * as Rewrite from "../../Rewrite.ts"
import * as Proof from "./Proof.ts"

/** What stands behind the kind of an item in the ids that this gateway gives. @stability experimental @category constants @since 0.1.0 */
export const mark = "orelse_"

const ours = new RegExp(`^(?:msg|fc|rs|ig)_${mark}`)

/** Whether an item's id is one that this gateway gave. @stability experimental @category predicates @since 0.1.0 */
export const isOurs = (id: unknown): boolean => typeof id === "string" && ours.test(id)

/** What to change in a body; `undefined` for most. @stability experimental @category getters @since 0.1.0 */
export const changes = (body: Json.JsonObject): Rewrite.Changes | undefined =>
  Json.array(body["input"]).some(isMarked) ? found : undefined

/** Whether an item is meant that no provider keeps. @stability experimental @category predicates @since 0.1.0 */
export const isRefused = (body: Json.JsonObject): boolean =>
  Json.array(body["input"]).some((item) => Json.at(item, "type") === "item_reference" && isOurs(Json.at(item, "id")))

const isMarked = (item: Json.Json): boolean =>
  isOurs(Json.at(item, "id")) || Json.string(Json.at(item, "encrypted_content"))?.startsWith(Proof.mark) === true

/** Of an item that this gateway made, what OpenAI would have said of it goes; reasoning goes whole where OpenAI has not proven it. */
const item: Rewrite.Change = (value) => {
  const item = Json.parseObject(value ?? "")
  if (value === undefined || item === undefined) return value
  const isGiven = isOurs(item["id"])
  if (item["type"] === "reasoning" && !isProven(Json.string(item["encrypted_content"]), isGiven)) return undefined
  return isGiven ? Rewrite.edit(value, given) : value
}

const isProven = (encrypted: string | undefined, isGiven: boolean): boolean =>
  encrypted === undefined || encrypted === "" ? !isGiven : !encrypted.startsWith(Proof.mark)

const given: Rewrite.Changes = { id: Rewrite.remove, status: Rewrite.remove, extra_content: Rewrite.remove }
const found: Rewrite.Changes = { input: Rewrite.each(item) }

/**
 * Ids of tool calls for servers that are narrow about them: Mistral takes nine letters and digits and nothing else.
 *
 * An id that another provider gave earlier in the conversation becomes nine characters that are always the same for it, so that calls and
 * results still belong together. Source: mistralai.github.io "mistral-common: tools", and its error 3280, read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"
import * as Rewrite from "../../Rewrite.ts"

const fits = /^[A-Za-z0-9]{9}$/

/** The id itself where it fits, else nine letters and digits made of it. @stability stable @category combinators @since 0.1.0 */
export const short = (id: string): string => {
  if (fits.test(id)) return id
  const digits = (hash(id, 0x811c9dc5) * 0x1_0000 + (hash(id, 0x9747b28c) & 0xffff)).toString(36)
  return digits.padStart(9, "0").slice(-9)
}

/** FNV-1a over UTF-16 units, 32 bits. */
const hash = (text: string, seed: number): number => {
  let value = seed
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}

/**
 * A caller's own body with its ids shortened, wherever they stand as a JSON string; every other byte stays. The text is read once: a
 * conversation may hold hundreds of thousands of ids.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const shorten = (text: string, body: Json.JsonObject): string => {
  const shorter = new Map<string, string>()
  for (const id of idsOf(body)) if (!fits.test(id)) shorter.set(JSON.stringify(id), JSON.stringify(short(id)))
  return shorter.size === 0 ? text : Rewrite.strings(text, (written) => shorter.get(written) ?? written)
}

const idsOf = (body: Json.JsonObject): ReadonlySet<string> => {
  const ids = new Set<string>()
  for (const message of Json.array(body["messages"])) {
    const answered = Json.string(Json.at(message, "tool_call_id"))
    if (answered !== undefined) ids.add(answered)
    for (const call of Json.array(Json.at(message, "tool_calls"))) {
      const id = Json.string(Json.at(call, "id"))
      if (id !== undefined) ids.add(id)
    }
  }
  return ids
}

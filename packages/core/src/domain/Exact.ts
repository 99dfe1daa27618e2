/**
 * JSON that is read to be written anew, in another dialect, without the loss of a digit: the numbers of JavaScript hold integers up to 2^53, and a
 * larger one (the id of a message, the limit of a schema) would come out with other digits at its end.
 *
 * A value with such an integer is read once more, and where that stood there are its digits, which `JSON.stringify` writes as they are. Whoever
 * reads a number there finds none. Others are handed on as they were.
 */
import * as EscapedKeys from "./EscapedKeys.ts"
import * as Json from "./Json.ts"

/**
 * The value with all digits.
 *
 * @param text what it was read from; asked for where it is needed
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const of = (value: Json.JsonObject, text: () => string): Json.JsonObject =>
  holdsLarge(value) ? (Json.object(EscapedKeys.read(text(), exact)) ?? value) : value

/** Parses a text as a JSON object with all digits; `undefined` for everything else. @stability experimental @category constructors @since 0.1.0 */
export const parseObject = (text: string): Json.JsonObject | undefined => {
  const value = Json.parseObject(text)
  return value && of(value, () => text)
}

const holdsLarge = (value: unknown): boolean => {
  if (typeof value === "number") return value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER
  if (typeof value !== "object" || value === null) return false
  if (Array.isArray(value)) return value.some(holdsLarge)
  for (const key in value) if (holdsLarge((value as Record<string, unknown>)[key])) return true
  return false
}

const exact = (written: string): unknown => {
  const value = Number(written)
  return holdsLarge(value) && /^-?\d+$/.test(written) ? rawJSON(written) : value
}

/** Of ES2026, which TypeScript does not know yet. */
const { rawJSON } = JSON as typeof JSON & { readonly rawJSON: (written: string) => unknown }

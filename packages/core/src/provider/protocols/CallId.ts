/**
 * The id of a tool call for servers that give none.
 */
import * as Json from "../../domain/Json.ts"

/**
 * The id that was given; else one made of the answer's own, the same for the same answer and another in the next one: a conversation that
 * holds an id twice is refused by Anthropic, whoever began it.
 *
 * @param answer what tells the answer from others: its id, or when it was made
 * @param count how many calls came before
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (given: unknown, answer: string | undefined, count: number): string => {
  const id = Json.string(given)
  if (id) return id
  const from = (answer ?? "").replace(/[^A-Za-z0-9_-]/g, "").slice(-24)
  return from === "" ? `call_${count}` : `call_${from}_${count}`
}

/**
 * Who may speak behind a tool's result: everybody, but at Mistral (the quirk `answersTools`) the assistant alone (`Unexpected role 'user' after role
 * 'tool'`, code 3230, read 2026-11). Claude Code's reminders stand there, and what a caller says who interrupts a tool. The assistant gets a word in.
 */
import * as Json from "../../../domain/Json.ts"
import type { Context } from "../../Protocol.ts"
import type * as Rewrite from "../../Rewrite.ts"

const word = { role: "assistant", content: "OK." }

const roleOf = (message: Json.Json | undefined): Json.Json | undefined => Json.at(message, "role")

/** Whether a message of this role may not stand behind one of the other. */
const interrupts = (role: Json.Json | undefined, before: Json.Json | undefined): boolean =>
  before === "tool" && role !== "tool" && role !== "assistant"

const isInterrupted = (messages: ReadonlyArray<Json.Json>, { quirks }: Context): boolean =>
  quirks["answersTools"] === true &&
  messages.some((message, at) => interrupts(roleOf(message), roleOf(messages[at - 1])))

/** What to change in each message of a body, in their order: before one that interrupts stands the word. @stability experimental @category getters @since 0.1.0 */
export const change = (body: Json.JsonObject, context: Context): Rewrite.Change | undefined => {
  const messages = Json.array(body["messages"])
  if (!isInterrupted(messages, context)) return undefined
  let at = 0
  return (value) => {
    const isWanted = interrupts(roleOf(messages[at]), roleOf(messages[at - 1]))
    at += 1
    return isWanted && value !== undefined ? `${JSON.stringify(word)},${value}` : value
  }
}

/** The messages of a request that is written anew. @stability experimental @category combinators @since 0.1.0 */
export const fit = (messages: ReadonlyArray<Json.JsonObject>, context: Context): ReadonlyArray<Json.JsonObject> =>
  isInterrupted(messages, context)
    ? messages.flatMap((message, at) =>
        interrupts(roleOf(message), roleOf(messages[at - 1])) ? [word, message] : [message]
      )
    : messages

/**
 * The reasoning behind calls of tools, for providers that refuse a conversation without it (the quirk `reasoningRequired`).
 *
 * DeepSeek and Moonshot want each of their thinking models' calls back with the `reasoning_content` that led to it. A call that another
 * provider made has none, nor has one whose caller does not keep it: a blank stands for it, the least that both take (an empty text is none to
 * them). Sources: api-docs.deepseek.com "Thinking mode: tool calls", platform.kimi.ai "Use Kimi K2 thinking model", and the errors
 * `The reasoning_content in the thinking mode must be passed back to the API`, `thinking is enabled but reasoning_content is missing in assistant
 * tool call message`, read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"
import type { Context } from "../../Protocol.ts"
import * as Rewrite from "../../Rewrite.ts"

/** What to change in each message of a body; `undefined` for most. @stability experimental @category getters @since 0.1.0 */
export const change = (body: Json.JsonObject, context: Context): Rewrite.Change | undefined =>
  isWanting(Json.array(body["messages"]), context) ? blank : undefined

/** The messages of a request that is written anew. @stability experimental @category combinators @since 0.1.0 */
export const fit = (messages: ReadonlyArray<Json.JsonObject>, context: Context): ReadonlyArray<Json.JsonObject> =>
  isWanting(messages, context)
    ? messages.map((message) => (lacks(message) ? { ...message, reasoning_content: " " } : message))
    : messages

const isWanting = (messages: ReadonlyArray<Json.Json>, { quirks }: Context): boolean =>
  quirks["reasoningRequired"] === true &&
  messages.some((message) => lacks(message) && Json.array(Json.at(message, "tool_calls")).length > 0)

const lacks = (message: Json.Json | undefined): boolean =>
  Json.at(message, "role") === "assistant" && !Json.string(Json.at(message, "reasoning_content"))

const blank: Rewrite.Change = (value) =>
  value !== undefined && lacks(Json.parse(value)) ? Rewrite.edit(value, reasoned) : value

const reasoned: Rewrite.Changes = { reasoning_content: Rewrite.set(" ") }

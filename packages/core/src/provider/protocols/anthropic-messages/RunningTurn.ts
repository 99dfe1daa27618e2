/**
 * The turn that a request goes on with: the calls of tools since the user's last words, and their results.
 *
 * Where thinking has a budget, Anthropic refuses a turn that did not begin with thinking of its own ("Expected `thinking` or
 * `redacted_thinking`, but found `tool_use`", and advises not to think). One that another provider began has none that Anthropic takes.
 * It is looked at in no dialect, and in Anthropic's where a body passes through.
 */
import * as Json from "../../../domain/Json.ts"
import type { Message } from "../../../domain/Request.ts"
import { isOpenAi } from "../openai-responses/Proof.ts"

/** Whether a turn goes on that began without thinking. @stability experimental @category predicates @since 0.1.0 */
export const isUnthought = (messages: ReadonlyArray<Message>): boolean =>
  beganOtherwise(
    messages,
    (message, at) => message.role === "tool" || (message.role === "user" && messages[at - 1]?.role === "tool"),
    ({ content }) =>
      content.some((part) => part.type === "reasoning" && (part.redacted !== undefined || isTaken(part.signature)))
  )

/** Whether a turn goes on that began without thinking, in Anthropic's own messages. @stability experimental @category predicates @since 0.1.0 */
export const isUnthoughtAsSent = (messages: ReadonlyArray<Json.Json>): boolean =>
  beganOtherwise(
    messages.map((message) => Json.object(message) ?? {}),
    (message) => Json.array(message["content"]).some((block) => Json.at(block, "type") === "tool_result"),
    (message) =>
      Json.array(message["content"]).some(
        (block) => Json.at(block, "type") === "redacted_thinking" || (isThinking(block) && !isForeign(block))
      )
  )

/** Whether a block is thinking that Anthropic never signed. @stability experimental @category predicates @since 0.1.0 */
export const isForeign = (block: Json.Json | undefined): boolean =>
  isThinking(block) && typeof Json.at(block, "signature") === "string" && !isTaken(Json.at(block, "signature"))

const isThinking = (block: Json.Json | undefined): boolean => Json.at(block, "type") === "thinking"

const isTaken = (signature: Json.Json | undefined): boolean =>
  typeof signature === "string" && signature !== "" && !isOpenAi(signature)

const beganOtherwise = <A extends { readonly role?: Json.Json | undefined }>(
  messages: ReadonlyArray<A>,
  isResult: (message: A, at: number) => boolean,
  isThought: (message: A) => boolean
): boolean => {
  const last = messages.length - 1
  if (last < 0 || !isResult(messages[last]!, last)) return false
  const began = messages.findLastIndex((message, at) => message.role === "user" && !isResult(message, at))
  const first = messages.slice(began + 1).find((message) => message.role === "assistant")
  return first !== undefined && !isThought(first)
}

/**
 * JSON without a schema, as OpenAI and those who speak its formats want it asked for: in words, too (`'messages' must contain the word 'json' in
 * some form, to use 'response_format' of type 'json_object'`, read 2026-11). Google's callers ask for it by a media type alone.
 */
import type { Message, Request } from "../../../domain/Request.ts"

const inWords: Message = { role: "system", content: [{ type: "text", text: "Answer in JSON." }] }

/** The messages, with the words where they are demanded and nobody said them. @stability experimental @category getters @since 0.1.0 */
export const messagesOf = ({ messages, responseFormat }: Request): Request["messages"] =>
  responseFormat?.type !== "json" || messages.some(isAsking)
    ? messages
    : messages.toSpliced(messages[0] !== undefined && isInstructions(messages[0]) ? 1 : 0, 0, inWords)

const isAsking = (message: Message): boolean =>
  !isInstructions(message) && message.content.some((part) => part.type === "text" && /json/i.test(part.text))

/** Those of Responses stand beside its messages, and do not count. */
const isInstructions = (message: Message): boolean => message.extra?.["openai-responses"]?.["field"] === "instructions"

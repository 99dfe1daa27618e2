/**
 * About how many tokens a request is, without asking anybody: no provider's own count, and no bill.
 *
 * Latin text is about four characters a token, other scripts about one and a half (OpenAI's and Google's own rules of thumb); a picture is
 * what Anthropic says of one of common size (about 1600); a document is read off its bytes. Every message and tool costs a few of its own.
 */
import * as Result from "effect/Result"
import type { Call } from "./Call.ts"
import * as Json from "./Json.ts"
import type { AssistantPart, Embeddings, Message, Request, UserPart } from "./Request.ts"

const perMessage = 4
const perTool = 12
const perPicture = 1600
/** Bytes of a document that make a token, and of a second of sound (32 tokens) at common rates. */
const documentBytes = 12
const soundBytes = 500

/** The tokens of all that is sent. @stability experimental @category getters @since 0.1.0 */
export const estimate = (request: Request): number => {
  let tokens = 0
  for (const message of request.messages) tokens += perMessage + messageOf(message)
  for (const tool of request.tools ?? [])
    tokens +=
      perTool + ofText(tool.name) + ofText(tool.description ?? "") + ofText(JSON.stringify(tool.parameters ?? {}))
  const format = request.responseFormat
  if (format?.type === "jsonSchema") tokens += ofText(JSON.stringify(format.schema))
  return Math.ceil(tokens)
}

const messageOf = (message: Message): number => {
  let tokens = 0
  for (const part of message.content) tokens += partOf(part)
  return tokens
}

const partOf = (part: UserPart | AssistantPart): number => {
  switch (part.type) {
    case "text":
    case "refusal":
      return ofText(part.text)
    case "reasoning":
      return ofText(part.text) + (part.redacted?.length ?? 0) / 4
    case "toolCall":
      return perTool + ofText(part.name) + ofText(part.arguments)
    case "image":
      return perPicture
    case "document":
      return documentOf(part)
    case "audio":
      return bytesOf(part.data) / soundBytes
  }
}

const documentOf = (part: Extract<UserPart, { readonly type: "document" }>): number => {
  if (part.data === undefined) return perPicture
  return part.mediaType?.startsWith("text/") === true
    ? ofText(Buffer.from(part.data, "base64").toString("utf8"))
    : bytesOf(part.data) / documentBytes
}

const bytesOf = (base64: string | undefined): number => ((base64?.length ?? 0) * 3) / 4

/** The tokens of a text; a fraction of one for a piece of a stream. @stability experimental @category getters @since 0.1.0 */
export const ofText = (text: string): number => {
  let wide = 0
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x2ff) wide += 1
  return (text.length - wide) / 4 + wide / 1.5
}

/** The tokens of a text that is known to be ASCII, without looking at it. @stability experimental @category getters @since 0.1.0 */
export const ofAscii = (text: string): number => text.length / 4

/** What a call will probably use. @stability experimental @category models @since 0.1.0 */
export interface Expected {
  readonly input: number
  /** What may be answered, where the caller says so. */
  readonly output: number
}

/**
 * What a call will probably use, for a limit or a budget: by the length of its text where it has one, for nobody reads a whole request to say so;
 * else by what a program sends.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const expected = (call: Call): Expected => {
  if (call.wire === undefined) return ofProgram(call)
  const { body, text } = call.wire
  const most =
    body["max_tokens"] ??
    body["max_completion_tokens"] ??
    body["max_output_tokens"] ??
    Json.at(body, "generationConfig", "maxOutputTokens")
  return { input: Math.ceil(ofAscii(text)), output: typeof most === "number" && most > 0 ? most : 0 }
}

const ofProgram = ({ embeddings, request }: Call): Expected => {
  if (embeddings !== undefined) {
    let input = 0
    // A text, or the tokens of one.
    for (const one of Result.getOrElse(embeddings(), () => nothing).input)
      input += typeof one === "string" ? ofText(one) : one.length
    return { input: Math.ceil(input), output: 0 }
  }
  const asked = Result.getOrElse(request(), (): Request => ({ messages: [] }))
  return { input: estimate(asked), output: asked.maxTokens ?? 0 }
}

const nothing: Embeddings = { input: [] }

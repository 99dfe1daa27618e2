/**
 * Documents in line: what is text in them, and what a file of their kind is called.
 *
 * OpenAI's chat takes PDFs alone, and says to send the words of another file as a text; Anthropic takes PDFs and plain text. Sources:
 * developers.openai.com "File inputs", platform.claude.com "Files: file types and content blocks", read 2026-11.
 */
import type { UserPart } from "../../domain/Request.ts"

type Document = Extract<UserPart, { readonly type: "document" }>

const pdf = "application/pdf"

/** Kinds of text that do not say so themselves. */
const texts =
  /^(?:text\/.*|application\/(?:json|xml|yaml|x-yaml|toml|javascript|typescript|x-sh|sql|.+\+(?:json|xml)))$/

/** Whether its media type is that of a PDF, which one without any is taken for. @stability experimental @category predicates @since 0.1.0 */
export const isPdf = ({ mediaType }: Document): boolean => mediaType === undefined || mediaType === pdf

/** The text that it is; `undefined` where it is none, or not in line. @stability experimental @category getters @since 0.1.0 */
export const textOf = ({ data, mediaType = pdf }: Document): string | undefined =>
  data !== undefined && texts.test(mediaType.split(";")[0]!.trim())
    ? Buffer.from(data, "base64").toString("utf8")
    : undefined

/** Its name, and the text that it is; `undefined` where it is none, or not in line. @stability experimental @category getters @since 0.1.0 */
export const wordsOf = (part: Document): string | undefined => {
  const text = textOf(part)
  return text === undefined || part.name === undefined ? text : `${part.name}\n\n${text}`
}

/** By media type, where it is not what stands behind the stroke. */
const extensions: Readonly<Record<string, string>> = {
  "text/plain": "txt",
  "text/markdown": "md",
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.ms-excel": "xls",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "application/vnd.ms-powerpoint": "ppt",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx"
}

/** What its file is called. OpenAI reads off the ending of a name what it holds, and refuses one without. @stability experimental @category getters @since 0.1.0 */
export const fileNameOf = ({ mediaType = pdf, name = "document" }: Document): string => {
  if (/\.[A-Za-z0-9]{1,5}$/.test(name)) return name
  const type = mediaType.split(";")[0]!.trim()
  const ending = Object.hasOwn(extensions, type) ? extensions[type]! : (/^\w+\/([a-z]{2,5})$/.exec(type)?.[1] ?? "bin")
  return `${name}.${ending}`
}

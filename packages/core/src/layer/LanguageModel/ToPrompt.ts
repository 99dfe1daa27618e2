/**
 * A request in no dialect as `effect/ai` wants it: a prompt and a toolkit whose calls are handed back, never run.
 *
 * What `effect/ai` has no words for is refused where the answer would be another one (`n`, `stop`, a response format), so that the
 * route moves on; sampling settings and `maxTokens` are those of the model's own layer.
 */
import type * as Prompt from "effect/ai/Prompt"
import * as Tool from "effect/ai/Tool"
import type * as Toolkit from "effect/ai/Toolkit"
import type * as LanguageModel from "effect/ai/LanguageModel"
import * as Effect from "effect/Effect"
import type * as JsonSchema from "effect/JsonSchema"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Json from "../../domain/Json.ts"
import { Unsupported } from "../../domain/Reason.ts"
import type * as Request from "../../domain/Request.ts"
import * as FunctionTool from "../../provider/protocols/FunctionTool.ts"
import { metadataKey } from "./FromPrompt.ts"

/** A tool by its JSON Schema alone. @stability experimental @category models @since 0.1.0 */
export type HandedBack = Tool.Dynamic<
  string,
  {
    readonly parameters: JsonSchema.JsonSchema
    readonly success: typeof Schema.Unknown
    readonly failure: typeof Schema.Never
    readonly failureMode: "error"
  }
>

/** @stability experimental @category models @since 0.1.0 */
export interface Asked {
  readonly prompt: ReadonlyArray<Prompt.MessageEncoded>
  readonly toolkit: Toolkit.WithHandler<Record<string, HandedBack>>
  readonly toolChoice: LanguageModel.ToolChoice<string>
}

/** @stability experimental @category conversions @since 0.1.0 */
export const fromRequest = (request: Request.Request): Result.Result<Asked, Unsupported> => {
  const feature = unsayable(request)
  if (feature !== undefined) {
    return Result.fail(new Unsupported({ message: `effect/ai has no words for ${feature}`, feature }))
  }
  return Result.succeed({
    prompt: request.messages.map((message) => messageOf(message, request.messages)),
    toolkit: toolkitOf(request.tools ?? []),
    toolChoice: choiceOf(request.toolChoice)
  })
}

const unsayable = (request: Request.Request): string | undefined => {
  if ((request.n ?? 1) > 1) return "several answers"
  if ((request.stop ?? []).length > 0) return "stop sequences"
  if (request.logprobs === true) return "log probabilities"
  if (request.responseFormat !== undefined && request.responseFormat.type !== "text") return "a response format"
  const files = request.messages.flatMap((message) => message.content as ReadonlyArray<{ readonly fileId?: string }>)
  return files.some((part) => part.fileId !== undefined) ? "files that a provider holds" : undefined
}

const messageOf = (message: Request.Message, all: ReadonlyArray<Request.Message>): Prompt.MessageEncoded => {
  switch (message.role) {
    case "system":
      return { role: "system", content: message.content.map(({ text }) => text).join("\n") }
    case "user":
      return { role: "user", content: message.content.map(part) }
    case "assistant":
      return { role: "assistant", content: message.content.flatMap(assistantPart) }
    case "tool":
      return { role: "tool", content: [toolResult(message, all)] }
  }
}

type Media = Extract<Request.UserPart, { readonly type: "image" | "document" | "audio" }>

const usual = { image: "image/png", document: "application/pdf", audio: "audio/wav" } as const

const part = (one: Request.UserPart): Prompt.TextPartEncoded | Prompt.FilePartEncoded =>
  one.type === "text" ? { type: "text", text: one.text } : file(one)

const file = (media: Media): Prompt.FilePartEncoded => ({
  type: "file",
  mediaType: media.mediaType ?? usual[media.type],
  data: media.data ?? URL.parse(media.url ?? "") ?? media.url ?? "",
  ...(media.type === "document" && media.name !== undefined ? { fileName: media.name } : {})
})

const assistantPart = (one: Request.AssistantPart): ReadonlyArray<Prompt.AssistantMessagePartEncoded> => {
  switch (one.type) {
    case "text":
    case "refusal":
      return one.text === "" ? [] : [{ type: "text", text: one.text }]
    case "reasoning":
      return [{ type: "reasoning", text: one.text, ...proof(one) }]
    case "toolCall":
      return [{ type: "tool-call", id: one.id, name: one.name, params: paramsOf(one.arguments), ...proof(one) }]
    case "image":
      return [file(one)]
  }
}

const proof = ({ redacted, signature }: { readonly signature?: string; readonly redacted?: string }) => {
  if (signature === undefined && redacted === undefined) return {}
  const facts = { ...(signature === undefined ? {} : { signature }), ...(redacted === undefined ? {} : { redacted }) }
  return { options: { [metadataKey]: facts } }
}

const paramsOf = (text: string): unknown => {
  const parsed = Json.parse(text)
  return parsed === undefined ? {} : parsed
}

type ToolMessage = Extract<Request.Message, { readonly role: "tool" }>

/** Its name may stand only at the call that it answers. */
const toolResult = (message: ToolMessage, all: ReadonlyArray<Request.Message>): Prompt.ToolResultPartEncoded => {
  const texts = message.content.map((one) => (one.type === "text" ? one.text : ""))
  const onlyText = message.content.every((one) => one.type === "text")
  return {
    type: "tool-result",
    id: message.toolCallId,
    name: message.name ?? nameOf(message.toolCallId, all),
    isFailure: message.isError ?? false,
    result: texts.join(""),
    ...(onlyText ? {} : { modelOutput: message.content.map(part) })
  }
}

const nameOf = (id: string, all: ReadonlyArray<Request.Message>): string => {
  for (const message of all) {
    if (message.role !== "assistant") continue
    for (const one of message.content) if (one.type === "toolCall" && one.id === id) return one.name
  }
  return "unknown"
}

const toolkitOf = (tools: ReadonlyArray<Request.Tool>): Asked["toolkit"] => ({
  tools: Object.fromEntries(tools.map((tool) => [tool.name, toolOf(tool)])),
  handle: (name) => Effect.die(new Error(`the tool "${name}" is its caller's to run`))
})

const toolOf = (tool: Request.Tool): HandedBack =>
  Tool.dynamic(tool.name, {
    parameters: { ...FunctionTool.parametersOf(tool) },
    ...(tool.description === undefined ? {} : { description: tool.description })
  })

const choiceOf = (choice: Request.Request["toolChoice"]): Asked["toolChoice"] => {
  if (choice === undefined) return "auto"
  return typeof choice === "string" ? choice : { tool: choice.name }
}

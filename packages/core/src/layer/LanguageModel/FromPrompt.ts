/**
 * What a program of `effect/ai` asks for, as a request in no dialect.
 *
 * A tool that a provider runs itself has no neutral shape: it is refused, so that it is not lost on the way.
 */
import * as AiError from "effect/ai/AiError"
import * as LanguageModel from "effect/ai/LanguageModel"
import type * as Prompt from "effect/ai/Prompt"
import * as Tool from "effect/ai/Tool"
import * as Effect from "effect/Effect"
import type { JsonObject } from "../../domain/Json.ts"
import type * as Request from "../../domain/Request.ts"

/** Under this name our own facts stand in the options and metadata of `effect/ai`. @stability experimental @category constants @since 0.1.0 */
export const metadataKey = "orelse"

/**
 * The request; `defaults` stand below what the program says. Fails where something cannot be carried.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const toRequest = (
  options: LanguageModel.ProviderOptions,
  defaults: Partial<Request.Request>,
  method: string
): Effect.Effect<Request.Request, AiError.AiError> => {
  const foreign = unsayable(options)
  if (foreign !== undefined) return Effect.fail(refused(method, foreign))
  return Effect.try({
    try: () => ({
      ...defaults,
      messages: options.prompt.content.flatMap(messagesOf),
      ...toolsOf(options),
      ...formatOf(options.responseFormat)
    }),
    catch: (cause) => refused(method, `a schema that cannot be written as JSON Schema: ${String(cause)}`)
  })
}

const refused = (method: string, what: string): AiError.AiError =>
  AiError.make({
    module: "Orelse",
    method,
    reason: new AiError.InvalidRequestError({ description: `A route cannot carry ${what}` })
  })

const unsayable = (options: LanguageModel.ProviderOptions): string | undefined => {
  const tool = options.tools.find(Tool.isProviderDefined)
  if (tool !== undefined) return `the tool "${tool.name}", which only one provider runs`
  const run = options.prompt.content.some(
    (message) =>
      message.role === "assistant" &&
      message.content.some(
        (part) => (part.type === "tool-call" || part.type === "tool-result") && part.providerExecuted
      )
  )
  return run ? "a tool call that a provider ran itself" : undefined
}

const messagesOf = (message: Prompt.Message): ReadonlyArray<Request.Message> => {
  switch (message.role) {
    case "system":
      return [{ role: "system", content: [{ type: "text", text: message.content }] }]
    case "user":
      return [
        { role: "user", content: message.content.map((part) => (part.type === "text" ? text(part) : file(part))) }
      ]
    case "assistant":
      return [{ role: "assistant", content: message.content.flatMap(assistantPart) }]
    case "tool":
      return message.content.flatMap((part) => (part.type === "tool-result" ? [toolResult(part)] : []))
  }
}

const text = ({ text }: { readonly text: string }) => ({ type: "text", text }) as const

/** Bytes go in line, addresses by reference. */
const file = ({ data, fileName, mediaType }: Prompt.FilePart): Request.UserPart => {
  const media = {
    mediaType,
    ...(located(data) ?? { data: data instanceof Uint8Array ? Buffer.from(data).toString("base64") : String(data) })
  }
  if (mediaType.startsWith("image/")) return { type: "image", ...media }
  if (mediaType.startsWith("audio/")) return { type: "audio", ...media }
  return { type: "document", ...media, ...(fileName === undefined ? {} : { name: fileName }) }
}

const located = (data: Prompt.FilePart["data"]): { url: string } | { data: string } | undefined => {
  if (data instanceof Uint8Array) return undefined
  const address = String(data)
  const inline = /^data:[^,]*;base64,(.*)$/s.exec(address)?.[1]
  if (inline !== undefined) return { data: inline }
  return data instanceof URL || /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? { url: address } : undefined
}

const assistantPart = (part: Prompt.AssistantMessagePart): ReadonlyArray<Request.AssistantPart> => {
  switch (part.type) {
    case "text":
      return [text(part)]
    case "reasoning":
      return [{ type: "reasoning", text: part.text, ...proofOf(part.options, ["signature", "redacted"]) }]
    case "file": {
      const image = file(part)
      return image.type === "image" ? [image] : []
    }
    case "tool-call": {
      const { id, name, options, params } = part
      return [
        { type: "toolCall", id, name, arguments: JSON.stringify(params ?? {}), ...proofOf(options, ["signature"]) }
      ]
    }
    case "tool-result":
    case "tool-approval-request":
      return []
  }
}

/** What `ToParts.ts` put into the metadata, coming back. */
const proofOf = (options: Prompt.ProviderOptions, names: ReadonlyArray<"signature" | "redacted">) => {
  const own = options[metadataKey] as JsonObject | undefined
  return Object.fromEntries(names.flatMap((name) => (typeof own?.[name] === "string" ? [[name, own[name]]] : [])))
}

const toolResult = (part: Prompt.ToolResultPart): Request.Message => ({
  role: "tool",
  toolCallId: part.id,
  name: part.name,
  content: part.modelOutput === undefined ? [text({ text: written(part.result) })] : part.modelOutput.flatMap(shown),
  ...(part.isFailure ? { isError: true } : {})
})

type Shown = Extract<Request.Message, { readonly role: "tool" }>["content"]

const shown = (part: Prompt.TextPart | Prompt.FilePart): Shown => {
  if (part.type === "text") return [text(part)]
  const media = file(part)
  return media.type === "image" || media.type === "document" ? [media] : []
}

const written = (result: unknown): string => (typeof result === "string" ? result : (JSON.stringify(result) ?? "null"))

const toolsOf = (options: LanguageModel.ProviderOptions): Pick<Request.Request, "tools" | "toolChoice"> => {
  if (options.tools.length === 0) return {}
  return { tools: options.tools.map(toolOf), toolChoice: choiceOf(options.toolChoice) }
}

const toolOf = (tool: Tool.Any): Request.Tool => {
  const description = Tool.getDescription(tool)
  const strict = Tool.getStrictMode(tool)
  return {
    name: tool.name,
    parameters: plain(Tool.getJsonSchema(tool)),
    ...(description === undefined ? {} : { description }),
    ...(strict === undefined ? {} : { strict })
  }
}

const choiceOf = (choice: LanguageModel.ToolChoice<string>): NonNullable<Request.Request["toolChoice"]> => {
  if (typeof choice === "string") return choice
  if ("tool" in choice) return { name: choice.tool }
  return choice.mode ?? "auto"
}

const formatOf = (format: LanguageModel.ProviderOptions["responseFormat"]): Pick<Request.Request, "responseFormat"> => {
  if (format.type === "text") return {}
  const { jsonSchema } = LanguageModel.defaultCodecTransformer(format.schema)
  return { responseFormat: { type: "jsonSchema", name: format.objectName, schema: plain(jsonSchema) } }
}

/** JSON Schema is JSON, though its type says less. */
const plain = (schema: object): NonNullable<Request.Tool["parameters"]> =>
  schema as NonNullable<Request.Tool["parameters"]>

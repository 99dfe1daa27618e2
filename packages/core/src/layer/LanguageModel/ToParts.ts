/**
 * An answer in no dialect as parts of `effect/ai`, whole or as it comes.
 */
import type * as AiResponse from "effect/ai/Response"
import * as Json from "../../domain/Json.ts"
import type { AssistantPart } from "../../domain/Request.ts"
import type { FinishReason, Response, StreamPart } from "../../domain/Response.ts"
import { merge, type Usage } from "../../domain/Usage.ts"
import { metadataKey } from "./FromPrompt.ts"

/** What is told beside the answer, as metadata of its finish. @stability experimental @category models @since 0.1.0 */
export type Told = Readonly<Record<string, string | number | boolean | ReadonlyArray<string>>>

/** All parts of a whole answer. @stability experimental @category conversions @since 0.1.0 */
export const ofResponse = (response: Response, told: Told): Array<AiResponse.PartEncoded> => [
  metadata(response.id, response.model),
  ...response.content.map(wholePart),
  finish(response.finishReason, response.usage, told)
]

const metadata = (id: string | undefined, modelId: string | undefined): AiResponse.ResponseMetadataPartEncoded => ({
  type: "response-metadata",
  ...(id === undefined ? {} : { id }),
  ...(modelId === undefined ? {} : { modelId })
})

const wholePart = (part: AssistantPart): AiResponse.PartEncoded => {
  switch (part.type) {
    case "text":
    case "refusal":
      return { type: "text", text: part.text }
    case "reasoning":
      return { type: "reasoning", text: part.text, ...proof(part) }
    case "toolCall":
      return toolCall(part.id, part.name, part.arguments, part)
    case "image":
      if (part.data === undefined && part.url !== undefined) return { type: "text", text: linked(part.url) }
      return { type: "file", mediaType: part.mediaType ?? "image/png", data: part.data ?? "" }
  }
}

/** Effect's files hold their bytes: a picture that lies elsewhere is shown as Markdown. */
const linked = (url: string): string => `![image](${url})`

/** What proves reasoning to its maker travels as metadata, and comes back by `FromPrompt.ts`. */
const proof = (part: { readonly signature?: string; readonly redacted?: string }) => {
  const { redacted, signature } = part
  if (signature === undefined && redacted === undefined) return {}
  const facts = { ...(signature === undefined ? {} : { signature }), ...(redacted === undefined ? {} : { redacted }) }
  return { metadata: { [metadataKey]: facts } }
}

/** Arguments that are no JSON stay text, for the tool's own schema to refuse. */
const toolCall = (
  id: string,
  name: string,
  text: string,
  part: { readonly signature?: string }
): AiResponse.ToolCallPartEncoded => ({
  type: "tool-call",
  id,
  name,
  params: paramsOf(text),
  ...proof(part)
})

const paramsOf = (text: string): unknown => {
  if (text.trim() === "") return {}
  const parsed = Json.parse(text)
  return parsed === undefined ? text : parsed
}

const finish = (
  reason: FinishReason | undefined,
  usage: Usage | undefined,
  told: Told
): AiResponse.FinishPartEncoded => ({
  type: "finish",
  reason: finishReasons[reason ?? "unknown"],
  usage: usageOf(usage),
  metadata: { [metadataKey]: told }
})

const finishReasons: { readonly [R in FinishReason]: AiResponse.FinishPartEncoded["reason"] } = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  content_filter: "content-filter",
  error: "error",
  unknown: "unknown"
}

const usageOf = (usage: Usage | undefined): AiResponse.FinishPartEncoded["usage"] => {
  const { cacheWriteTokens, cachedTokens, inputTokens, outputTokens, reasoningTokens } = usage ?? {}
  const cached = (cachedTokens ?? 0) + (cacheWriteTokens ?? 0)
  return {
    inputTokens: {
      total: inputTokens,
      uncached: inputTokens === undefined ? undefined : Math.max(0, inputTokens - cached),
      cacheRead: cachedTokens,
      cacheWrite: cacheWriteTokens
    },
    outputTokens: {
      total: outputTokens,
      text: outputTokens === undefined ? undefined : Math.max(0, outputTokens - (reasoningTokens ?? 0)),
      reasoning: reasoningTokens
    }
  }
}

/** A block of a stream that has begun and not ended. */
interface Open {
  readonly index: number
  readonly type: "text" | "reasoning" | "tool"
  readonly id: string
  readonly name: string
  arguments: string
  signature?: string
  redacted?: string
}

/** Reads one stream; has state. @stability experimental @category models @since 0.1.0 */
export interface Writer {
  readonly write: (part: StreamPart) => ReadonlyArray<AiResponse.StreamPartEncoded>
  /** After the last part: what is still open, and the finish with its usage. */
  readonly end: () => ReadonlyArray<AiResponse.StreamPartEncoded>
}

/**
 * Blocks begin and end here, which a stream in no dialect does not say.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const writer = (told: Told): Writer => {
  /** The text or reasoning that is open. */
  let open: Open | undefined
  /** Calls that are open, by their block: several may be written by turns. */
  const calls = new Map<number, Open>()
  let reason: FinishReason | undefined
  let usage: Usage | undefined
  const closeText = (): ReadonlyArray<AiResponse.StreamPartEncoded> => {
    const ended = open
    open = undefined
    return ended === undefined ? [] : endOf(ended)
  }
  const closeCalls = (which: (call: Open) => boolean): ReadonlyArray<AiResponse.StreamPartEncoded> => {
    const ended = [...calls].filter(([, call]) => which(call))
    for (const [index] of ended) calls.delete(index)
    return ended.flatMap(([, call]) => endOf(call))
  }
  /** What ends where another block begins. */
  const close = () => [...closeText(), ...closeCalls((call) => Json.parseObject(call.arguments) !== undefined)]
  const into = (type: "text" | "reasoning", index: number) => {
    if (open?.type === type && open.index === index) return []
    const before = close()
    open = { index, type, id: `${type}-${index}`, name: "", arguments: "" }
    return [...before, { type: `${type}-start`, id: open.id } as const]
  }
  const delta = (type: "text" | "reasoning", index: number, text: string) => [
    ...into(type, index),
    ...(text === "" ? [] : [{ type: `${type}-delta`, id: `${type}-${index}`, delta: text } as const])
  ]
  const write = (part: StreamPart): ReadonlyArray<AiResponse.StreamPartEncoded> => {
    switch (part.type) {
      case "start":
        return [metadata(part.id, part.model)]
      case "text":
      case "refusal":
        return delta("text", part.index, part.text)
      case "reasoning": {
        const parts = delta("reasoning", part.index, part.text)
        if (open !== undefined) Object.assign(open, proven(part))
        return parts
      }
      case "toolCallStart": {
        const before = close()
        const { id, index, name } = part
        calls.set(index, { index, type: "tool", id, name, arguments: "", ...proven(part) })
        return [...before, { type: "tool-params-start", id, name, ...proof(part) }]
      }
      case "toolCallDelta": {
        const call = calls.get(part.index)
        if (call === undefined) return []
        call.arguments += part.arguments
        return [{ type: "tool-params-delta", id: call.id, delta: part.arguments }]
      }
      case "image":
        if (part.url !== undefined) return write({ type: "text", index: part.index, text: linked(part.url) })
        return [...close(), { type: "file", mediaType: part.mediaType, data: part.data }]
      case "usage":
        usage = merge(usage, part.usage)
        return []
      case "finish":
        reason = part.reason
        return []
      case "error":
      case "extra":
      case "otherAnswer":
      case "ping":
        return []
    }
  }
  return { write, end: () => [...closeText(), ...closeCalls(() => true), finish(reason, usage, told)] }
}

const proven = ({ redacted, signature }: { readonly signature?: string; readonly redacted?: string }) => ({
  ...(signature === undefined ? {} : { signature }),
  ...(redacted === undefined ? {} : { redacted })
})

const endOf = (open: Open): ReadonlyArray<AiResponse.StreamPartEncoded> => {
  if (open.type === "text") return [{ type: "text-end", id: open.id }]
  if (open.type === "reasoning") return [{ type: "reasoning-end", id: open.id, ...proof(open) }]
  return [{ type: "tool-params-end", id: open.id }, toolCall(open.id, open.name, open.arguments, open)]
}

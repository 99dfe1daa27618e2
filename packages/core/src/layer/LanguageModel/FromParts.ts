/**
 * An answer of `effect/ai` in no dialect, whole or as it comes.
 */
import type * as AiResponse from "effect/ai/Response"
import type * as Tool from "effect/ai/Tool"
import * as Json from "../../domain/Json.ts"
import type { AssistantPart } from "../../domain/Request.ts"
import type { FinishReason, Response, StreamPart } from "../../domain/Response.ts"
import type { Usage } from "../../domain/Usage.ts"
import { metadataKey } from "./FromPrompt.ts"

type Tools = Record<string, Tool.Any>

/** @stability experimental @category conversions @since 0.1.0 */
export const toResponse = (parts: ReadonlyArray<AiResponse.AnyPart>): Response => {
  const about = parts.find((part) => part.type === "response-metadata")
  const finish = parts.find((part) => part.type === "finish")
  return {
    ...(about?.id === undefined ? {} : { id: about.id }),
    ...(about?.modelId === undefined ? {} : { model: about.modelId }),
    content: parts.flatMap(contentOf),
    ...(finish === undefined ? {} : { finishReason: reasons[finish.reason], usage: usageOf(finish.usage) })
  }
}

const contentOf = (part: AiResponse.AnyPart): ReadonlyArray<AssistantPart> => {
  if (part.type === "text") return [{ type: "text", text: part.text }]
  if (part.type === "reasoning") return [{ type: "reasoning", text: part.text, ...proofOf(part) }]
  if (part.type === "tool-call") {
    const { id, name, params } = part
    return [{ type: "toolCall", id, name, arguments: JSON.stringify(params ?? {}), ...signatureOf(part) }]
  }
  return part.type === "file"
    ? [{ type: "image", mediaType: part.mediaType, data: Buffer.from(part.data).toString("base64") }]
    : []
}

const reasons: { readonly [R in AiResponse.FinishPart["reason"]]: FinishReason } = {
  stop: "stop",
  length: "length",
  "content-filter": "content_filter",
  "tool-calls": "tool_calls",
  error: "error",
  pause: "unknown",
  other: "unknown",
  unknown: "unknown"
}

const usageOf = ({ inputTokens, outputTokens }: AiResponse.Usage): Usage => {
  const facts = {
    inputTokens: inputTokens.total,
    outputTokens: outputTokens.total,
    cachedTokens: inputTokens.cacheRead,
    cacheWriteTokens: inputTokens.cacheWrite,
    reasoningTokens: outputTokens.reasoning
  }
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}

const proofOf = (part: { readonly metadata: object }) => {
  const own = Json.at(part.metadata, metadataKey)
  const [signature, redacted] = [Json.string(Json.at(own, "signature")), Json.string(Json.at(own, "redacted"))]
  return { ...(signature === undefined ? {} : { signature }), ...(redacted === undefined ? {} : { redacted }) }
}

const signatureOf = (part: { readonly metadata: object }) => {
  const { signature } = proofOf(part)
  return signature === undefined ? {} : { signature }
}

/** Reads one stream; has state. @stability experimental @category models @since 0.1.0 */
export interface Reader {
  readonly read: (part: AiResponse.StreamPart<Tools>) => ReadonlyArray<StreamPart>
  /** Whether the finish has come. */
  readonly isComplete: () => boolean
}

/** @stability experimental @category constructors @since 0.1.0 */
export const reader = (): Reader => {
  const blocks = new Map<string, number>()
  let isComplete = false
  const indexOf = (id: string): number => {
    const known = blocks.get(id)
    if (known !== undefined) return known
    blocks.set(id, blocks.size)
    return blocks.size - 1
  }
  const read = (part: AiResponse.StreamPart<Tools>): ReadonlyArray<StreamPart> => {
    switch (part.type) {
      case "response-metadata": {
        const { id, modelId: model } = part
        return [{ type: "start", ...(id === undefined ? {} : { id }), ...(model === undefined ? {} : { model }) }]
      }
      case "text-delta":
        return [{ type: "text", index: indexOf(`text ${part.id}`), text: part.delta }]
      case "reasoning-delta":
        return [{ type: "reasoning", index: indexOf(`reasoning ${part.id}`), text: part.delta, ...proofOf(part) }]
      case "reasoning-end": {
        const proof = proofOf(part)
        const index = indexOf(`reasoning ${part.id}`)
        return Object.keys(proof).length === 0 ? [] : [{ type: "reasoning", index, text: "", ...proof }]
      }
      case "tool-params-start":
        return [
          {
            type: "toolCallStart",
            index: indexOf(`tool ${part.id}`),
            id: part.id,
            name: part.name,
            ...signatureOf(part)
          }
        ]
      case "tool-params-delta":
        return [{ type: "toolCallDelta", index: indexOf(`tool ${part.id}`), arguments: part.delta }]
      case "tool-call": {
        if (blocks.has(`tool ${part.id}`)) return []
        const index = indexOf(`tool ${part.id}`)
        return [
          { type: "toolCallStart", index, id: part.id, name: part.name, ...signatureOf(part) },
          { type: "toolCallDelta", index, arguments: JSON.stringify(part.params ?? {}) }
        ]
      }
      case "file": {
        const index = indexOf(`file ${blocks.size}`)
        return [{ type: "image", index, mediaType: part.mediaType, data: Buffer.from(part.data).toString("base64") }]
      }
      case "finish":
        isComplete = true
        return [
          { type: "finish", reason: reasons[part.reason] },
          { type: "usage", usage: usageOf(part.usage) }
        ]
      default:
        return []
    }
  }
  return { read, isComplete: () => isComplete }
}

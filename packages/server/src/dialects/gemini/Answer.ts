/**
 * Writes whole answers in Gemini's format, and the pieces that answers and streams share.
 */
import * as Exact from "@orelse/core/domain/Exact"
import * as Json from "@orelse/core/domain/Json"
import type { AssistantPart } from "@orelse/core/domain/Request"
import type { FinishReason, Response } from "@orelse/core/domain/Response"
import type { Usage } from "@orelse/core/domain/Usage"
import * as Foreign from "@orelse/core/provider/protocols/Foreign"
import * as Proof from "@orelse/core/provider/protocols/gemini/Proof"
import type { AnswerContext } from "../Dialect.ts"
import * as Extras from "../Extras.ts"

const dialect = "gemini"

/** A whole answer. */
export const write = (response: Response, context: AnswerContext): Json.JsonObject => {
  const { candidate: own, ...rest } = Foreign.own(response, dialect)
  const parts = response.content.flatMap(part)
  const body = {
    candidates: [
      Json.compact({
        content: { role: "model", parts },
        finishReason: finishReason(response.finishReason, response.rawFinishReason),
        index: 0,
        logprobsResult: logprobs(response.logprobs),
        ...Json.object(own)
      })
    ],
    ...(response.usage === undefined ? {} : { usageMetadata: usage(response.usage) }),
    modelVersion: context.model,
    responseId: response.id ?? context.callId,
    ...rest
  }
  return Extras.beside(body, response, dialect)
}

/** A part of the content; nothing for what only another dialect knows. */
export const part = (part: AssistantPart): ReadonlyArray<Json.JsonObject> => {
  switch (part.type) {
    case "text": {
      const block = Foreign.blockOf(part, dialect)
      if (block === "foreign") return []
      const own = Foreign.own(part, dialect)
      return block === undefined ? text(part.text, own) : [block]
    }
    case "refusal":
      return text(part.text, {})
    case "reasoning":
      return reasoning(part)
    case "toolCall":
      return [call(part)]
    case "image":
      return [image(part.mediaType ?? "image/png", part.data, part.url)]
  }
}

const text = (text: string, own: Json.JsonObject): ReadonlyArray<Json.JsonObject> =>
  text === "" && Object.keys(own).length === 0 ? [] : [{ text, ...own }]

/** A thought with its proof, so that a caller can give it back: Google's own, or another provider's in its place. */
export const reasoning = (part: {
  readonly text: string
  readonly signature?: string
  readonly redacted?: string
  readonly extra?: unknown
}): ReadonlyArray<Json.JsonObject> => {
  const thoughtSignature = Proof.write(part)
  if (part.text === "" && thoughtSignature === undefined) return []
  return [Json.compact({ text: part.text, thought: true, thoughtSignature, ...Foreign.own(part, dialect) })]
}

/** A call; arguments that are no JSON object are shown as they came. */
export const call = (part: {
  readonly id: string
  readonly name: string
  readonly arguments: string
  readonly signature?: string | undefined
}): Json.JsonObject => {
  const written = part.arguments
  const args = written.trim() === "" ? {} : (Exact.parseObject(written) ?? { arguments: written })
  return Json.compact({
    functionCall: Json.compact({ id: part.id === "" ? undefined : part.id, name: part.name, args }),
    thoughtSignature: part.signature
  })
}

/** A picture, in line or by its URL. */
export const image = (mimeType: string, data: string | undefined, url?: string): Json.JsonObject =>
  data === undefined && url !== undefined
    ? { fileData: { mimeType, fileUri: url } }
    : { inlineData: { mimeType, data: data ?? "" } }

const reasons: Readonly<Record<Exclude<FinishReason, "unknown" | "error">, string>> = {
  stop: "STOP",
  tool_calls: "STOP",
  length: "MAX_TOKENS",
  content_filter: "SAFETY"
}

/** Google's word; a reason that no table knows keeps its own, so that a cut answer never looks whole. */
export const finishReason = (reason: FinishReason | undefined, raw: string | undefined): string | undefined => {
  if (reason === undefined) return undefined
  if (reason === "error" || reason === "unknown") return raw ?? "OTHER"
  return reasons[reason]
}

/** Google's usage object: thoughts stand beside the answer's tokens, not in them, as with providers whose total says so. */
export const usage = (usage: Usage): Json.JsonObject => {
  const { cachedTokens, inputTokens = 0, outputTokens = 0, reasoningTokens = 0, totalTokens } = usage
  const isBeside = totalTokens === inputTokens + outputTokens + reasoningTokens
  return Json.compact({
    promptTokenCount: inputTokens,
    candidatesTokenCount: isBeside ? outputTokens : Math.max(0, outputTokens - reasoningTokens),
    totalTokenCount: totalTokens ?? inputTokens + outputTokens,
    cachedContentTokenCount: cachedTokens,
    thoughtsTokenCount: usage.reasoningTokens
  })
}

/** Log probabilities, from OpenAI's shape. */
export const logprobs = (value: unknown): Json.JsonObject | undefined => {
  const content = Json.array(Json.at(value, "content"))
  if (content.length === 0) return undefined
  return {
    chosenCandidates: content.map(candidate),
    topCandidates: content.map((token) => ({ candidates: Json.array(Json.at(token, "top_logprobs")).map(candidate) }))
  }
}

const candidate = (token: Json.Json) => ({
  token: Json.at(token, "token"),
  logProbability: Json.at(token, "logprob")
})

/**
 * Writes whole answers in OpenAI's chat format, and the pieces that answers and chunks share.
 */
import * as Json from "@orelse/core/domain/Json"
import type { AssistantPart } from "@orelse/core/domain/Request"
import type { FinishReason, Response } from "@orelse/core/domain/Response"
import type { Usage } from "@orelse/core/domain/Usage"
import * as Foreign from "@orelse/core/provider/protocols/Foreign"
import type { AnswerContext } from "../Dialect.ts"
import * as Extras from "../Extras.ts"

const dialect = "openai-chat"

/** A whole answer. */
export const write = (response: Response, context: AnswerContext): Json.JsonObject => {
  const { message: ownMessage, ...own } = Foreign.own(response, dialect)
  const body = Json.compact({
    id: idOf(response.id, context),
    object: "chat.completion",
    created: response.created ?? context.created,
    model: context.model,
    choices: [
      {
        index: 0,
        message: Json.compact({ role: "assistant", ...message(response), ...Json.object(ownMessage) }),
        logprobs: response.logprobs ?? null,
        finish_reason: finishReason(response.finishReason, response.rawFinishReason)
      }
    ],
    usage: response.usage === undefined ? undefined : usage(response.usage),
    ...own
  }) as Json.JsonObject
  return Extras.beside(body, response, dialect)
}

/** OpenAI's ids begin so; the provider's own is kept where it does. */
export const idOf = (id: string | undefined, context: AnswerContext): string =>
  id?.startsWith("chatcmpl-") === true ? id : `chatcmpl-${context.callId}`

const message = ({ content, finishReason }: Response): Json.JsonObject => {
  const text = join(content, "text")
  const refusal = join(content, "refusal")
  const calls = content.flatMap((part) => (part.type === "toolCall" ? [toolCall(part, finishReason)] : []))
  const pictures = content.flatMap((part) => (part.type === "image" ? [picture(part)] : []))
  return {
    content: text ?? (calls.length > 0 || refusal !== undefined ? null : ""),
    refusal: refusal ?? null,
    reasoning_content: join(content, "reasoning"),
    reasoning_details: some(content.flatMap(details)),
    images: some(pictures),
    tool_calls: some(calls)
  }
}

const some = (list: ReadonlyArray<Json.JsonObject>): ReadonlyArray<Json.JsonObject> | undefined =>
  list.length === 0 ? undefined : list

const join = (content: ReadonlyArray<AssistantPart>, type: "text" | "refusal" | "reasoning"): string | undefined => {
  let joined: string | undefined
  for (const part of content) if (part.type === type && part.text !== "") joined = (joined ?? "") + part.text
  return joined
}

const toolCall = (
  part: Extract<AssistantPart, { readonly type: "toolCall" }>,
  finish: FinishReason | undefined
): Json.JsonObject => {
  if (Foreign.own(part, dialect)["type"] === "custom")
    return { id: part.id, type: "custom", custom: { name: part.name, input: part.arguments } }
  return Json.compact({
    id: part.id,
    type: "function",
    function: { name: part.name, arguments: part.arguments || noArguments(finish) },
    extra_content: part.signature === undefined ? undefined : { google: { thought_signature: part.signature } }
  })
}

/** What OpenAI writes where a tool is given nothing: callers parse it. Of a call that the limit cut nothing is made up. */
export const noArguments = (finish: FinishReason | undefined): string => (finish === "length" ? "" : "{}")

const picture = (part: Extract<AssistantPart, { readonly type: "image" }>): Json.JsonObject => ({
  type: "image_url",
  image_url: { url: part.url ?? imageUrl(part.mediaType ?? "image/png", part.data ?? "") }
})

/** A picture in line. */
export const imageUrl = (mediaType: string, data: string): string => `data:${mediaType};base64,${data}`

/** What proves reasoning, in OpenRouter's form, so that a caller can send it back. */
const details = (part: AssistantPart): ReadonlyArray<Json.JsonObject> => (part.type === "reasoning" ? proof(part) : [])

/** The proof of one piece of reasoning. */
export const proof = (part: {
  readonly text: string
  readonly signature?: string
  readonly redacted?: string
}): ReadonlyArray<Json.JsonObject> => {
  if (part.redacted !== undefined) return [{ type: "reasoning.encrypted", data: part.redacted }]
  return part.signature === undefined ? [] : [{ type: "reasoning.text", text: part.text, signature: part.signature }]
}

/** OpenAI's word; a reason that no table knows keeps its own, so that a cut answer never looks whole. */
export const finishReason = (reason: FinishReason | undefined, raw: string | undefined): string | null =>
  reason === undefined ? null : reason === "unknown" ? (raw ?? reason) : reason

/** OpenAI's usage object. */
export const usage = (usage: Usage): Json.JsonObject => {
  const prompt = usage.inputTokens ?? 0
  const completion = usage.outputTokens ?? 0
  return Json.compact({
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: usage.totalTokens ?? prompt + completion,
    prompt_tokens_details: Json.unlessEmpty(
      Json.compact({ cached_tokens: usage.cachedTokens, cache_write_tokens: usage.cacheWriteTokens })
    ),
    completion_tokens_details:
      usage.reasoningTokens === undefined ? undefined : { reasoning_tokens: usage.reasoningTokens }
  })
}

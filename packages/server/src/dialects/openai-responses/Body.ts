/**
 * The response object around an answer's items: how it ended, what it used, and what was asked for, said again as OpenAI does.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Request } from "@orelse/core/domain/Request"
import type { FinishReason } from "@orelse/core/domain/Response"
import type { Usage } from "@orelse/core/domain/Usage"
import * as Foreign from "@orelse/core/provider/protocols/Foreign"
import type { ErrorFacts } from "../Dialect.ts"
import * as OpenAiChat from "../OpenAiChat.ts"

const dialect = "openai-responses"

/** How an answer ended: its status, and what goes with it. */
export interface Ending {
  readonly status: "in_progress" | "completed" | "incomplete" | "failed"
  readonly incomplete_details: Json.JsonObject | null
  readonly error: Json.JsonObject | null
}

/** An answer that goes on. */
export const running: Ending = { status: "in_progress", incomplete_details: null, error: null }

/**
 * OpenAI's status, and its reason where the answer is not whole. A reason that no table knows keeps its own word, and an absent one has
 * none, so that a cut answer never looks whole.
 */
export const ending = (reason: FinishReason | undefined, raw: string | undefined): Ending => {
  switch (reason) {
    case "stop":
    case "tool_calls":
      return { ...running, status: "completed" }
    case "length":
      return { ...running, status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }
    case "content_filter":
      return { ...running, status: "incomplete", incomplete_details: { reason: "content_filter" } }
    case "unknown":
      return { ...running, status: "incomplete", incomplete_details: { reason: raw ?? reason } }
    case "error":
      return failed(`the provider ended the answer with "${raw ?? reason}"`, "server_error")
    case undefined:
      return { ...running, status: "incomplete" }
  }
}

const failed = (message: string, code: string): Ending => ({ ...running, status: "failed", error: { code, message } })

/** An answer that failed on its way. Of OpenAI's codes two say where to look: at the rate, or at the server. */
export const failedBy = ({ message, status }: ErrorFacts): Ending =>
  failed(message, status === 429 ? "rate_limit_exceeded" : "server_error")

/** The text of an error event's fields: as OpenAI documents them, and as it sends them. */
export const errorFields = (facts: ErrorFacts): string => {
  const { code, message, param } = facts
  return JSON.stringify({ code, message, param, ...OpenAiChat.dialect.error(facts) }).slice(1, -1)
}

/** The response object. */
export const write = (
  answer: { readonly id: string; readonly created: number },
  ending: Ending,
  output: ReadonlyArray<Json.JsonObject>,
  used: Usage | undefined,
  model: string,
  asked: Json.JsonObject
): Json.JsonObject => ({
  id: answer.id,
  object: "response",
  created_at: answer.created,
  status: ending.status,
  background: false,
  error: ending.error,
  incomplete_details: ending.incomplete_details,
  ...asked,
  model,
  output,
  previous_response_id: null,
  store: false,
  usage: used === undefined ? null : usage(used)
})

/** What the answer says again of what it was asked. */
export const asked = (request: Request): Json.JsonObject => {
  const own = Foreign.own(request, dialect)
  return {
    instructions: instructionsOf(request) ?? null,
    max_output_tokens: request.maxTokens ?? null,
    metadata: own["metadata"] ?? {},
    parallel_tool_calls: request.parallelToolCalls ?? true,
    reasoning: {
      effort: request.reasoning?.enabled === false ? "none" : (request.reasoning?.effort ?? null),
      summary: request.reasoning?.summary ?? null
    },
    temperature: request.temperature ?? null,
    text: { format: formatOf(request.responseFormat), ...Json.object(own["text"]) },
    tool_choice: choiceOf(request.toolChoice),
    tools: (request.tools ?? []).map(toolOf),
    top_p: request.topP ?? null,
    truncation: own["truncation"] ?? "disabled",
    user: request.user ?? null
  }
}

const instructionsOf = (request: Request): string | undefined => {
  const first = request.messages[0]
  if (first?.role !== "system" || Foreign.own(first, dialect)["field"] !== "instructions") return undefined
  return first.content.map((part) => part.text).join("\n\n")
}

const formatOf = (format: Request["responseFormat"]): Json.JsonObject => {
  if (format?.type === "json") return { type: "json_object" }
  if (format?.type !== "jsonSchema") return { type: "text" }
  const { description, name, schema, strict } = format
  return Json.compact({ type: "json_schema", name: name ?? "answer", description, schema, strict: strict ?? false })
}

const choiceOf = (choice: Request["toolChoice"]): Json.Json =>
  typeof choice === "object" ? { type: "function", name: choice.name } : (choice ?? "auto")

const toolOf = (tool: NonNullable<Request["tools"]>[number]): Json.JsonObject => ({
  type: "function",
  name: tool.name,
  description: tool.description ?? null,
  parameters: tool.parameters ?? null,
  strict: tool.strict ?? false
})

/** OpenAI's usage object. */
export const usage = (usage: Usage): Json.JsonObject => {
  const input = usage.inputTokens ?? 0
  const output = usage.outputTokens ?? 0
  return {
    input_tokens: input,
    input_tokens_details: Json.compact({
      cached_tokens: usage.cachedTokens ?? 0,
      cache_write_tokens: usage.cacheWriteTokens ?? 0
    }),
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: usage.totalTokens ?? input + output
  }
}

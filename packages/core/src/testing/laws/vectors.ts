/**
 * Answers of real providers that are easily taken for one another: all speak of tokens, limits and quotas. Texts as providers sent them
 * (public issues and references, 2024 to 2026); ids are made up.
 */
import type { ProtocolId } from "../../domain/Dialect.ts"
import type { JsonObject } from "../../domain/Json.ts"

/** The four kinds that law 10 tells apart. @stability experimental @category models @since 0.1.0 */
export type Kind = "ContextWindowExceeded" | "OutputLimitExceeded" | "QuotaExhausted" | "RateLimited"

/** @stability experimental @category models @since 0.1.0 */
export interface Vector {
  readonly kind: Kind
  readonly family: string
  readonly protocol: ProtocolId
  readonly status: number
  readonly body: JsonObject
}

const openAi = (
  kind: Kind,
  family: string,
  status: number,
  message: string,
  more: JsonObject = {},
  protocol: ProtocolId = "openai-chat"
): Vector => ({ kind, family, protocol, status, body: { error: { message, ...more } } })

const anthropic = (kind: Kind, status: number, type: string, message: string): Vector => ({
  kind,
  family: "anthropic",
  protocol: "anthropic-messages",
  status,
  body: { type: "error", error: { type, message }, request_id: "req_011CUB2XUHWkFnQzxcKBbjpF" }
})

const invalid = { type: "invalid_request_error", param: "max_tokens", code: null }

/** @stability experimental @category constants @since 0.1.0 */
export const vectors: ReadonlyArray<Vector> = [
  anthropic(
    "ContextWindowExceeded",
    400,
    "invalid_request_error",
    "input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length or `max_tokens` and try again"
  ),
  openAi(
    "ContextWindowExceeded",
    "deepseek",
    400,
    "This model's maximum context length is 131072 tokens. However, you requested 131134 tokens (122942 in the messages, 8192 in the completion). Please reduce the length of the messages or completion.",
    { type: "invalid_request_error", param: null, code: "invalid_request_error" }
  ),
  {
    kind: "ContextWindowExceeded",
    family: "bedrock",
    protocol: "bedrock-converse",
    status: 400,
    body: { __type: "ValidationException", message: "Input is too long for requested model." }
  },
  {
    kind: "ContextWindowExceeded",
    family: "cohere",
    protocol: "cohere",
    status: 400,
    body: {
      message:
        "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292. Try using a shorter prompt, or enabling prompt truncating."
    }
  },
  openAi(
    "OutputLimitExceeded",
    "openai",
    400,
    "max_tokens is too large: 8192. This model supports at most 4096 completion tokens, whereas you provided 8192.",
    invalid
  ),
  openAi(
    "OutputLimitExceeded",
    "openai",
    400,
    "max_tokens is too large: 20480. This model supports at most 16384 completion tokens, whereas you provided 20480.",
    { ...invalid, code: "invalid_value" }
  ),
  {
    kind: "OutputLimitExceeded",
    family: "tgi",
    protocol: "openai-chat",
    status: 422,
    body: { error: "Input validation error: `max_new_tokens` must be <= 192" }
  },
  anthropic(
    "QuotaExhausted",
    400,
    "invalid_request_error",
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."
  ),
  openAi(
    "QuotaExhausted",
    "openai",
    429,
    "You exceeded your current quota, please check your plan and billing details.",
    { type: "insufficient_quota", param: null, code: "insufficient_quota" }
  ),
  openAi(
    "QuotaExhausted",
    "openrouter",
    402,
    "This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 27342. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account",
    { code: 402 }
  ),
  openAi("QuotaExhausted", "deepseek", 402, "Insufficient Balance", {
    type: "unknown_error",
    param: null,
    code: "invalid_request_error"
  }),
  {
    kind: "RateLimited",
    family: "bedrock",
    protocol: "bedrock-converse",
    status: 429,
    body: { message: "Too many tokens, please wait before trying again." }
  },
  openAi(
    "RateLimited",
    "groq",
    429,
    "Rate limit reached for model `llama3-70b-8192` in organization `org_123` on tokens per minute (TPM): Limit 5000, Used 5747, Requested ~4251. Please try again in 59.977s.",
    { type: "tokens", code: "rate_limit_exceeded" }
  ),
  {
    kind: "RateLimited",
    family: "gemini",
    protocol: "gemini",
    status: 429,
    body: {
      error: { code: 429, message: "Resource has been exhausted (e.g. check quota).", status: "RESOURCE_EXHAUSTED" }
    }
  },
  anthropic(
    "RateLimited",
    429,
    "rate_limit_error",
    "This request would exceed your organization's rate limit of 30,000 input tokens per minute"
  )
]

/**
 * Services that host models of others: Groq, Mistral, Cohere, Together, Fireworks, OpenRouter, xAI, Cerebras, NVIDIA, Hugging
 * Face, Cloudflare and gateways. Most of what they say is said by everyone; here stands what conflicts.
 */
import type { Rule } from "../../Rule.ts"

export const rules: ReadonlyArray<Rule> = [
  {
    id: "groq/no-call",
    when: { family: ["groq"], code: ["tool_use_failed"], text: ["tool choice is", "did not call a tool"] },
    reason: "InvalidRequest"
  },
  { id: "groq/tool-call", when: { code: ["tool_use_failed"] }, reason: "ToolSchemaRejected" },
  {
    id: "groq/spend",
    when: { family: ["groq"], code: ["blocked_api_access"] },
    reason: "QuotaExhausted",
    facts: { wait: "never" },
    learned: ["console.groq.com/docs/spend-limits"]
  },
  { id: "groq/flex", when: { family: ["groq"], status: [498] }, reason: "Overloaded" },
  { id: "mistral/rate", when: { family: ["mistral"], code: ["1300"] }, reason: "RateLimited" },
  {
    id: "mistral/capacity",
    when: { family: ["mistral"], code: ["3505"] },
    reason: "Overloaded",
    learned: ["retry-headers: Mistral"]
  },
  {
    id: "mistral/subscription",
    when: { family: ["mistral"], text: ["inactive subscription", "usage limit reached"] },
    reason: "QuotaExhausted",
    learned: ["github.com/continuedev/continue issues"]
  },
  {
    id: "mistral/order",
    when: { family: ["mistral"], code: ["3230", "invalid_request_message_order"] },
    reason: "InvalidRequest",
    learned: ["github.com/BerriAI/litellm issues"]
  },
  {
    id: "mistral/context",
    when: { family: ["mistral"], code: ["3051"] },
    reason: "ContextWindowExceeded",
    learned: ["github.com/continuedev/continue issues"]
  },
  {
    id: "cohere/trial-minute",
    when: { family: ["cohere"], text: ["calls / minute", "per minute"] },
    reason: "RateLimited"
  },
  {
    id: "cohere/trial-month",
    when: { family: ["cohere"], text: ["calls / month", "per month"] },
    reason: "QuotaExhausted",
    learned: ["docs.cohere.com/docs/rate-limits"]
  },
  {
    id: "cohere/token",
    when: { family: ["cohere"], status: [498] },
    reason: "Unauthenticated",
    learned: ["docs.cohere.com/reference/errors"]
  },
  {
    id: "together/context",
    when: { family: ["together"], status: [403], text: ["input token count", "context length"] },
    reason: "ContextWindowExceeded"
  },
  {
    id: "together/rate",
    when: { family: ["together"], text: ["been rate limited", "rate limit specific"], not: ["monthly"] },
    reason: "RateLimited"
  },
  { id: "fireworks/limits", when: { family: ["fireworks"], status: [429] }, reason: "RateLimited" },
  {
    id: "openrouter/in-flight",
    when: { family: ["openrouter"], status: [402], code: ["openrouter_in_flight_budget"] },
    reason: "RateLimited"
  },
  {
    id: "openrouter/402",
    when: { status: [402], not: ["in-flight", "in flight"] },
    reason: "QuotaExhausted",
    facts: { wait: "never" }
  },
  {
    id: "openrouter/moderation",
    when: { family: ["openrouter"], status: [403], text: ["moderation", "flagged"] },
    reason: "ContentFiltered"
  },
  {
    id: "openrouter/shared-pool",
    when: { family: ["openrouter"], status: [429], text: ["rate-limited upstream", "error code: 1015"] },
    reason: "RateLimited"
  },
  {
    id: "openrouter/edge-rate",
    when: { family: ["cloudflare", "openrouter"], text: ["error code: 1015", "error 1015"] },
    reason: "RateLimited"
  },
  {
    id: "xai/credits",
    when: { family: ["xai"], text: ["credits", "spending limit"] },
    reason: "QuotaExhausted",
    facts: { wait: "never" }
  },
  {
    id: "cerebras/minute",
    when: { family: ["cerebras"], status: [429], text: ["per minute limit", "per hour limit"] },
    reason: "RateLimited"
  },
  { id: "nvidia/degraded", when: { family: ["nvidia"], text: ["degraded function"] }, reason: "Overloaded" },
  { id: "huggingface/hidden", when: { family: ["huggingface"], status: [401] }, reason: "Unauthenticated" },
  {
    id: "gateway/database",
    when: { code: ["REQUEST_LIMIT_EXCEEDED", "RESOURCE_LIMIT_EXCEEDED"] },
    reason: "RateLimited",
    learned: ["docs.databricks.com foundation model limits"]
  },
  {
    id: "gateway/no-entity",
    when: { code: ["RESOURCE_DOES_NOT_EXIST", "ENDPOINT_NOT_FOUND"] },
    reason: "ModelNotFound",
    learned: ["docs.databricks.com foundation model limits"]
  }
]

/**
 * Services that host models of others: Groq, Mistral, Cohere, Together, Fireworks, OpenRouter, xAI, Cerebras, NVIDIA, Hugging
 * Face, Cloudflare and gateways. Most of what they say is said by everyone; here stands what conflicts.
 */
import type { Rule } from "../../Rule.ts"

export const rules: ReadonlyArray<Rule> = [
  {
    id: "groq/no-call",
    when: { family: ["groq"], code: ["tool_use_failed"], text: ["tool choice is", "did not call a tool"] },
    reason: "InvalidRequest",
    learned: ["groq-200-5860915d5d", "groq-400-0c23f0b1ac"]
  },
  {
    id: "hosts/tool-use-failed",
    when: { code: ["tool_use_failed"] },
    reason: "ToolSchemaRejected",
    learned: ["groq-200-cd64d69b00", "groq-400-d0aa0dd58c"]
  },
  {
    id: "groq/spend",
    when: { family: ["groq"], code: ["blocked_api_access"] },
    reason: "QuotaExhausted",
    facts: { wait: "never" },
    learned: ["console.groq.com/docs/spend-limits"]
  },
  {
    id: "groq/flex",
    when: { family: ["groq"], status: [498] },
    reason: "Overloaded",
    learned: ["groq-498-f06ccfb364"]
  },
  {
    id: "mistral/rate",
    when: { family: ["mistral"], code: ["1300"] },
    reason: "RateLimited",
    learned: ["mistral-429-7c31eee3f4", "mistral-429-b1091b6b06"]
  },
  {
    id: "mistral/capacity",
    when: { family: ["mistral"], code: ["3505"] },
    reason: "Overloaded",
    learned: ["wording:mistral-429"]
  },
  {
    id: "mistral/order",
    when: { family: ["mistral"], code: ["3230", "invalid_request_message_order"] },
    reason: "InvalidRequest",
    learned: ["wording:mistral-400"]
  },
  {
    id: "huggingface/no-model",
    when: { family: ["huggingface"], status: [404], pattern: "^(?:404:? )?not found\\.?$" },
    reason: "ModelNotFound",
    learned: ["found:huggingface-404"]
  },
  {
    id: "cohere/trial-minute",
    when: { family: ["cohere"], text: ["calls / minute", "per minute"] },
    reason: "RateLimited",
    learned: ["cohere-429-8533547a89"]
  },
  {
    id: "cohere/trial-month",
    when: { family: ["cohere"], status: [402, 403, 429], text: ["calls / month", "per month"] },
    reason: "QuotaExhausted",
    learned: ["wording:cohere-429"]
  },
  {
    id: "together/context",
    when: { family: ["together"], status: [403], text: ["input token count", "context length"] },
    reason: "ContextWindowExceeded",
    learned: ["together-403-8ae9482522"]
  },
  {
    id: "together/rate",
    when: { family: ["together"], text: ["been rate limited", "rate limit specific"], not: ["monthly"] },
    reason: "RateLimited",
    learned: ["together-429-80bdee1b84", "together-429-cbbe5028d5"]
  },
  {
    id: "fireworks/limits",
    when: { family: ["fireworks"], status: [429] },
    reason: "RateLimited",
    learned: ["fireworks-429-28024c9381"]
  },
  {
    id: "openrouter/in-flight",
    when: { family: ["openrouter"], status: [402], code: ["openrouter_in_flight_budget"] },
    reason: "RateLimited",
    learned: ["openrouter-402-1f1eb206c3"]
  },
  {
    id: "hosts/402",
    when: { status: [402], not: ["in-flight", "in flight"] },
    reason: "QuotaExhausted",
    learned: [
      "deepseek-402-0b7c3c6d24",
      "deepseek-402-90eb4492b1",
      "openrouter-402-1ddead9d08",
      "openrouter-402-b77b0fcba1",
      "openrouter-402-c0ab1dc36d",
      "openrouter-402-d23bfac803"
    ],
    facts: { wait: "never" }
  },
  {
    id: "openrouter/moderation",
    when: { family: ["openrouter"], status: [403], text: ["moderation", "flagged"] },
    reason: "ContentFiltered",
    learned: ["openrouter-403-94bb96f3e0"]
  },
  {
    id: "openrouter/shared-pool",
    when: { family: ["openrouter"], status: [429], text: ["rate-limited upstream", "error code: 1015"] },
    reason: "RateLimited",
    learned: ["openrouter-200-70386a5c63", "openrouter-429-5cf5b2a440", "openrouter-429-9dd3427d1c"]
  },
  {
    id: "cloudflare/edge-rate",
    when: { family: ["cloudflare", "openrouter"], text: ["error code: 1015", "error 1015"] },
    reason: "RateLimited",
    learned: ["cloudflare-429-b1f30c33d8"]
  },
  {
    id: "xai/credits",
    when: { family: ["xai"], status: [402, 403, 429], text: ["credits", "spending limit"] },
    reason: "QuotaExhausted",
    learned: ["xai-403-9620aa6eaf", "xai-403-c0ce94ffb4", "xai-403-e0adbf8b0d", "xai-429-2a97056474"],
    facts: { wait: "never" }
  },
  {
    id: "cerebras/day",
    when: { family: ["cerebras"], text: ["per day limit"] },
    reason: "QuotaExhausted",
    learned: ["found:cerebras-429"]
  },
  {
    id: "cerebras/minute",
    when: { family: ["cerebras"], status: [429], text: ["per minute limit", "per hour limit"] },
    reason: "RateLimited",
    learned: ["cerebras-429-69bee26e95"]
  },
  {
    id: "nvidia/degraded",
    when: { family: ["nvidia"], text: ["degraded function"] },
    reason: "Overloaded",
    learned: ["nvidia-400-b510607b08"]
  }
]

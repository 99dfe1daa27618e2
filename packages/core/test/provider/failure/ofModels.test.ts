/**
 * What one model refuses and another takes, so that a route goes on: the words for it that are easily taken for a fault of the caller's.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Tag } from "../../../src/domain/Reason.ts"
import * as Failure from "../../../src/provider/Failure.ts"

const read = (family: string, status: number, body: unknown): Tag =>
  Failure.classify({
    provider: family,
    family,
    protocol: "openai-chat",
    transport: "http",
    status,
    headers: {},
    body: typeof body === "string" ? body : JSON.stringify(body),
    now: 0
  })._tag

const google = (message: string) => ({ error: { code: 400, message, status: "INVALID_ARGUMENT" } })
const invalid = (message: string) => ({ error: { message, type: "invalid_request_error" } })

const cases: ReadonlyArray<readonly [family: string, status: number, body: unknown, tag: Tag]> = [
  // A path or a method that the provider does not have: the configuration's fault, or a server's that is not up yet.
  ["openai", 404, "404 page not found", "ModelNotFound"],
  ["vllm", 404, { detail: "Not Found" }, "ModelNotFound"],
  ["vllm", 405, { detail: "Method Not Allowed" }, "ModelNotFound"],
  ["openai", 404, invalid("Invalid URL (POST /v1/v1/chat/completions)"), "ModelNotFound"],
  ["openai", 405, "<html><title>405 Not Allowed</title></html>", "ModelNotFound"],
  ["openai", 411, "<html><title>411 Length Required</title></html>", "Unsupported"],
  ["openai", 404, invalid("Thread with id 'thread_1' not found."), "InvalidRequest"],
  [
    "gemini",
    400,
    google("'minimal' is not a supported thinking level for this model. Allowed values are: medium, low, high."),
    "Unsupported"
  ],
  [
    "anthropic",
    400,
    invalid("This model does not support assistant message prefill. The conversation must end with a user message."),
    "Unsupported"
  ],
  [
    "anthropic",
    400,
    invalid("messages: final assistant content cannot end with trailing whitespace"),
    "InvalidRequest"
  ],
  [
    "anthropic",
    400,
    invalid("output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false"),
    "ToolSchemaRejected"
  ],
  ["anthropic", 400, invalid("output_config.format: not supported by this model"), "Unsupported"],
  ["groq", 400, invalid("`reasoning_effort` must be one of `none` or `default`"), "Unsupported"],
  // github.com/strands-agents/sdk-python/issues/1856: a caller's own bytes for a newer Claude, at an older one.
  [
    "bedrock",
    400,
    {
      message:
        "The model returned the following errors: thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'"
    },
    "Unsupported"
  ],
  [
    "anthropic",
    400,
    invalid(
      "thinking: Input tag 'between_tools' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'"
    ),
    "Unsupported"
  ],
  // platform.claude.com "Fix a thinking block bound to a different conversation", read 2026-11.
  [
    "anthropic",
    400,
    invalid(
      'messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
    ),
    "Unsupported"
  ],
  ["anthropic", 400, invalid("messages.1.content.0: Invalid `signature` in `thinking` block"), "InvalidRequest"],
  ["anthropic", 400, invalid('tool_choice: type "tool" and "any" are not supported for this model.'), "Unsupported"],
  [
    "openai",
    400,
    invalid(
      "Function tools with reasoning_effort are not supported for gpt-6-sol in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'."
    ),
    "Unsupported"
  ],
  ["anthropic", 400, invalid("thinking.budget_tokens: must be greater than or equal to 1024"), "InvalidRequest"],
  ["moonshot", 400, invalid("invalid temperature: only 1 is allowed for this model"), "Unsupported"],
  ["moonshot", 400, invalid("invalid thinking: only type=enabled is allowed for this model"), "Unsupported"],
  [
    "zai",
    429,
    { error: { code: "1305", message: "The service may be temporarily overloaded, please try again later" } },
    "Overloaded"
  ],
  ["zai", 429, { error: { code: "1305", message: "The API has triggered a rate limit." } }, "RateLimited"],
  [
    "azure-openai",
    403,
    { statusCode: 403, message: "Out of call volume quota. Quota will be replenished in 02:10:15." },
    "QuotaExhausted"
  ]
]

describe("what is refused by one model and not by all", () => {
  for (const [family, status, body, tag] of cases)
    it(`is ${tag} at ${family}: ${JSON.stringify(body).slice(0, 110)}`, () =>
      assert.strictEqual(read(family, status, body), tag))
})

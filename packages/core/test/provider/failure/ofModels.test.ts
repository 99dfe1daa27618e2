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
    body: JSON.stringify(body),
    now: 0
  })._tag

const google = (message: string) => ({ error: { code: 400, message, status: "INVALID_ARGUMENT" } })
const invalid = (message: string) => ({ error: { message, type: "invalid_request_error" } })

const cases: ReadonlyArray<readonly [family: string, status: number, body: unknown, tag: Tag]> = [
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

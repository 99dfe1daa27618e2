/**
 * Errors under a status of success, for whole answers and for streams: what provider and protocol put into a 200 where something
 * failed.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Tag } from "../../src/domain/Reason.ts"
import { profiles } from "../../src/provider/profiles.ts"
import * as Attempt from "./attempt.ts"
import { FakeDispatcher } from "./fakeDispatcher.ts"

/** How a call ends that is answered so under 200: by its reason, or with an answer. */
const ended = (row: string, body: string, stream: boolean) =>
  Effect.gen(function* () {
    const answer = yield* Attempt.at(profiles[row]!, new FakeDispatcher(() => ({ body })), { stream })
    if (answer._tag === "Streaming") yield* answer.run({ wants: "parts", write: () => true, onReady: () => {} })
    return "answered" as const
  }).pipe(
    Effect.scoped,
    Effect.catch((error) => Effect.succeed<Tag>(error.reason._tag))
  )

type Case = readonly [row: string, body: unknown, reason: Tag | "answered"]

const openai = (error: unknown) => ({ error })

/** Bodies that are errors as a whole, in the spellings that were seen; a streamed call may get them too. */
const bodies: ReadonlyArray<Case> = [
  ["openai", openai({ message: "Overloaded", type: "overloaded_error" }), "Overloaded"],
  ["groq", openai("Rate limit exceeded"), "RateLimited"],
  ["openrouter", openai({ code: 402, message: "Insufficient credits" }), "QuotaExhausted"],
  ["vllm", { choices: [{ message: { content: "Hallo" }, finish_reason: "stop" }], ...openai({}) }, "answered"],
  ["vllm", openai({}), "UnknownFailure"],
  ["openrouter", { choices: [], ...openai({ code: 502, message: "Upstream failed" }) }, "ServerError"],
  [
    "openrouter",
    {
      choices: [
        { message: { content: "Hal" }, finish_reason: "error", error: { code: 502, message: "Provider disconnected" } }
      ]
    },
    "ServerError"
  ],
  [
    "deepseek",
    { choices: [{ message: { content: "Hal" }, finish_reason: "insufficient_system_resource" }] },
    "Overloaded"
  ],
  [
    "minimax",
    { choices: null, base_resp: { status_code: 1008, status_msg: "insufficient balance" } },
    "QuotaExhausted"
  ],
  ["minimax", { choices: null, base_resp: { status_code: 1002, status_msg: "rate limit" } }, "RateLimited"],
  [
    "vllm",
    { object: "error", message: "maximum context length is 10 tokens", type: "BadRequestError", code: 400 },
    "ContextWindowExceeded"
  ],
  [
    "dashscope",
    { code: "Throttling.RateQuota", message: "Requests rate limit exceeded", request_id: "r" },
    "RateLimited"
  ],
  [
    "siliconflow",
    { code: 20012, message: "Model does not exist. Please check it carefully.", data: null },
    "ModelNotFound"
  ],
  ["openai", { success: false, errors: [{ code: 10000, message: "Authentication error" }] }, "Unauthenticated"],
  ["openai", { errors: [{ code: 10000, message: "Authentication error" }] }, "Unauthenticated"],
  ["openai", { error_code: 336501, error_msg: "Rpm rate limit reached" }, "RateLimited"],
  [
    "openai",
    { choices: [{ message: { content: "Hallo" }, finish_reason: "stop" }], error_code: 0, error_msg: "ok" },
    "answered"
  ],
  ["gemini", [openai({ code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" })], "Overloaded"],
  [
    "gemini",
    openai({ code: 429, message: "Resource has been exhausted", status: "RESOURCE_EXHAUSTED" }),
    "RateLimited"
  ],
  ["anthropic", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "Overloaded"],
  ["cohere", { message: "too many tokens: limit is 4081", error_type: "TOO_MANY_TOKENS" }, "ContextWindowExceeded"],
  [
    "cohere",
    { id: "i", finish_reason: "ERROR", message: { role: "assistant", content: [{ type: "text", text: "Hal" }] } },
    "ServerError"
  ],
  ["gemini", { candidates: [{ index: 0, finishReason: "MALFORMED_FUNCTION_CALL" }] }, "ToolSchemaRejected"],
  // Google's OpenAI format, as measured at generativelanguage.googleapis.com on 2026-09-22; the second has no message at all.
  [
    "vllm",
    { choices: [{ finish_reason: "function_call_filter: MALFORMED_FUNCTION_CALL", message: { role: "assistant" } }] },
    "ToolSchemaRejected"
  ],
  ["vllm", { choices: [{ index: 0, finish_reason: "content_filter: PROHIBITED_CONTENT" }] }, "answered"],
  ["gemini", { candidates: [{ content: {}, finishReason: "UNEXPECTED_TOOL_CALL" }] }, "ToolSchemaRejected"],
  ["gemini", { candidates: [{ content: { parts: [{ text: "" }] }, finishReason: "OTHER" }] }, "EmptyResponse"],
  ["gemini", { candidates: [{ finishReason: "NO_IMAGE" }], usageMetadata: { promptTokenCount: 9 } }, "EmptyResponse"],
  ["gemini", { candidates: [{ finishReason: "MALFORMED_RESPONSE" }] }, "EmptyResponse"],
  ["gemini", { candidates: [{ content: { parts: [{ text: "Hal" }] }, finishReason: "OTHER" }] }, "answered"],
  [
    "gemini",
    {
      candidates: [
        { index: 0, finishReason: "OTHER" },
        { index: 1, content: { parts: [{ text: "Hallo" }] }, finishReason: "STOP" }
      ]
    },
    "answered"
  ],
  ["gemini", { candidates: [{ finishReason: "STOP" }] }, "answered"],
  ["gemini", { candidates: [{ finishReason: "SAFETY" }] }, "answered"],
  [
    "bedrock",
    { output: { message: { role: "assistant", content: [] } }, stopReason: "malformed_tool_use" },
    "ToolSchemaRejected"
  ],
  ["ollama-native", { error: "model 'x' not found" }, "ModelNotFound"],
  ["bedrock", { __type: "ThrottlingException", message: "Too many requests" }, "RateLimited"]
]

/** Events of streams. */
const events: ReadonlyArray<Case> = [
  ["openai", 'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n', "Overloaded"],
  ["openai", 'event: error\ndata: {"message":"The server is overloaded","code":503}\n\n', "Overloaded"],
  [
    "openrouter",
    ': PROCESSING\n\ndata: {"id":"g","choices":[],"error":{"code":429,"message":"Rate limit exceeded"}}\n\n',
    "RateLimited"
  ],
  [
    "openrouter",
    'data: {"choices":[{"delta":{},"finish_reason":"error"}],"error":{"code":502,"message":"boom"}}\n\n',
    "ServerError"
  ],
  [
    "deepseek",
    'data: {"choices":[{"delta":{"content":"Hal"},"finish_reason":null}]}\n\ndata: {"choices":[{"delta":{"content":""},"finish_reason":"insufficient_system_resource"}]}\n\ndata: [DONE]\n\n',
    "Overloaded"
  ],
  ["zai", 'data: {"choices":[{"index":0,"delta":{"content":""},"finish_reason":"network_error"}]}\n\n', "ServerError"],
  [
    "groq",
    'data: {"choices":[{"delta":{},"finish_reason":null}],"x_groq":{"id":"r","error":"over_capacity"}}\n\ndata: [DONE]\n\n',
    "Overloaded"
  ],
  ["minimax", 'data: {"base_resp":{"status_code":1039,"status_msg":"tokens limit"}}\n\n', "RateLimited"],
  ["openai", '{"error":{"message":"Invalid API key","code":"invalid_api_key"}}', "Unauthenticated"],
  ["openai", '{"error":{"message":"Invalid API key","code":"invalid_api_key"}}\n', "Unauthenticated"],
  ["openai", '\n\n{\n  "error": {\n    "message": "The model is overloaded"\n  }\n}\n', "Overloaded"],
  ["gemini", 'data: {"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}\n\n', "Overloaded"],
  [
    "gemini",
    '{\n  "error": {\n    "code": 503,\n    "message": "overloaded",\n    "status": "UNAVAILABLE"\n  }\n}\n',
    "Overloaded"
  ],
  [
    "gemini",
    '[{\n  "error": {\n    "code": 429,\n    "message": "quota",\n    "status": "RESOURCE_EXHAUSTED"\n  }\n}\n]',
    "RateLimited"
  ],
  [
    "anthropic",
    'event: error\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"slow"}}\n\n',
    "RateLimited"
  ],
  [
    "anthropic",
    'event: ping\ndata: {"type":"ping"}\n\nevent: error\ndata: {"type":"error","error":{"type":"api_error","message":"x"}}\n\n',
    "ServerError"
  ],
  ["ollama-native", '{"error":"server busy, please try again"}\n', "Overloaded"],
  ["cohere", 'data: {"message":"too many tokens","error_type":"TOO_MANY_TOKENS"}\n\n', "ContextWindowExceeded"]
]

/** Streams that end for a reason that is none of an answer's, with nothing before it. */
const ends: ReadonlyArray<Case> = [
  ["gemini", 'data: {"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]}\n\n', "ToolSchemaRejected"],
  [
    "vllm",
    'data: {"choices":[{"delta":{"role":"assistant"},"finish_reason":"function_call_filter: MALFORMED_FUNCTION_CALL"}]}\n\ndata: [DONE]\n\n',
    "ToolSchemaRejected"
  ],
  [
    "gemini",
    'data: {"candidates":[{"content":{"parts":[{"text":""}]}}]}\n\ndata: {"candidates":[{"finishReason":"OTHER"}]}\n\n',
    "EmptyResponse"
  ],
  [
    "gemini",
    'data: {"candidates":[{"content":{"parts":[{"text":"Hal"}]}}]}\n\ndata: {"candidates":[{"finishReason":"OTHER"}]}\n\n',
    "answered"
  ],
  ["gemini", 'data: {"candidates":[{"finishReason":"STOP"}]}\n\n', "answered"]
]

const text = (body: unknown) => (typeof body === "string" ? body : JSON.stringify(body))

describe("an error under a status of success", () => {
  for (const [row, body, reason] of bodies) {
    it.effect(`of ${row} as a whole answer is ${reason}: ${text(body).slice(0, 60)}`, () =>
      Effect.map(ended(row, text(body), false), (found) => assert.strictEqual(found, reason))
    )
    if (row !== "bedrock")
      it.effect(`of ${row} where a stream was asked for is ${reason}: ${text(body).slice(0, 60)}`, () =>
        Effect.map(ended(row, text(body), true), (found) => assert.strictEqual(found, reason))
      )
  }
  for (const [row, body, reason] of ends)
    it.effect(`of ${row} at the end of a stream is ${reason}: ${text(body).slice(-70)}`, () =>
      Effect.map(ended(row, text(body), true), (found) => assert.strictEqual(found, reason))
    )
  for (const [row, body, reason] of events) {
    it.effect(`of ${row} in a stream is ${reason}: ${text(body).slice(0, 60)}`, () =>
      Effect.map(ended(row, text(body), true), (found) => assert.strictEqual(found, reason))
    )
    it.effect(`of ${row} as events that nobody asked for is ${reason}: ${text(body).slice(0, 60)}`, () =>
      Effect.map(ended(row, text(body), false), (found) => assert.strictEqual(found, reason))
    )
  }
})

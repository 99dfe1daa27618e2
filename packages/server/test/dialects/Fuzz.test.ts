import { assert, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import * as Request from "@orelse/core/domain/Request"
import { mutants } from "@orelse/core/testing/Mutants"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AnthropicMessages from "../../src/dialects/AnthropicMessages.ts"
import type { Dialect } from "../../src/dialects/Dialect.ts"
import * as Gemini from "../../src/dialects/Gemini.ts"
import * as OpenAiChat from "../../src/dialects/OpenAiChat.ts"
import * as OpenAiResponses from "../../src/dialects/OpenAiResponses.ts"

const call = { id: "a", type: "function", function: { name: "f", arguments: "{}" } }
const schema = { type: "object" }

const bodies: ReadonlyArray<readonly [dialect: Dialect, body: Json.JsonObject]> = [
  [
    OpenAiChat.dialect,
    {
      model: "m",
      messages: [
        { role: "system", content: "s", name: "n" },
        {
          role: "user",
          content: [
            { type: "text", text: "t" },
            { type: "image_url", image_url: { url: "data:image/png;base64,A", detail: "low" } }
          ]
        },
        {
          role: "user",
          content: [
            { type: "input_audio", input_audio: { data: "A", format: "wav" } },
            { type: "file", file: { file_data: "A" } }
          ]
        },
        {
          role: "assistant",
          content: "c",
          reasoning_content: "r",
          reasoning_details: [{ type: "reasoning.text", text: "x", signature: "s" }],
          refusal: "no",
          tool_calls: [call]
        },
        { role: "tool", tool_call_id: "a", content: "42" }
      ],
      tools: [{ type: "function", function: { name: "f", description: "d", parameters: schema, strict: true } }],
      tool_choice: { type: "function", function: { name: "f" } },
      response_format: { type: "json_schema", json_schema: { name: "n", schema, strict: true } },
      stop: ["END"],
      stream_options: { include_usage: true },
      max_completion_tokens: 5,
      reasoning_effort: "low",
      logit_bias: { "5": 1 }
    }
  ],
  [
    OpenAiResponses.dialect,
    {
      model: "m",
      instructions: "s",
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "t" },
            { type: "input_image", image_url: "data:image/png;base64,A", detail: "low" },
            { type: "input_file", file_data: "data:application/pdf;base64,A", filename: "n" }
          ]
        },
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "x" }], encrypted_content: "gA" },
        { type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "x" }] },
        {
          type: "message",
          id: "msg_1",
          role: "assistant",
          content: [
            { type: "output_text", text: "t", annotations: [{ type: "url_citation" }], logprobs: [] },
            { type: "refusal", refusal: "no" }
          ]
        },
        { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
        { type: "function_call_output", call_id: "a", output: [{ type: "input_text", text: "42" }] }
      ],
      tools: [{ type: "function", name: "f", description: "d", parameters: schema, strict: true }],
      tool_choice: { type: "function", name: "f" },
      text: { format: { type: "json_schema", name: "n", schema, strict: true }, verbosity: "low" },
      reasoning: { effort: "low", summary: "auto" },
      include: ["message.output_text.logprobs"],
      max_output_tokens: 5,
      store: false
    }
  ],
  [
    AnthropicMessages.dialect,
    {
      model: "m",
      max_tokens: 5,
      system: [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }],
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "base64", media_type: "image/png", data: "A" } },
            { type: "document", source: { type: "text", data: "A" } }
          ]
        },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "t", signature: "s" },
            { type: "redacted_thinking", data: "d" },
            { type: "tool_use", id: "a", name: "f", input: { x: 1 } }
          ]
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "42" }], is_error: true }]
        }
      ],
      tools: [{ name: "f", input_schema: schema, strict: true }],
      tool_choice: { type: "tool", name: "f", disable_parallel_tool_use: true },
      thinking: { type: "enabled", budget_tokens: 1024 },
      output_config: { effort: "low", format: { type: "json_schema", schema } },
      metadata: { user_id: "u", team: "t" },
      stop_sequences: ["END"]
    }
  ],
  [
    Gemini.dialect,
    {
      systemInstruction: { parts: [{ text: "s" }] },
      contents: [
        {
          role: "user",
          parts: [
            { text: "t" },
            { inlineData: { mimeType: "image/png", data: "A" } },
            { fileData: { mimeType: "application/pdf", fileUri: "gs://b/a.pdf" } }
          ]
        },
        {
          role: "model",
          parts: [
            { text: "t", thought: true, thoughtSignature: "s" },
            { functionCall: { name: "f", args: { x: 1 } }, thoughtSignature: "s" }
          ]
        },
        {
          role: "user",
          parts: [
            {
              functionResponse: {
                name: "f",
                response: { output: "42" },
                parts: [{ inlineData: { mimeType: "image/png", data: "A" } }]
              }
            }
          ]
        }
      ],
      tools: [
        { functionDeclarations: [{ name: "f", description: "d", parametersJsonSchema: schema }], googleSearch: {} }
      ],
      tool_config: { function_calling_config: { mode: "ANY", allowed_function_names: ["f"] } },
      generationConfig: {
        maxOutputTokens: 5,
        stopSequences: ["END"],
        responseMimeType: "application/json",
        responseSchema: { type: "OBJECT", properties: { a: { type: "STRING", nullable: true } } },
        thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 },
        responseModalities: ["TEXT"]
      }
    }
  ]
]

const isRequest = Schema.is(Request.Request)

describe("a caller's body", () => {
  for (const [dialect, body] of bodies) {
    it(`of ${dialect.id} is a request or is refused with its place, whatever stands in whichever place`, () => {
      const whole = dialect.request(body)
      assert.isTrue(Result.isSuccess(whole))
      let refused = 0
      for (const mutant of mutants(body)) {
        const read = dialect.request(Json.object(mutant) ?? {})
        if (Result.isSuccess(read)) assert.isTrue(isRequest(read.success), JSON.stringify(mutant))
        else {
          refused += 1
          assert.isNotEmpty(read.failure.param ?? "")
          assert.include(read.failure.message, `${read.failure.param} must be `)
        }
      }
      assert.isAbove(refused, 100)
    })
  }
})

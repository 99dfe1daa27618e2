/**
 * Requests that every protocol must either write whole or call `Unsupported`, by the feature that each is about.
 */
import type { Request, UserPart } from "../../src/domain/Request.ts"

/** A request, and the pieces of text that must be found in what is sent. */
export interface Case {
  readonly request: Request
  readonly needles: ReadonlyArray<string>
}

const user = (...content: ReadonlyArray<UserPart>) => ({ role: "user" as const, content })
const say = (text: string): UserPart => ({ type: "text", text })

const weather = {
  name: "get_weather",
  description: "Says the weather, “now”.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
}

const clock = { name: "get_time", parameters: { type: "object", properties: {} } }

/** One pixel. */
export const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

const asked: Request = { messages: [user(say("Grüße, 世界 👋"))] }

export const cases = {
  text: { request: asked, needles: ["Grüße, 世界 👋"] },
  system: {
    request: {
      messages: [{ role: "system", content: [{ type: "text", text: "Be brief — sehr." }] }, ...asked.messages]
    },
    needles: ["Be brief — sehr.", "Grüße"]
  },
  conversation: {
    request: {
      messages: [
        ...asked.messages,
        { role: "assistant", content: [{ type: "text", text: "Hallo!" }] },
        user(say("Again."))
      ]
    },
    needles: ["Grüße", "Hallo!", "Again."]
  },
  imageInLine: {
    request: { messages: [user(say("What is it?"), { type: "image", mediaType: "image/png", data: pixel })] },
    needles: ["What is it?", pixel]
  },
  imageByUrl: {
    request: { messages: [user(say("What is it?"), { type: "image", url: "https://example.org/cat.png" })] },
    needles: ["https://example.org/cat.png"]
  },
  document: {
    request: {
      messages: [
        user(
          { type: "document", mediaType: "application/pdf", data: "JVBERi0xLjQK", name: "report.pdf" },
          say("Sum up.")
        )
      ]
    },
    needles: ["JVBERi0xLjQK", "Sum up."]
  },
  audio: {
    request: { messages: [user({ type: "audio", mediaType: "audio/wav", data: "UklGRg==", format: "wav" })] },
    needles: ["UklGRg=="]
  },
  tools: {
    request: { ...asked, tools: [weather, clock] },
    needles: ["get_weather", "get_time", "Says the weather, “now”."]
  },
  toolChoiceRequired: { request: { ...asked, tools: [weather], toolChoice: "required" }, needles: ["get_weather"] },
  toolChoiceNamed: {
    request: { ...asked, tools: [weather, clock], toolChoice: { name: "get_time" } },
    needles: ["get_time"]
  },
  parallelToolResults: {
    request: {
      tools: [weather],
      messages: [
        ...asked.messages,
        {
          role: "assistant",
          content: [
            { type: "toolCall", id: "call_1", name: "get_weather", arguments: '{"city":"Köln"}' },
            { type: "toolCall", id: "call_2", name: "get_weather", arguments: '{"city":"Oslo"}' }
          ]
        },
        { role: "tool", toolCallId: "call_1", name: "get_weather", content: [{ type: "text", text: "rainy-1" }] },
        {
          role: "tool",
          toolCallId: "call_2",
          name: "get_weather",
          content: [{ type: "text", text: "snowy-2" }],
          isError: true
        }
      ]
    },
    needles: ["Köln", "Oslo", "rainy-1", "snowy-2"]
  },
  imageInToolResult: {
    request: {
      tools: [clock],
      messages: [
        ...asked.messages,
        { role: "assistant", content: [{ type: "toolCall", id: "call_1", name: "get_time", arguments: "{}" }] },
        {
          role: "tool",
          toolCallId: "call_1",
          name: "get_time",
          content: [{ type: "image", mediaType: "image/png", data: pixel }]
        }
      ]
    },
    needles: [pixel]
  },
  jsonSchema: {
    request: {
      ...asked,
      responseFormat: {
        type: "jsonSchema",
        name: "answer",
        schema: { type: "object", properties: { capital: { type: "string" } }, additionalProperties: false }
      }
    },
    needles: ["capital"]
  },
  jsonMode: { request: { ...asked, responseFormat: { type: "json" } }, needles: ["json"] },
  limits: {
    request: { ...asked, maxTokens: 4321, temperature: 0.25, topP: 0.5, stop: ["END-MARK"] },
    needles: ["4321", "END-MARK"]
  },
  seed: { request: { ...asked, seed: 7 }, needles: [] },
  logprobs: { request: { ...asked, logprobs: true, topLogprobs: 2 }, needles: [] },
  severalAnswers: { request: { ...asked, n: 2 }, needles: [] },
  reasoningEffort: { request: { ...asked, reasoning: { enabled: true, effort: "high" } }, needles: [] },
  reasoningBudget: {
    request: { ...asked, reasoning: { enabled: true, budgetTokens: 2048 }, maxTokens: 8000 },
    needles: []
  },
  foreignTool: {
    request: {
      ...asked,
      extra: { elsewhere: { harmless: true }, "openai-chat": { tools: [{ type: "custom", custom: { name: "x" } }] } }
    },
    needles: []
  }
} as const satisfies Readonly<Record<string, Case>>

/** The name of a case. */
export type CaseName = keyof typeof cases

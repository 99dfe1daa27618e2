/** The `ai` SDK over its OpenAI provider (chat and Responses) and its Anthropic provider. */
import { createAnthropic } from "@ai-sdk/anthropic"
import { createOpenAI } from "@ai-sdk/openai"
import { generateText, jsonSchema, streamText, tool, type LanguageModel, type ModelMessage, type ToolSet } from "ai"
import { toolName, toolSchema, type Client, type Question } from "./Client.ts"

const messagesOf = ({ answered, image, text }: Question): Array<ModelMessage> => [
  {
    role: "user",
    content: [
      { type: "text", text },
      ...(image === undefined ? [] : [{ type: "file" as const, data: image, mediaType: "image/png" }])
    ]
  },
  ...(answered === undefined
    ? []
    : ([
        {
          role: "assistant",
          content: [{ type: "tool-call", toolCallId: answered.id, toolName, input: { city: answered.city } }]
        },
        {
          role: "tool",
          content: [
            {
              type: "tool-result",
              toolCallId: answered.id,
              toolName,
              output: { type: "text", value: answered.result }
            }
          ]
        }
      ] satisfies Array<ModelMessage>))
]

const offered = { [toolName]: tool({ inputSchema: jsonSchema<{ city: string }>(toolSchema) }) }

const over = (name: string, modelOf: (question: Question) => LanguageModel): Client => ({
  name,
  ask: async (question) => {
    let failure: unknown
    const options = {
      model: modelOf(question),
      maxRetries: 0,
      messages: messagesOf(question),
      onError: ({ error }: { readonly error: unknown }) => {
        failure = error
      },
      tools: (question.offersTool === true ? offered : {}) as ToolSet
    }
    const result = question.stream ? streamText(options) : await generateText(options)
    try {
      const [text, calls] = await Promise.all([result.text, result.toolCalls])
      if (failure !== undefined) throw failure
      return {
        text,
        calls: calls.map((call) => ({ id: call.toolCallId, name: call.toolName, arguments: call.input as unknown }))
      }
    } catch (error) {
      throw failure ?? error
    }
  }
})

const openai = ({ url }: Question) => createOpenAI({ baseURL: `${url}/v1`, apiKey: "caller" })

/** Chat completions. */
export const openaiChat = over("ai with @ai-sdk/openai (chat)", (question) => openai(question).chat(question.model))

/** Responses, its default. */
export const openaiResponses = over("ai with @ai-sdk/openai (responses)", (question) =>
  openai(question).responses(question.model)
)

/** Messages. */
export const anthropic = over("ai with @ai-sdk/anthropic", ({ model, url }) =>
  createAnthropic({ baseURL: `${url}/v1`, apiKey: "caller" })(model)
)

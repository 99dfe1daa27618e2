/** The `@anthropic-ai/sdk`: messages, with its own accumulator for streams. */
import Anthropic from "@anthropic-ai/sdk"
import { toolName, toolSchema, type Client, type Question } from "./Client.ts"

const messagesOf = ({ answered, image, text }: Question): Array<Anthropic.MessageParam> => [
  {
    role: "user",
    content: [
      { type: "text", text },
      ...(image === undefined
        ? []
        : [
            {
              type: "image" as const,
              source: { type: "base64" as const, media_type: "image/png" as const, data: image }
            }
          ])
    ]
  },
  ...(answered === undefined
    ? []
    : ([
        {
          role: "assistant",
          content: [{ type: "tool_use", id: answered.id, name: toolName, input: { city: answered.city } }]
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: answered.id, content: answered.result }] }
      ] satisfies Array<Anthropic.MessageParam>))
]

/** Messages. */
export const messages: Client = {
  name: "@anthropic-ai/sdk",
  ask: async (question) => {
    const client = new Anthropic({ baseURL: question.url, apiKey: "caller", maxRetries: 0 })
    const body = {
      model: question.model,
      max_tokens: 1000,
      system: "Be brief.",
      messages: messagesOf(question),
      ...(question.offersTool === true ? { tools: [{ name: toolName, input_schema: toolSchema }] } : {})
    }
    const message = question.stream
      ? await client.messages.stream(body).finalMessage()
      : await client.messages.create(body)
    return {
      text: message.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
      calls: message.content.flatMap((block) =>
        block.type === "tool_use" ? [{ id: block.id, name: block.name, arguments: block.input }] : []
      )
    }
  }
}

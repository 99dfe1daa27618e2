/** The `openai` SDK: chat completions and Responses, each with its own accumulator for streams. */
import OpenAI from "openai"
import { parse, toolName, toolSchema, type Client, type Heard, type Question } from "./Client.ts"

const clientOf = ({ url }: Question) => new OpenAI({ baseURL: `${url}/v1`, apiKey: "caller", maxRetries: 0 })

const chatMessages = ({ answered, image, text }: Question): Array<OpenAI.ChatCompletionMessageParam> => [
  { role: "system", content: "Be brief." },
  image === undefined
    ? { role: "user", content: text }
    : {
        role: "user",
        content: [
          { type: "text", text },
          { type: "image_url", image_url: { url: `data:image/png;base64,${image}` } }
        ]
      },
  ...(answered === undefined
    ? []
    : ([
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: answered.id,
              type: "function",
              function: { name: toolName, arguments: JSON.stringify({ city: answered.city }) }
            }
          ]
        },
        { role: "tool", tool_call_id: answered.id, content: answered.result }
      ] satisfies Array<OpenAI.ChatCompletionMessageParam>))
]

const heardOf = (completion: OpenAI.ChatCompletion): Heard => {
  const message = completion.choices[0]?.message
  return {
    text: message?.content ?? "",
    calls: (message?.tool_calls ?? []).flatMap((call) =>
      call.type === "function"
        ? [{ id: call.id, name: call.function.name, arguments: parse(call.function.arguments) }]
        : []
    )
  }
}

/** Chat completions. */
export const chat: Client = {
  name: "openai (chat)",
  ask: async (question) => {
    const body = {
      model: question.model,
      messages: chatMessages(question),
      ...(question.offersTool === true
        ? { tools: [{ type: "function" as const, function: { name: toolName, parameters: toolSchema } }] }
        : {})
    }
    const { completions } = clientOf(question).chat
    if (!question.stream) return heardOf(await completions.create(body))
    return heardOf(await completions.stream(body).finalChatCompletion())
  }
}

const items = ({ answered, image, text }: Question): OpenAI.Responses.ResponseInput => [
  {
    role: "user",
    content: [
      { type: "input_text", text },
      ...(image === undefined
        ? []
        : [{ type: "input_image" as const, detail: "auto" as const, image_url: `data:image/png;base64,${image}` }])
    ]
  },
  ...(answered === undefined
    ? []
    : [
        {
          type: "function_call" as const,
          call_id: answered.id,
          name: toolName,
          arguments: JSON.stringify({ city: answered.city })
        },
        { type: "function_call_output" as const, call_id: answered.id, output: answered.result }
      ])
]

const said = (response: OpenAI.Responses.Response): Heard => ({
  text: response.output_text,
  calls: response.output.flatMap((item) =>
    item.type === "function_call" ? [{ id: item.call_id, name: item.name, arguments: parse(item.arguments) }] : []
  )
})

/** Responses, without anything kept on the server. */
export const responses: Client = {
  name: "openai (responses)",
  ask: async (question) => {
    const body = {
      model: question.model,
      instructions: "Be brief.",
      input: items(question),
      store: false,
      ...(question.offersTool === true
        ? { tools: [{ type: "function" as const, name: toolName, parameters: toolSchema, strict: false }] }
        : {})
    }
    const client = clientOf(question).responses
    if (!question.stream) return said(await client.create(body))
    return said(await client.stream(body).finalResponse())
  }
}

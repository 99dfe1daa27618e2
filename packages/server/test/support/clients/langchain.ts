/** LangChain's ChatOpenAI. */
import { ChatOpenAI } from "@langchain/openai"
import { toolName, toolSchema, type Client, type Question } from "./Client.ts"

const messagesOf = ({ answered, image, text }: Question) => [
  { role: "system", content: "Be brief." },
  {
    role: "user",
    content:
      image === undefined
        ? text
        : [
            { type: "text", text },
            { type: "image_url", image_url: { url: `data:image/png;base64,${image}` } }
          ]
  },
  ...(answered === undefined
    ? []
    : [
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: answered.id, name: toolName, args: { city: answered.city }, type: "tool_call" as const }]
        },
        { role: "tool", tool_call_id: answered.id, content: answered.result }
      ])
]

/** Chat completions. */
export const chat: Client = {
  name: "@langchain/openai",
  ask: async (question) => {
    const model = new ChatOpenAI({
      model: question.model,
      apiKey: "caller",
      maxRetries: 0,
      configuration: { baseURL: `${question.url}/v1` }
    })
    const runnable =
      question.offersTool === true
        ? model.bindTools([{ type: "function", function: { name: toolName, parameters: toolSchema } }])
        : model
    if (!question.stream) return heardOf(await runnable.invoke(messagesOf(question)))
    let whole: Awaited<ReturnType<typeof runnable.stream>> extends AsyncIterable<infer Chunk>
      ? Chunk | undefined
      : never
    for await (const chunk of await runnable.stream(messagesOf(question))) {
      whole = whole === undefined ? chunk : whole.concat(chunk)
    }
    if (whole === undefined) throw new Error("the stream was empty")
    return heardOf(whole)
  }
}

const heardOf = (message: {
  readonly content: unknown
  readonly tool_calls?: ReadonlyArray<{ readonly id?: string; readonly name: string; readonly args: unknown }>
}) => ({
  text: typeof message.content === "string" ? message.content : "",
  calls: (message.tool_calls ?? []).map((call) => ({ id: call.id ?? "", name: call.name, arguments: call.args }))
})

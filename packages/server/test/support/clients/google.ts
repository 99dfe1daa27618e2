/** The `@google/genai` SDK: generateContent. */
import { GoogleGenAI, type Content, type GenerateContentResponse } from "@google/genai"
import { toolName, toolSchema, type Client, type Heard, type Question } from "./Client.ts"

const contents = ({ answered, image, text }: Question): Array<Content> => [
  {
    role: "user",
    parts: [{ text }, ...(image === undefined ? [] : [{ inlineData: { mimeType: "image/png", data: image } }])]
  },
  ...(answered === undefined
    ? []
    : [
        {
          role: "model",
          parts: [{ functionCall: { id: answered.id, name: toolName, args: { city: answered.city } } }]
        },
        {
          role: "user",
          parts: [{ functionResponse: { id: answered.id, name: toolName, response: { output: answered.result } } }]
        }
      ])
]

const heardOf = (chunks: ReadonlyArray<GenerateContentResponse>): Heard => {
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
  return {
    text: parts.map((part) => part.text ?? "").join(""),
    calls: parts.flatMap(({ functionCall: call }) =>
      call === undefined ? [] : [{ id: call.id ?? "", name: call.name ?? "", arguments: call.args ?? {} }]
    )
  }
}

/** generateContent and generateContentStream. */
export const generate: Client = {
  name: "@google/genai",
  ask: async (question) => {
    const client = new GoogleGenAI({ apiKey: "caller", httpOptions: { baseUrl: question.url } })
    const request = {
      model: question.model,
      contents: contents(question),
      config: {
        systemInstruction: "Be brief.",
        ...(question.offersTool === true
          ? { tools: [{ functionDeclarations: [{ name: toolName, parametersJsonSchema: toolSchema }] }] }
          : {})
      }
    }
    if (!question.stream) return heardOf([await client.models.generateContent(request)])
    const chunks: Array<GenerateContentResponse> = []
    for await (const chunk of await client.models.generateContentStream(request)) chunks.push(chunk)
    return heardOf(chunks)
  }
}

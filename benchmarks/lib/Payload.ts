/** What is asked and answered: 1 KB and 100 KB requests, a 600 B answer, a stream of 200 chunks; real shapes, fixed bytes. */
import { chatChunks } from "../../packages/server/test/support/Answers.ts"

const words = "The quick brown fox jumps over the lazy dog while the band plays on and nobody listens to the rain. "
const text = (size: number): string => words.repeat(Math.ceil(size / words.length)).slice(0, size)

/** OpenAI chat; `size` is that of the body, near enough. `tag` travels in the text, so that a provider can tell callers apart. */
export const openAiBody = (
  model: string,
  size: number,
  options: { stream?: boolean; messages?: number; tag?: string } = {}
): string => {
  const count = options.messages ?? 1
  const rest = Math.max(1, Math.floor((size - 150 - count * 40) / count))
  const messages = Array.from({ length: count }, (_, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content: `${options.tag ?? ""}${text(rest)}`
  }))
  return JSON.stringify({
    model,
    messages: [{ role: "system", content: "You are a helpful assistant." }, ...messages],
    temperature: 0.7,
    ...(options.stream === true ? { stream: true } : {})
  })
}

/** The same for Anthropic Messages. */
export const anthropicBody = (model: string, size: number, stream: boolean): string =>
  JSON.stringify({
    model,
    max_tokens: 512,
    system: "You are a helpful assistant.",
    messages: [{ role: "user", content: text(Math.max(1, size - 170)) }],
    temperature: 0.7,
    ...(stream ? { stream: true } : {})
  })

/** About 600 bytes. */
export const wholeAnswer = JSON.stringify({
  id: "chatcmpl-DuLdCoxuLDs8HRMlOuz0Bi4wgi4XJ",
  object: "chat.completion",
  created: 1_782_321_890,
  model: "bench-model",
  choices: [{ index: 0, message: { role: "assistant", content: text(270) }, logprobs: null, finish_reason: "stop" }],
  usage: { prompt_tokens: 200, completion_tokens: 60, total_tokens: 260 },
  system_fingerprint: "fp_86f87dc6f1"
})

const contents = Array.from({ length: 197 }, (_, index) => ` word${index}`)

/** 200 events before `[DONE]`: role, 197 texts, finish, usage. */
export const streamEvents: ReadonlyArray<string> = chatChunks(contents, {
  model: "bench-model",
  usage: { input: 200, output: 197 }
})

/** Text that every whole stream holds near its end, in any dialect. */
export const lastWord = "word196"

/** What reading the meaning of a failed answer costs, for answers that providers really give: easy ones, long ones, ones with a wait in the text. */
import * as Failure from "@orelse/core/provider/Failure"
import { anthropicError, chatError, geminiRetryInfo } from "../../packages/server/test/support/Answers.ts"
import type { JsonObject } from "../../packages/server/test/support/Answers.ts"
import type { Task } from "./Task.ts"

const calls = 200

const http = (
  provider: string,
  protocol: Failure.Input["protocol"],
  status: number,
  body: JsonObject | string,
  headers = {}
) => ({
  provider,
  family: provider,
  protocol,
  transport: "http" as const,
  status,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body),
  now: 1_795_234_283_328
})

const limited =
  "Rate limit reached for gpt-5.2 in organization org-x on tokens per min (TPM): Limit 30000, Used 29107, Requested 1200. Please try again in 614ms."
const tooLong =
  "This model's maximum context length is 128000 tokens. However, your messages resulted in 130211 tokens. Please reduce the length of the messages."
const page = `<html><head><title>502 Bad Gateway</title></head><body>${"<p>The server is temporarily unable to answer.</p>".repeat(200)}</body></html>`

const cases: Readonly<Record<string, Failure.Input>> = {
  "OpenAI 429 with a wait": http("openai", "openai-chat", 429, chatError(limited, "tokens", "rate_limit_exceeded"), {
    "retry-after-ms": "614"
  }),
  "OpenAI 400 context length": http(
    "openai",
    "openai-chat",
    400,
    chatError(tooLong, "invalid_request_error", "context_length_exceeded")
  ),
  "Anthropic 529": http("anthropic", "anthropic-messages", 529, anthropicError("Overloaded", "overloaded_error")),
  "Gemini 429 with RetryInfo": http(
    "gemini",
    "gemini",
    429,
    geminiRetryInfo("Resource has been exhausted. Please retry in 48.9399s.", "48s")
  ),
  "an HTML page of 10 KB": http("mine", "openai-chat", 502, page),
  "a refused connection": {
    ...http("mine", "openai-chat", 0, ""),
    status: undefined,
    transport: "network",
    code: "ECONNREFUSED"
  }
}

/** All tasks of this file. */
export const tasks = (): Promise<ReadonlyArray<Task>> =>
  Promise.resolve(
    Object.entries(cases).map(([name, input]) => ({
      name: `classify ${name}`,
      calls,
      run: () => {
        for (let index = 0; index < calls; index++) Failure.classify(input)
      }
    }))
  )

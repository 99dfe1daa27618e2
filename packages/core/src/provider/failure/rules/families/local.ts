/**
 * Servers that people run themselves: llama.cpp, Ollama, vLLM, LM Studio, TGI. They put 500 on faults of the request.
 */
import type { Rule } from "../../Rule.ts"
import { list } from "../list.ts"

export const rules: ReadonlyArray<Rule> = [
  {
    id: "llama.cpp/request",
    when: {
      family: ["llama.cpp"],
      status: [500],
      text: list(`
        cannot use both | must be | is required | expected | missing | failed to parse | invalid
      `),
      not: ["not supported", "exceed", "too large", "overload", "loading"]
    },
    reason: "InvalidRequest"
  },
  { id: "llama.cpp/batch", when: { family: ["llama.cpp"], text: ["too large to process"] }, reason: "RequestTooLarge" },
  {
    id: "llama.cpp/slot",
    when: { family: ["llama.cpp"], text: ["slot unavailable", "no slot", "loading model"] },
    reason: "Overloaded",
    learned: ["github.com/ggml-org/llama.cpp tools/server"]
  },
  {
    id: "lmstudio/crash",
    when: {
      family: ["lmstudio", "ollama"],
      text: ["has crashed", "unexpectedly stopped", "runner process", "runner has"]
    },
    reason: "ServerError"
  },
  {
    id: "ollama/memory",
    when: {
      family: ["ollama", "lmstudio"],
      text: ["more system memory", "insufficient system resources", "out of memory"]
    },
    reason: "ServerError",
    learned: ["github.com/ollama/ollama issues"]
  },
  {
    id: "ollama/plan",
    when: { family: ["ollama"], status: [403, 429, 402], text: ["usage limit", "subscription"] },
    reason: "QuotaExhausted"
  }
]

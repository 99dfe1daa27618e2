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
    reason: "InvalidRequest",
    learned: ["llama.cpp-500-5b69c674f6"]
  },
  {
    id: "llama.cpp/batch",
    when: { family: ["llama.cpp"], text: ["too large to process"] },
    reason: "RequestTooLarge",
    learned: ["llama.cpp-500-5f661e354c"]
  },
  {
    id: "llama.cpp/slot",
    when: { family: ["llama.cpp"], text: ["slot unavailable", "no slot", "loading model"] },
    reason: "Overloaded",
    learned: ["llama.cpp-503-f299e3e05d"]
  },
  {
    id: "lmstudio/crash",
    when: {
      family: ["lmstudio", "ollama"],
      text: ["has crashed", "unexpectedly stopped", "runner process", "runner has"]
    },
    reason: "ServerError",
    learned: ["ollama-500-ee55bc52fe"]
  },
  {
    id: "ollama/memory",
    when: {
      family: ["ollama", "lmstudio"],
      text: ["more system memory", "insufficient system resources", "out of memory"]
    },
    reason: "ServerError",
    learned: ["wording:ollama-500"]
  },
  {
    id: "ollama/plan",
    when: { family: ["ollama"], status: [403, 429, 402], text: ["usage limit", "subscription"] },
    reason: "QuotaExhausted",
    learned: ["ollama-403-d074aeafee"]
  }
]

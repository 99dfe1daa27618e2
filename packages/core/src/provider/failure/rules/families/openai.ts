/**
 * OpenAI, Azure OpenAI, the ChatGPT (Codex) service, GitHub Copilot and GitHub Models.
 */
import type { Rule } from "../../Rule.ts"
import { list } from "../list.ts"

export const rules: ReadonlyArray<Rule> = [
  {
    id: "openai/project-access",
    when: { family: ["openai", "azure", "openai-codex"], status: [403], code: ["model_not_found"] },
    reason: "PermissionDenied",
    learned: ["wording:openai-403"]
  },
  {
    id: "openai/verified",
    when: {
      family: ["openai", "azure"],
      text: ["organization must be verified", "not allowed for the project", "not allowed for this project"]
    },
    reason: "PermissionDenied",
    learned: ["openai-400-27fe4f4d21", "openai-400-3542ce1e4b", "openai-404-71ab36e54d"]
  },
  {
    id: "azure/high-demand",
    when: {
      family: ["azure"],
      status: [429, 503],
      text: ["experiencing high demand", "insufficient capacity", "no capacity"]
    },
    reason: "Overloaded",
    learned: ["azure-429-f17a8a34b4"]
  },
  {
    id: "azure/rate",
    when: {
      family: ["azure", "github-models"],
      status: [429],
      text: ["rate limit", "retry after", "pricing tier"],
      not: ["check your plan"]
    },
    reason: "RateLimited",
    learned: ["azure-429-142654a978"]
  },
  {
    id: "codex/plan",
    when: {
      family: ["openai-codex"],
      status: [429],
      header: { "x-codex-primary-used-percent": "100" }
    },
    reason: "QuotaExhausted",
    learned: ["openai-codex-429-43caf74638"]
  },
  {
    id: "codex/at-capacity",
    when: { family: ["openai-codex"], text: ["at capacity", "high demand"] },
    reason: "Overloaded",
    learned: ["openai-codex-200-265e5cffe4", "openai-codex-429-3fb05c0341"]
  },
  {
    id: "copilot/wait",
    when: {
      family: ["copilot"],
      text: ["to reset", "rate limit"],
      also: list(`
        wait * seconds | wait * minutes | try again in * minutes | try again in * seconds
      `)
    },
    reason: "RateLimited",
    learned: ["copilot-429-c5418759b3"]
  },
  {
    id: "copilot/monthly",
    when: { family: ["copilot"], code: ["quota_exceeded"] },
    reason: "QuotaExhausted",
    learned: ["wording:copilot-402"]
  },
  {
    id: "copilot/model",
    when: { family: ["copilot"], text: ["model is not supported"] },
    reason: "ModelNotFound",
    learned: ["wording:copilot-400"]
  }
]

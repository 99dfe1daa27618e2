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
    learned: ["platform.openai.com error-codes"]
  },
  {
    id: "openai/verified",
    when: {
      family: ["openai", "azure"],
      text: ["organization must be verified", "not allowed for the project", "not allowed for this project"]
    },
    reason: "PermissionDenied"
  },
  {
    id: "azure/high-demand",
    when: {
      family: ["azure"],
      status: [429, 503],
      text: ["experiencing high demand", "insufficient capacity", "no capacity"]
    },
    reason: "Overloaded"
  },
  {
    id: "azure/rate",
    when: {
      family: ["azure", "github-models"],
      status: [429],
      text: ["rate limit", "retry after", "pricing tier"],
      not: ["check your plan"]
    },
    reason: "RateLimited"
  },
  {
    id: "codex/plan",
    when: {
      family: ["openai-codex"],
      status: [429],
      header: { "x-codex-primary-used-percent": "100" }
    },
    reason: "QuotaExhausted"
  },
  {
    id: "codex/at-capacity",
    when: { family: ["openai-codex"], text: ["at capacity", "high demand"] },
    reason: "Overloaded"
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
    reason: "RateLimited"
  },
  {
    id: "copilot/monthly",
    when: { family: ["copilot"], code: ["quota_exceeded"] },
    reason: "QuotaExhausted",
    learned: ["github.com/zed-industries/zed copilot_chat"]
  },
  {
    id: "copilot/model",
    when: { family: ["copilot"], text: ["not accessible via", "model is not supported"] },
    reason: "ModelNotFound",
    learned: ["github.com/sst/opencode issues"]
  }
]

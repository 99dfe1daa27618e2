/**
 * The refusals that runs of presets are tried with, in the words of real providers.
 */
import { refusal } from "./Answers.ts"
import { retryAfterSeconds } from "./Step.ts"

const request = "invalid_request_error"

export const down = refusal(500, "it is down", { type: "server_error" })
export const busy = refusal(503, "it is busy", { type: "overloaded_error" })
export const limited = refusal(429, "slow down", { type: "rate_limit_error" })

/** A rate limit that asks for so many seconds. */
export const after = (seconds: number) =>
  refusal(429, "slow down", { type: "rate_limit_error", headers: retryAfterSeconds(seconds) })

export const noKey = refusal(401, "wrong key", { type: "authentication_error" })
export const forbidden = refusal(403, "not allowed here", { type: "permission_error" })
export const badRequest = refusal(400, "temperature must be at most 2", { type: request })
export const noModel = refusal(404, "The model `m` does not exist", { type: request, code: "model_not_found" })
export const filtered = refusal(400, "Your request was rejected by our safety system", {
  type: request,
  code: "content_policy_violation"
})
export const tooLong = refusal(
  400,
  "This model's maximum context length is 8192 tokens, however you requested 9000 tokens",
  { type: request, code: "context_length_exceeded" }
)
export const quota = refusal(429, "You exceeded your current quota, please check your plan and billing details", {
  type: "insufficient_quota",
  code: "insufficient_quota"
})
export const outputLimit = refusal(400, "max_tokens is too large: 999999. This model supports at most 4096", {
  type: request
})

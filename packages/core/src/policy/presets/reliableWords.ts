/**
 * The words by which the original of the preset `reliable` tells failures apart: the last resort, where nothing typed is known.
 */

/** A context window that is full. */
export const contextWindow = [
  "exceeds the context window",
  "exceeds the available context size",
  "context window of this model",
  "maximum context length",
  "context length exceeded",
  "too many tokens",
  "token limit exceeded",
  "prompt is too long",
  "input is too long",
  "prompt exceeds max length"
]

/** Tools that the provider's side took for wrong. */
export const toolSchema = [
  "tool call validation failed",
  "was not in request",
  "not found in tool list",
  "invalid_tool_call"
]

/** Beside `429`: it is a rate limit. */
export const rateLimit = ["Too Many", "rate", "limit"]

/** A rate limit that no waiting cures. */
export const business = [
  "plan does not include",
  "doesn't include",
  "not include",
  "insufficient balance",
  "insufficient_balance",
  "insufficient quota",
  "insufficient_quota",
  "quota exhausted",
  "out of credits",
  "no available package",
  "package not active",
  "purchase package",
  "model not available for your plan"
]

/** The same as codes. */
export const businessCodes = ["1113", "1311"]

/** A key that is refused. */
export const refused = [
  "invalid api key",
  "incorrect api key",
  "missing api key",
  "api key not set",
  "authentication failed",
  "auth failed",
  "unauthorized",
  "forbidden",
  "permission denied",
  "access denied",
  "invalid token"
]

/** Beside `model`: it is not there. */
export const unknownModel = ["not found", "unknown", "unsupported", "does not exist", "invalid"]

/**
 * The words by which the original of the preset `failover` tells failures apart: the last resort, where nothing typed is known.
 */

/** An output limit, whatever else the answer says (F-36). */
export const outputLimit = [
  "max_tokens",
  "context_length_exceeded",
  "maximum context length",
  "context length exceeded"
]

/** A rate limit that the next key may not have (F-37). */
export const rateLimit = ["429", "rate limit", "too many requests"]

/** A key that is refused (F-38). */
export const refused = ["401", "unauthorized", "invalid api key"]

/** A session that is too long (F-41, 1). */
export const context = ["session_ctx_exceeded", "exceed_context_size_error", "max-session-ctx"]

/** An account without money (F-41, 2). */
export const balance = [
  "insufficient_quota",
  "insufficient quota",
  "credit_balance_too_low",
  "accountoverdue",
  "balance_not_enough",
  "balance not enough",
  "余额不足",
  "额度不足",
  "欠费"
]

/** The same, where one of each stands together. */
export const lowBalance = [["credit balance"], ["too low"]]
export const unpaid = [["402"], ["payment", "balance"]]

/** A model that is not there (F-41, 3). */
export const missing = [
  "model_not_found",
  "model not found",
  "does not exist or you do not have access",
  "modelnotopen",
  "endpointisnotenabled",
  "invalid model"
]

/** The same, where both stand together. */
export const modelNotFound = [["not_found_error"], ["model"]]

/** A key that may not (F-41, 4). */
export const forbidden = ["403", "invalid_api_key", "authentication_error", "permission_denied", "authentication fails"]

/** A rate limit of the model (F-41, 5). */
export const modelLimit = ["rate_limit", "ratelimit"]

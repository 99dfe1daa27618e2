/**
 * What a failure of `effect/ai` means: the provider's own answer is read like any other's, where it came along; else its kind decides.
 */
import type * as AiError from "effect/ai/AiError"
import * as DateTime from "effect/DateTime"
import * as Reason from "../../domain/Reason.ts"
import * as Redaction from "../../domain/Redaction.ts"
import * as Failure from "../../provider/Failure.ts"

/** `now` is epoch milliseconds. @stability experimental @category conversions @since 0.1.0 */
export const toReason = (error: AiError.AiError, provider: string, now: number): Reason.Reason => {
  const { reason } = error
  const message = Redaction.redact(error.message).slice(0, 500)
  const told = ofKind(reason, message)
  return told._tag === "InvalidRequest" || told._tag === "UnknownFailure" || told._tag === "ServerError"
    ? (read(reason, provider, now) ?? told)
    : told
}

/** A full context window, an empty account: kinds that `effect/ai` does not tell apart, and the provider's words do. */
const read = (reason: AiError.AiErrorReason, provider: string, now: number): Reason.Reason | undefined => {
  const http = "http" in reason ? reason.http : undefined
  const body = http?.body ?? ("description" in reason ? reason.description : undefined)
  if (body === undefined) return undefined
  const status = http?.response?.status ?? (reason._tag === "InvalidRequestError" ? 400 : undefined)
  const found = Failure.classify({
    provider,
    family: provider,
    protocol: "openai-chat",
    transport: "http",
    ...(status === undefined ? {} : { status }),
    headers: {},
    body,
    now
  })
  return found._tag === "UnknownFailure" ? undefined : found
}

const ofKind = (reason: AiError.AiErrorReason, message: string): Reason.Reason => {
  switch (reason._tag) {
    case "RateLimitError":
      return new Reason.RateLimited({ message, ...waitOf(reason) })
    case "QuotaExhaustedError":
      return new Reason.QuotaExhausted({
        message,
        ...(reason.resetAt === undefined ? {} : { resetsAt: DateTime.toEpochMillis(reason.resetAt) })
      })
    case "AuthenticationError":
      return reason.kind === "InsufficientPermissions"
        ? new Reason.PermissionDenied({ message })
        : new Reason.Unauthenticated({ message })
    case "ContentPolicyError":
      return new Reason.ContentFiltered({ message })
    case "InternalProviderError":
      return new Reason.ServerError({ message })
    case "NetworkError":
      return new Reason.ConnectionFailed({ message })
    case "InvalidResponseError":
    case "InvalidOutputError":
    case "StructuredOutputError":
    case "ToolNotFoundError":
    case "ToolParameterValidationError":
      return new Reason.MalformedResponse({ message })
    case "UnsupportedSchemaError":
    case "ToolConfigurationError":
      return new Reason.ToolSchemaRejected({ message })
    case "InvalidRequestError":
      return new Reason.InvalidRequest({
        message,
        ...(reason.parameter === undefined ? {} : { param: reason.parameter })
      })
    case "InvalidToolResultError":
    case "ToolResultEncodingError":
    case "ToolkitRequiredError":
    case "InvalidUserInputError":
      return new Reason.InvalidRequest({ message })
    case "UnknownError":
      return new Reason.UnknownFailure({ message })
  }
}

const waitOf = ({ retryAfter }: AiError.RateLimitError) => (retryAfter === undefined ? {} : { retryAfter })

/**
 * What a failure of `effect/ai` means: the provider's own answer is read like any other's, where it came along; else its kind decides.
 *
 * Kinds that `effect/ai` reads off the status alone give way to what the answer says. The others are a provider's own words, as its
 * package read them: they stand, with the facts of the answer (status, wait, id).
 */
import type * as AiError from "effect/ai/AiError"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Json from "../../domain/Json.ts"
import * as Reason from "../../domain/Reason.ts"
import * as Redaction from "../../domain/Redaction.ts"
import * as Failure from "../../provider/Failure.ts"

/** `now` is epoch milliseconds. @stability experimental @category conversions @since 0.1.0 */
export const toReason = (error: AiError.AiError, provider: string, now: number): Reason.Reason => {
  const { reason } = error
  const answer = read(reason, provider, now)
  if (answer !== undefined && saysMore(answer, reason)) return answer
  return ofKind(reason, factsOf(Redaction.redact(error.message).slice(0, 500), answer))
}

/** What `AiError.reasonFromHttpStatus` makes: a full context window and an empty account look like any other 400 and 429. */
const byStatus: ReadonlySet<AiError.AiErrorReason["_tag"]> = new Set([
  "InvalidRequestError",
  "AuthenticationError",
  "RateLimitError",
  "InternalProviderError",
  "UnknownError"
])

const saysMore = (answer: Reason.Reason, reason: AiError.AiErrorReason): boolean =>
  answer._tag === "UnknownFailure"
    ? reason._tag === "UnknownError" && reason.http !== undefined
    : byStatus.has(reason._tag)

/** The answer that came along, or what `effect/ai` quotes of it, by the rules for HTTP. */
const read = (reason: AiError.AiErrorReason, provider: string, now: number): Reason.Reason | undefined => {
  const http = "http" in reason ? reason.http : undefined
  const body = http?.body ?? quoted(reason)
  if (body === undefined && http?.response === undefined) return undefined
  const status = http?.response?.status ?? statuses[reason._tag]
  return Failure.classify({
    provider,
    family: provider,
    protocol: "openai-chat",
    transport: "http",
    ...(status === undefined ? {} : { status }),
    headers: { ...waitNamed(reason), ...headersOf(http?.response?.headers) },
    body: body ?? "",
    now
  })
}

/** Where no response came along. */
const statuses: { readonly [K in AiError.AiErrorReason["_tag"]]?: number } = {
  InvalidRequestError: 400,
  RateLimitError: 429
}

const quoted = (reason: AiError.AiErrorReason): string | undefined =>
  reason._tag === "InvalidRequestError" || reason._tag === "InternalProviderError" || reason._tag === "UnknownError"
    ? reason.description
    : undefined

/** In the place where the rules look for it; they take the longer of two. */
const waitNamed = (reason: AiError.AiErrorReason): Record<string, string> =>
  reason._tag === "RateLimitError" && reason.retryAfter !== undefined
    ? { "retry-after-ms": String(Math.ceil(Duration.toMillis(reason.retryAfter))) }
    : {}

type Headers = (typeof AiError.HttpResponseDetails.Type)["headers"]

/** A header that `effect/ai` keeps secret says nothing of a failure. */
const headersOf = (headers: Headers = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name.toLowerCase(), value]] : []))
  )

/** What a kind may carry beside itself. */
const factsOf = (message: string, answer: Reason.Reason | undefined) => ({
  common: Json.compact({
    message,
    status: answer?.status,
    providerCode: answer?.providerCode,
    requestId: answer?.requestId
  }),
  wait: Json.compact({ retryAfter: answer === undefined ? undefined : Reason.retryAfterOf(answer) })
})

const ofKind = (reason: AiError.AiErrorReason, { common, wait }: ReturnType<typeof factsOf>): Reason.Reason => {
  switch (reason._tag) {
    case "RateLimitError":
      return new Reason.RateLimited({ ...common, ...Json.compact({ retryAfter: reason.retryAfter }), ...wait })
    case "QuotaExhaustedError":
      return new Reason.QuotaExhausted({
        ...common,
        ...wait,
        ...(reason.resetAt === undefined ? {} : { resetsAt: DateTime.toEpochMillis(reason.resetAt) })
      })
    case "AuthenticationError":
      return reason.kind === "InsufficientPermissions"
        ? new Reason.PermissionDenied(common)
        : new Reason.Unauthenticated(common)
    case "ContentPolicyError":
      return new Reason.ContentFiltered(common)
    case "InternalProviderError":
      return new Reason.ServerError({ ...common, ...wait })
    case "NetworkError":
      return new Reason.ConnectionFailed(common)
    case "InvalidResponseError":
    case "InvalidOutputError":
    case "StructuredOutputError":
    case "ToolNotFoundError":
    case "ToolParameterValidationError":
      return new Reason.MalformedResponse(common)
    case "UnsupportedSchemaError":
    case "ToolConfigurationError":
      return new Reason.ToolSchemaRejected(common)
    case "InvalidRequestError":
      return new Reason.InvalidRequest({ ...common, ...Json.compact({ param: reason.parameter }) })
    case "InvalidToolResultError":
    case "ToolResultEncodingError":
    case "ToolkitRequiredError":
    case "InvalidUserInputError":
      return new Reason.InvalidRequest(common)
    case "UnknownError":
      return new Reason.UnknownFailure({ ...common, ...wait })
  }
}

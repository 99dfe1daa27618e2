/**
 * Which status, code and headers a caller sees for a `CallError`: one table, for every dialect.
 *
 * The caller's own fault never becomes a 5xx, the provider's never a 4xx other than 429 (a model that is not there is a 404). Where the
 * attempts are spent, `x-should-retry: false` keeps the official SDKs from multiplying them; where waiting would cure it, the answer
 * says how long. How a dialect words it is `dialects/`.
 */
import type { Attempt } from "@orelse/core/domain/Attempt"
import type { CallError, CallerRejected, CallReason } from "@orelse/core/domain/CallError"
import * as Json from "@orelse/core/domain/Json"
import type { Reason, Tag } from "@orelse/core/domain/Reason"
import * as Duration from "effect/Duration"
import type { ErrorFacts } from "../dialects/Dialect.ts"
import * as Reasons from "../ledger/Reasons.ts"

/** An error ready to be written: what the dialect needs, and headers of ours. */
export interface ErrorAnswer {
  readonly facts: ErrorFacts
  readonly headers: Readonly<Record<string, string>>
}

interface Row {
  readonly status: number
  /** OpenAI's word for it; `null` where it has none. */
  readonly code: string | null
}

/** What a caller sees when an attempt's reason decides. */
export const rows: { readonly [T in Tag]: Row } = {
  RateLimited: { status: 429, code: "rate_limit_exceeded" },
  QuotaExhausted: { status: 429, code: "insufficient_quota" },
  Unauthenticated: { status: 502, code: "provider_unauthenticated" },
  PermissionDenied: { status: 502, code: "provider_permission_denied" },
  ModelNotFound: { status: 404, code: "model_not_found" },
  Overloaded: { status: 503, code: "overloaded" },
  ServerError: { status: 502, code: "provider_error" },
  TimedOut: { status: 504, code: "timeout" },
  ConnectionFailed: { status: 502, code: "connection_failed" },
  MalformedResponse: { status: 502, code: "malformed_response" },
  EmptyResponse: { status: 502, code: "empty_response" },
  StreamInterrupted: { status: 502, code: "stream_interrupted" },
  ContextWindowExceeded: { status: 400, code: "context_length_exceeded" },
  OutputLimitExceeded: { status: 400, code: "output_limit_exceeded" },
  RequestTooLarge: { status: 413, code: "request_too_large" },
  ContentFiltered: { status: 400, code: "content_filter" },
  ToolSchemaRejected: { status: 400, code: "invalid_tool_schema" },
  InvalidRequest: { status: 400, code: "invalid_request" },
  Unsupported: { status: 400, code: "unsupported" },
  Conflict: { status: 409, code: "conflict" },
  UnknownFailure: { status: 502, code: "provider_error" },
  LimitReached: { status: 429, code: "rate_limit_exceeded" }
}

/** The answer for an error. */
export const of = (error: CallError): ErrorAnswer => {
  const { reason } = error
  const row = rowOf(error)
  return {
    facts: {
      status: row.status,
      code: row.code,
      param: paramOf(reason),
      message: error.message,
      details: detailsOf(reason),
      orelse: Json.compact({
        callId: error.callId,
        reason: reason._tag,
        attempts: error.attempts.map(attemptOf),
        skipped: reason._tag === "NoTarget" ? reason.skipped.map((skipped) => ({ ...skipped })) : undefined
      }) as Json.JsonObject
    },
    headers: headersOf(reason, row)
  }
}

/** A wait that is longer than this is not for an SDK to sit out, whatever it makes of `retry-after`. */
const longWait = Duration.minutes(1)

const headersOf = (reason: CallReason, row: Row): Readonly<Record<string, string>> => {
  if (reason._tag === "CallerRejected" && row.status === 401) return { "www-authenticate": "Bearer" }
  const retryAfter = retryAfterOf(reason)
  if (retryAfter === undefined || (row.status !== 429 && row.status !== 503))
    return isSpent(reason) ? { "x-should-retry": "false" } : {}
  return {
    "retry-after": String(Math.max(1, Math.ceil(Duration.toSeconds(retryAfter)))),
    ...(reason._tag === "BudgetSpent" && Duration.isGreaterThan(retryAfter, longWait)
      ? { "x-should-retry": "false" }
      : {})
  }
}

/** The facts of an attempt's error that ends a stream after its commit. */
export const ofReason = (callId: string, reason: Reason, attempts: ReadonlyArray<Attempt>): ErrorFacts => ({
  status: rows[reason._tag].status,
  code: rows[reason._tag].code,
  param: null,
  message: reason.message,
  orelse: { callId, reason: reason._tag, attempts: attempts.map(attemptOf) }
})

/** The facts of the gateway's own end: the attempt that was under way ended with it. */
export const stopped = (callId: string, attempts: ReadonlyArray<Attempt>): ErrorFacts => ({
  status: 503,
  code: "gateway_stopped",
  param: null,
  message: "The gateway is stopping and the call could not end in time; ask again",
  orelse: {
    callId,
    reason: Reasons.stopped,
    attempts: attempts.map((attempt) => ({ reason: Reasons.stopped, ...attemptOf(attempt) }))
  }
})

const rejections: { readonly [K in CallerRejected["kind"]]: Row } = {
  missing: { status: 401, code: "missing_api_key" },
  wrong: { status: 403, code: "invalid_api_key" },
  notAllowed: { status: 403, code: "model_not_allowed" }
}

/** A preset's own status and code come before the table. */
const rowOf = ({ attempts, reason }: CallError): Row => {
  if (!("last" in reason) || reason._tag === "DeadlineExceeded") return usualRow(reason, attempts)
  const row = reason.status === "last" ? rows[reason.last._tag] : usualRow(reason, attempts)
  return {
    status: typeof reason.status === "number" ? reason.status : row.status,
    code: reason.code ?? row.code
  }
}

const usualRow = (reason: CallReason, attempts: ReadonlyArray<Attempt>): Row => {
  switch (reason._tag) {
    case "NoRoute":
      return { status: 404, code: "model_not_found" }
    case "NoTarget":
      return { status: 503, code: "no_target" }
    case "RequestRejected":
      return requestRow(reason.last)
    case "AttemptsExhausted":
      return rows[tellingOf(reason.last, attempts)]
    case "DeadlineExceeded":
      return { status: 504, code: "deadline_exceeded" }
    case "CallerLimited":
      return { status: 429, code: "rate_limit_exceeded" }
    case "CallerRejected":
      return rejections[reason.kind]
    case "BudgetSpent":
      return { status: 429, code: "budget_spent" }
  }
}

/** A request-shaped reason keeps the provider's 422. */
const requestRow = (last: Reason): Row => {
  const row = rows[last._tag]
  return last._tag === "InvalidRequest" && last.status === 422 ? { ...row, status: 422 } : row
}

/**
 * What spent attempts are told as: if they agree on the status, the last; else the first that is not transient; else that providers failed,
 * one this way and one that.
 */
export const tellingOf = (last: Reason, attempts: ReadonlyArray<Attempt>): Tag => {
  const tags = attempts.flatMap((attempt) => (attempt.reason === undefined ? [] : [attempt.reason]))
  const lasting = tags.find((tag) => !transient.has(tag))
  if (lasting !== undefined) return lasting
  return tags.every((tag) => rows[tag].status === rows[last._tag].status) ? last._tag : "ServerError"
}

const transient: ReadonlySet<Tag> = new Set<Tag>([
  "TimedOut",
  "ConnectionFailed",
  "StreamInterrupted",
  "Conflict",
  "LimitReached",
  "RateLimited"
])

const retryAfterOf = (reason: CallReason): Duration.Duration | undefined =>
  "retryAfter" in reason ? reason.retryAfter : undefined

const isSpent = (reason: CallReason): boolean =>
  reason._tag === "AttemptsExhausted" ||
  reason._tag === "DeadlineExceeded" ||
  reason._tag === "NoTarget" ||
  reason._tag === "BudgetSpent"

const paramOf = (reason: CallReason): string | null => {
  if (reason._tag === "NoRoute") return "model"
  return reason._tag === "RequestRejected" && reason.last._tag === "InvalidRequest" ? (reason.last.param ?? null) : null
}

/** A thread that Anthropic holds, and cannot go on with: its SDKs know by the code to send the whole conversation instead. */
const detailsOf = (reason: CallReason): Json.JsonObject | undefined => {
  const code = "last" in reason ? reason.last?.providerCode : undefined
  return code?.startsWith("thread_") === true ? { error_code: code } : undefined
}

const attemptOf = (attempt: Attempt): Json.JsonObject =>
  Json.compact({
    provider: attempt.provider,
    model: attempt.model,
    credential: attempt.credential,
    reason: attempt.reason,
    status: attempt.status,
    retryAfterMs: attempt.retryAfterMs,
    durationMs: Math.round(attempt.durationMs),
    waitedMs: Math.round(attempt.waitedBeforeMs),
    message: attempt.message
  })

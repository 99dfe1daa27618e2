/**
 * Reads what a provider's failure means: from transport, status, headers and body to a `Reason` with its facts.
 *
 * It decides nothing: what follows from a reason is `policy/Disposition.ts`.
 */
import * as Duration from "effect/Duration"
import type { ProtocolId } from "../domain/Dialect.ts"
import * as Json from "../domain/Json.ts"
import * as Reason from "../domain/Reason.ts"
import { redact } from "../domain/Redaction.ts"
import type { RuleSet } from "./failure/RuleSet.ts"

/** What is known of a failure. Header names are lower-cased; `now` is epoch milliseconds. @stability stable @category models @since 0.1.0 */
export interface Input {
  readonly provider: string
  readonly family: string
  readonly protocol: ProtocolId
  readonly transport: "http" | "stream" | "network"
  readonly status?: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly code?: string | undefined
  readonly requestSent?: boolean | undefined
  readonly contentSent?: boolean | undefined
  readonly now: number
}

/** The reason of a failure. Total: every input has one. @stability stable @category getters @since 0.1.0 */
export const classify = (input: Input, _rules?: RuleSet): Reason.Reason => {
  const body = Json.parseObject(input.body)
  const error = Json.object(body?.["error"]) ?? body
  const message = redact(Json.string(error?.["message"]) ?? input.body.slice(0, 500))
  const code = Json.string(error?.["code"]) ?? Json.string(error?.["type"])
  const facts = Json.compact({
    message,
    status: input.status,
    providerCode: code === undefined ? undefined : redact(code)
  })
  const retryAfter = waitOf(input)
  const wait = retryAfter === undefined ? {} : { retryAfter }
  if (input.transport === "network") {
    return input.code === "UND_ERR_CONNECT_TIMEOUT" || input.code === "ETIMEDOUT"
      ? new Reason.TimedOut({ ...facts, phase: "connect" })
      : new Reason.ConnectionFailed(Json.compact({ ...facts, code: input.code, requestSent: input.requestSent }))
  }
  const status = input.status
  if (code === "insufficient_quota") return new Reason.QuotaExhausted(facts)
  if (code === "context_length_exceeded") return new Reason.ContextWindowExceeded(facts)
  if (code === "content_filter" || code === "content_policy_violation") return new Reason.ContentFiltered(facts)
  if (code === "overloaded_error" || status === 503 || status === 529)
    return new Reason.Overloaded({ ...facts, ...wait })
  if (status === 429 || code === "rate_limit_error" || code === "rate_limit_exceeded")
    return new Reason.RateLimited({ ...facts, ...wait })
  if (status === 401) return new Reason.Unauthenticated(facts)
  if (status === 403) return new Reason.PermissionDenied(facts)
  if (status === 404) return new Reason.ModelNotFound(facts)
  if (status === 408 || status === 504) return new Reason.TimedOut({ ...facts, phase: "firstContent" })
  if (status === 409) return new Reason.Conflict({ ...facts, ...wait })
  if (status === 413) return new Reason.RequestTooLarge(facts)
  if (status === 400 || status === 422) return new Reason.InvalidRequest(facts)
  if (status !== undefined && status >= 500) return new Reason.ServerError({ ...facts, ...wait })
  return new Reason.UnknownFailure({ ...facts, ...wait, body: redact(input.body.slice(0, 300)) })
}

/** Whether a body with a status of success is an error all the same. @stability stable @category predicates @since 0.1.0 */
export const errorInSuccess = (_family: string, _protocol: ProtocolId, body: Json.JsonObject): boolean =>
  Json.object(body["error"]) !== undefined || (Json.number(Json.at(body, "base_resp", "status_code")) ?? 0) !== 0

const waitOf = (input: Input): Duration.Duration | undefined => {
  const ms = Number(input.headers["retry-after-ms"] ?? Number.NaN)
  const seconds = Number(input.headers["retry-after"] ?? Number.NaN)
  const waits = [ms, seconds * 1000].filter((wait) => Number.isFinite(wait) && wait >= 0)
  return waits.length === 0 ? undefined : Duration.millis(Math.max(...waits))
}

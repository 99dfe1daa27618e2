/**
 * The names that the recorded answers use for what our reasons are called.
 */
import type { Tag } from "../../domain/Reason.ts"

/** One name a reason. @stability experimental @category models @since 0.1.0 */
export const kinds: { readonly [T in Tag]: string } = {
  RateLimited: "rate_limit",
  QuotaExhausted: "quota_exhausted",
  Unauthenticated: "auth",
  PermissionDenied: "permission",
  ModelNotFound: "model_not_found",
  Overloaded: "overloaded",
  ServerError: "server_error",
  TimedOut: "timeout",
  ConnectionFailed: "network",
  MalformedResponse: "malformed",
  EmptyResponse: "empty",
  StreamInterrupted: "interrupted",
  ContextWindowExceeded: "context_window",
  OutputLimitExceeded: "max_tokens_limit",
  RequestTooLarge: "request_too_large",
  ContentFiltered: "content_policy",
  ToolSchemaRejected: "tool_schema",
  InvalidRequest: "bad_request",
  Unsupported: "unsupported",
  Conflict: "conflict",
  UnknownFailure: "unknown",
  LimitReached: "limit_reached"
}

/**
 * One reason of each kind, with no more facts than are usual, for providers that fail by script: a new kind does not compile until it is
 * here.
 */
import * as Duration from "effect/Duration"
import * as Reason from "../../domain/Reason.ts"

interface Facts {
  readonly message: string
  readonly retryAfter?: Duration.Duration
}

const builders: { readonly [T in Reason.Tag]: (facts: Facts) => Reason.Reason } = {
  RateLimited: (facts) => new Reason.RateLimited({ ...facts, status: 429 }),
  QuotaExhausted: (facts) => new Reason.QuotaExhausted({ ...facts, status: 429 }),
  Unauthenticated: (facts) => new Reason.Unauthenticated({ ...facts, status: 401 }),
  PermissionDenied: (facts) => new Reason.PermissionDenied({ ...facts, status: 403 }),
  ModelNotFound: (facts) => new Reason.ModelNotFound({ ...facts, status: 404 }),
  Overloaded: (facts) => new Reason.Overloaded({ ...facts, status: 529 }),
  ServerError: (facts) => new Reason.ServerError({ ...facts, status: 500 }),
  TimedOut: (facts) => new Reason.TimedOut({ ...facts, phase: "firstContent" }),
  ConnectionFailed: (facts) => new Reason.ConnectionFailed({ ...facts, code: "ECONNREFUSED" }),
  MalformedResponse: (facts) => new Reason.MalformedResponse({ ...facts, status: 200 }),
  EmptyResponse: (facts) => new Reason.EmptyResponse({ ...facts, status: 200 }),
  StreamInterrupted: (facts) => new Reason.StreamInterrupted({ ...facts, contentSent: false }),
  ContextWindowExceeded: (facts) => new Reason.ContextWindowExceeded({ ...facts, status: 400 }),
  OutputLimitExceeded: (facts) => new Reason.OutputLimitExceeded({ ...facts, status: 400 }),
  RequestTooLarge: (facts) => new Reason.RequestTooLarge({ ...facts, status: 413 }),
  ContentFiltered: (facts) => new Reason.ContentFiltered({ ...facts, status: 400 }),
  ToolSchemaRejected: (facts) => new Reason.ToolSchemaRejected({ ...facts, status: 400 }),
  InvalidRequest: (facts) => new Reason.InvalidRequest({ ...facts, status: 400 }),
  Unsupported: (facts) => new Reason.Unsupported({ ...facts, status: 400 }),
  Conflict: (facts) => new Reason.Conflict({ ...facts, status: 409 }),
  UnknownFailure: (facts) => new Reason.UnknownFailure(facts),
  LimitReached: (facts) => new Reason.LimitReached(facts)
}

/** `retryAfter` in milliseconds. @stability experimental @category constructors @since 0.1.0 */
export const make = (tag: Reason.Tag, message: string, retryAfter?: number): Reason.Reason =>
  builders[tag]({ message, ...(retryAfter === undefined ? {} : { retryAfter: Duration.millis(retryAfter) }) })

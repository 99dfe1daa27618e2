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
  Unauthenticated: ({ message }) => new Reason.Unauthenticated({ message, status: 401 }),
  PermissionDenied: ({ message }) => new Reason.PermissionDenied({ message, status: 403 }),
  ModelNotFound: ({ message }) => new Reason.ModelNotFound({ message, status: 404 }),
  Overloaded: (facts) => new Reason.Overloaded({ ...facts, status: 529 }),
  ServerError: (facts) => new Reason.ServerError({ ...facts, status: 500 }),
  TimedOut: (facts) => new Reason.TimedOut({ ...facts, phase: "firstContent" }),
  ConnectionFailed: ({ message }) => new Reason.ConnectionFailed({ message, code: "ECONNREFUSED" }),
  MalformedResponse: ({ message }) => new Reason.MalformedResponse({ message, status: 200 }),
  EmptyResponse: ({ message }) => new Reason.EmptyResponse({ message, status: 200 }),
  StreamInterrupted: ({ message }) => new Reason.StreamInterrupted({ message, contentSent: false }),
  ContextWindowExceeded: ({ message }) => new Reason.ContextWindowExceeded({ message, status: 400 }),
  OutputLimitExceeded: ({ message }) => new Reason.OutputLimitExceeded({ message, status: 400 }),
  RequestTooLarge: ({ message }) => new Reason.RequestTooLarge({ message, status: 413 }),
  ContentFiltered: ({ message }) => new Reason.ContentFiltered({ message, status: 400 }),
  ToolSchemaRejected: ({ message }) => new Reason.ToolSchemaRejected({ message, status: 400 }),
  InvalidRequest: ({ message }) => new Reason.InvalidRequest({ message, status: 400 }),
  Unsupported: ({ message }) => new Reason.Unsupported({ message, status: 400 }),
  Conflict: (facts) => new Reason.Conflict({ ...facts, status: 409 }),
  UnknownFailure: (facts) => new Reason.UnknownFailure(facts),
  LimitReached: (facts) => new Reason.LimitReached(facts)
}

/** `retryAfter` in milliseconds; kept by the kinds that have one. @stability experimental @category constructors @since 0.1.0 */
export const make = (tag: Reason.Tag, message: string, retryAfter?: number): Reason.Reason =>
  builders[tag]({ message, ...(retryAfter === undefined ? {} : { retryAfter: Duration.millis(retryAfter) }) })

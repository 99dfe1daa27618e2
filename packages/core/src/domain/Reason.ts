/**
 * Why an attempt failed: one tagged class a reason, with its *fault domain* in the type and its facts in the fields.
 *
 * A reason says what the provider's answer means, never what to do about it: that is `policy/Disposition.ts`.
 * Who reads the answer is `provider/Failure.ts`. Messages are redacted before a reason is built
 * (`domain/Redaction.ts`), because nothing after this point looks at them again.
 */
import * as Schema from "effect/Schema"

/** What the answer says is at fault. @stability stable @category models @since 0.1.0 */
export type Fault = "request" | "credential" | "target" | "provider" | "transient" | "local"

/**
 * Facts that every reason may carry. `message` is redacted and at most 500 characters long; `retryAfter` is the wait that the provider asked
 * for, on the wire in milliseconds; `final` is the provider's word that the same request is not to be sent to it again, of a failure after
 * which clients otherwise do.
 */
const facts = {
  message: Schema.String,
  status: Schema.optionalKey(Schema.Number),
  providerCode: Schema.optionalKey(Schema.String),
  requestId: Schema.optionalKey(Schema.String),
  retryAfter: Schema.optionalKey(Schema.DurationFromMillis),
  final: Schema.optionalKey(Schema.Boolean)
}

/**
 * Too many requests, tokens or parallel calls for this credential; it passes with time.
 *
 * @stability stable
 * @category reasons
 * @since 0.1.0
 */
export class RateLimited extends Schema.TaggedClass<RateLimited>()("RateLimited", {
  ...facts,
  limited: Schema.optionalKey(Schema.Literals(["requests", "tokens", "concurrency"]))
}) {
  readonly fault = "credential" as const
}

/**
 * The account behind this credential is empty, over its spend limit or out of its plan's window, which opens again at `resetsAt` (epoch
 * milliseconds) where the provider names the moment.
 *
 * @stability stable
 * @category reasons
 * @since 0.1.0
 */
export class QuotaExhausted extends Schema.TaggedClass<QuotaExhausted>()("QuotaExhausted", {
  ...facts,
  resetsAt: Schema.optionalKey(Schema.Number)
}) {
  readonly fault = "credential" as const
}

/** The provider does not accept this credential. @stability stable @category reasons @since 0.1.0 */
export class Unauthenticated extends Schema.TaggedClass<Unauthenticated>()("Unauthenticated", facts) {
  readonly fault = "credential" as const
}

/** The credential is good, and may not do this. @stability stable @category reasons @since 0.1.0 */
export class PermissionDenied extends Schema.TaggedClass<PermissionDenied>()("PermissionDenied", facts) {
  readonly fault = "credential" as const
}

/** The provider does not know this model (or not for this account). @stability stable @category reasons @since 0.1.0 */
export class ModelNotFound extends Schema.TaggedClass<ModelNotFound>()("ModelNotFound", facts) {
  readonly fault = "target" as const
}

/** The provider says that it is too busy. @stability stable @category reasons @since 0.1.0 */
export class Overloaded extends Schema.TaggedClass<Overloaded>()("Overloaded", facts) {
  readonly fault = "provider" as const
}

/** The provider failed inside (5xx). @stability stable @category reasons @since 0.1.0 */
export class ServerError extends Schema.TaggedClass<ServerError>()("ServerError", facts) {
  readonly fault = "provider" as const
}

/** The four clocks of an attempt. @stability stable @category models @since 0.1.0 */
export type Phase = "connect" | "firstContent" | "idle" | "total"

/** One of the four clocks ran out, or the provider itself reports a time-out. @stability stable @category reasons @since 0.1.0 */
export class TimedOut extends Schema.TaggedClass<TimedOut>()("TimedOut", {
  ...facts,
  phase: Schema.Literals(["connect", "firstContent", "idle", "total"])
}) {
  readonly fault = "transient" as const
}

/** No connection, or it broke before an answer began. @stability stable @category reasons @since 0.1.0 */
export class ConnectionFailed extends Schema.TaggedClass<ConnectionFailed>()("ConnectionFailed", {
  ...facts,
  code: Schema.optionalKey(Schema.String),
  /** Whether any byte of the request had been sent, so that the provider may have begun (and billed) it. */
  requestSent: Schema.optionalKey(Schema.Boolean)
}) {
  readonly fault = "transient" as const
}

/** The answer is not what its protocol promises. @stability stable @category reasons @since 0.1.0 */
export class MalformedResponse extends Schema.TaggedClass<MalformedResponse>()("MalformedResponse", {
  ...facts,
  path: Schema.optionalKey(Schema.String),
  body: Schema.optionalKey(Schema.String)
}) {
  readonly fault = "provider" as const
}

/** A success that holds neither content nor a finish reason. @stability stable @category reasons @since 0.1.0 */
export class EmptyResponse extends Schema.TaggedClass<EmptyResponse>()("EmptyResponse", facts) {
  readonly fault = "provider" as const
}

/** A stream that ended, broke or fell silent without its protocol's end. @stability stable @category reasons @since 0.1.0 */
export class StreamInterrupted extends Schema.TaggedClass<StreamInterrupted>()("StreamInterrupted", {
  ...facts,
  /** Whether content had already been passed on to the caller. */
  contentSent: Schema.Boolean
}) {
  readonly fault = "transient" as const
}

/** Prompt and answer do not fit this model's context window. @stability stable @category reasons @since 0.1.0 */
export class ContextWindowExceeded extends Schema.TaggedClass<ContextWindowExceeded>()("ContextWindowExceeded", {
  ...facts,
  /** The window in tokens, where named. */
  limit: Schema.optionalKey(Schema.Number),
  /** The tokens that were asked for, where named. */
  requested: Schema.optionalKey(Schema.Number)
}) {
  readonly fault = "request" as const
}

/** `max_tokens` is above what the model gives. @stability stable @category reasons @since 0.1.0 */
export class OutputLimitExceeded extends Schema.TaggedClass<OutputLimitExceeded>()("OutputLimitExceeded", {
  ...facts,
  /** The most output tokens that the model gives, where named. */
  ceiling: Schema.optionalKey(Schema.Number)
}) {
  readonly fault = "request" as const
}

/** The body, an image or a file is too large in bytes or in number. @stability stable @category reasons @since 0.1.0 */
export class RequestTooLarge extends Schema.TaggedClass<RequestTooLarge>()("RequestTooLarge", {
  ...facts,
  limit: Schema.optionalKey(Schema.Number)
}) {
  readonly fault = "request" as const
}

/** A safety system refused prompt or answer. @stability stable @category reasons @since 0.1.0 */
export class ContentFiltered extends Schema.TaggedClass<ContentFiltered>()("ContentFiltered", facts) {
  readonly fault = "request" as const
}

/** A tool's schema, name or generated call was refused. @stability stable @category reasons @since 0.1.0 */
export class ToolSchemaRejected extends Schema.TaggedClass<ToolSchemaRejected>()("ToolSchemaRejected", facts) {
  readonly fault = "request" as const
}

/** The request is wrong in itself. @stability stable @category reasons @since 0.1.0 */
export class InvalidRequest extends Schema.TaggedClass<InvalidRequest>()("InvalidRequest", {
  ...facts,
  param: Schema.optionalKey(Schema.String)
}) {
  readonly fault = "request" as const
}

/** The target cannot do what is asked (a parameter or feature). @stability stable @category reasons @since 0.1.0 */
export class Unsupported extends Schema.TaggedClass<Unsupported>()("Unsupported", {
  ...facts,
  feature: Schema.optionalKey(Schema.String)
}) {
  readonly fault = "request" as const
}

/** Something else holds what this call needs (409). @stability stable @category reasons @since 0.1.0 */
export class Conflict extends Schema.TaggedClass<Conflict>()("Conflict", facts) {
  readonly fault = "transient" as const
}

/**
 * No rule knows this answer. `fixture` is the whole of it, redacted, as a line that can be labelled and taught from
 * (`provider/Failure.ts`, `toFixture`).
 *
 * @stability stable
 * @category reasons
 * @since 0.1.0
 */
export class UnknownFailure extends Schema.TaggedClass<UnknownFailure>()("UnknownFailure", {
  ...facts,
  body: Schema.optionalKey(Schema.String),
  fixture: Schema.optionalKey(Schema.String)
}) {
  readonly fault = "provider" as const
}

/** Our own limiter or concurrency cap said no, or this machine has no file descriptor or local port left; nothing was sent. @stability stable @category reasons @since 0.1.0 */
export class LimitReached extends Schema.TaggedClass<LimitReached>()("LimitReached", {
  ...facts,
  limited: Schema.optionalKey(Schema.Literals(["requests", "tokens", "concurrency"]))
}) {
  readonly fault = "local" as const
}

/** Every reason, as a schema. @stability stable @category schemas @since 0.1.0 */
export const Reason = Schema.Union([
  RateLimited,
  QuotaExhausted,
  Unauthenticated,
  PermissionDenied,
  ModelNotFound,
  Overloaded,
  ServerError,
  TimedOut,
  ConnectionFailed,
  MalformedResponse,
  EmptyResponse,
  StreamInterrupted,
  ContextWindowExceeded,
  OutputLimitExceeded,
  RequestTooLarge,
  ContentFiltered,
  ToolSchemaRejected,
  InvalidRequest,
  Unsupported,
  Conflict,
  UnknownFailure,
  LimitReached
])

/** Every reason; written out, so that it is shown by its name. @stability stable @category models @since 0.1.0 */
export type Reason =
  | RateLimited
  | QuotaExhausted
  | Unauthenticated
  | PermissionDenied
  | ModelNotFound
  | Overloaded
  | ServerError
  | TimedOut
  | ConnectionFailed
  | MalformedResponse
  | EmptyResponse
  | StreamInterrupted
  | ContextWindowExceeded
  | OutputLimitExceeded
  | RequestTooLarge
  | ContentFiltered
  | ToolSchemaRejected
  | InvalidRequest
  | Unsupported
  | Conflict
  | UnknownFailure
  | LimitReached

/** The name of a reason, as routes, configuration and records write it. @stability stable @category models @since 0.1.0 */
export type Tag = Reason["_tag"]

/** Every name, in the order of the table in the reference. @stability stable @category models @since 0.1.0 */
export const tags: ReadonlyArray<Tag> = Reason.members.map((member) => member.fields._tag.schema.literal)

/** The reasons of one fault domain. @stability stable @category models @since 0.1.0 */
export type WithFault<F extends Fault> = Extract<Reason, { readonly fault: F }>

/** The wait that the provider asked for, where it did. @stability stable @category getters @since 0.1.0 */
export const retryAfterOf = (reason: Reason) => reason.retryAfter

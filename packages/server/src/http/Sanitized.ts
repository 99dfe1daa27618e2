/**
 * What callers see with `server.sanitize`: that a call failed and whether to ask again, and nothing of who was asked, under whose
 * account, or what it said.
 *
 * The status stays as it is (`ErrorResponse.ts`). What is the caller's own business (its key, limits and budget, a wrong body) is said in
 * full. The ledger, logs and admin answers are not touched: operators see everything.
 */
import type { Answer, Sink } from "@orelse/core/domain/Answer"
import type { CallError } from "@orelse/core/domain/CallError"
import * as Json from "@orelse/core/domain/Json"
import type { Reason, Tag } from "@orelse/core/domain/Reason"
import type { StreamPart } from "@orelse/core/domain/Response"
import type { ErrorFacts } from "../dialects/Dialect.ts"
import * as ErrorResponse from "./ErrorResponse.ts"

interface Said {
  readonly code: string
  readonly message: string
}

const failed: Said = { code: "model_failed", message: "The model could not answer" }
const busy: Said = { code: "overloaded", message: "The model is overloaded; try again later" }
const limited: Said = { code: "rate_limit_exceeded", message: "The model is rate limited; try again later" }
const late: Said = { code: "timeout", message: "The model did not answer in time" }

/** Each reason in words that fit every provider. */
const words: { readonly [T in Tag]: Said } = {
  RateLimited: limited,
  QuotaExhausted: limited,
  LimitReached: limited,
  Overloaded: busy,
  TimedOut: late,
  Unauthenticated: failed,
  PermissionDenied: failed,
  ServerError: failed,
  ConnectionFailed: failed,
  MalformedResponse: failed,
  EmptyResponse: failed,
  StreamInterrupted: { code: "stream_interrupted", message: "The answer was cut off" },
  UnknownFailure: failed,
  ModelNotFound: { code: "model_not_found", message: "The model is not there" },
  ContextWindowExceeded: {
    code: "context_length_exceeded",
    message: "The request is longer than the model's context window"
  },
  OutputLimitExceeded: { code: "output_limit_exceeded", message: "More output is asked for than the model gives" },
  RequestTooLarge: { code: "request_too_large", message: "The request is too large for the model" },
  ContentFiltered: { code: "content_filter", message: "A content filter refused the request" },
  ToolSchemaRejected: { code: "invalid_tool_schema", message: "The model does not take the schema of a tool" },
  InvalidRequest: { code: "invalid_request", message: "The model does not take this request" },
  Unsupported: { code: "unsupported", message: "The model does not support what is asked for" },
  Conflict: { code: "conflict", message: "The request is in conflict with another" }
}

/** The answer for an error. */
export const of = (error: CallError): ErrorResponse.ErrorAnswer => {
  const answer = ErrorResponse.of(error)
  const said = saidOf(error)
  return said === undefined ? answer : { ...answer, facts: without(answer.facts, said, error.reason._tag) }
}

/** The facts of the error that ends a stream after its commit. */
export const ofReason = (callId: string, reason: Reason): ErrorFacts =>
  without(ErrorResponse.ofReason(callId, reason, []), words[reason._tag], "StreamInterrupted")

/** The answer without its provider's ids, its model's name and the fields that only one provider has. */
export const answer = (answer: Answer): Answer => {
  if (answer._tag === "Streaming") return { ...answer, run: (sink) => answer.run(nameless(sink)) }
  const { embeddings } = answer
  return {
    ...answer,
    bytes: undefined,
    response: () => {
      const { extra: _extra, id: _id, model: _model, ...rest } = answer.response()
      return rest
    },
    embeddings:
      embeddings === undefined
        ? undefined
        : () => {
            const { model: _model, ...rest } = embeddings()
            return rest
          }
  }
}

const nameless = (sink: Sink): Sink =>
  sink.wants === "bytes"
    ? sink
    : { ...sink, write: (parts: ReadonlyArray<StreamPart>) => sink.write(parts.flatMap(namelessPart)) }

const namelessPart = (part: StreamPart): ReadonlyArray<StreamPart> => {
  // An item is content, a call of the caller's own tool perhaps; what else a format says is said of the provider.
  if (part.type === "extra") return part.fields["item"] === undefined ? [] : [part]
  return part.type === "start" ? [Json.compact({ type: "start", created: part.created } as const)] : [part]
}

/** Its rights are named by providers. */
const notAllowed: Said = {
  code: "model_not_allowed",
  message: "This key may not use the model that it asks for; GET /v1/models lists those that it may"
}

/** `undefined` where all of it is the caller's own. */
const saidOf = ({ attempts, model, reason }: CallError): Said | undefined => {
  switch (reason._tag) {
    case "RequestRejected":
      return words[reason.last._tag]
    case "AttemptsExhausted":
      return words[ErrorResponse.tellingOf(reason.last, attempts)]
    case "DeadlineExceeded":
      return { code: "deadline_exceeded", message: `"${model}" did not answer within its deadline` }
    case "NoTarget":
      return { code: "no_target", message: `Nothing can answer "${model}" now` }
    case "NoRoute":
      return { code: "model_not_found", message: `No model "${model}"; GET /v1/models lists those there are` }
    case "CallerRejected":
      return reason.kind === "notAllowed" ? notAllowed : undefined
    case "CallerLimited":
    case "BudgetSpent":
      return undefined
  }
}

const without = (facts: ErrorFacts, said: Said, reason: string): ErrorFacts => ({
  status: facts.status,
  param: facts.param,
  code: said.code,
  message: said.message,
  details: facts.details,
  orelse: { callId: Json.string(facts.orelse["callId"]) ?? "", reason, attempts: [] }
})

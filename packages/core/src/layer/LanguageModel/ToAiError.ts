/**
 * How a call that did not answer is told to a program of `effect/ai`: one reason of theirs for each of ours.
 *
 * The message is that of the call (who, what, after how many attempts); its id stands in the metadata, to look it up.
 */
import * as AiError from "effect/ai/AiError"
import type { AttemptError } from "../../domain/AttemptError.ts"
import type { CallError } from "../../domain/CallError.ts"
import { retryAfterOf, type Reason, type Tag } from "../../domain/Reason.ts"
import { metadataKey } from "./FromPrompt.ts"

/** @stability experimental @category conversions @since 0.1.0 */
export const toAiError = (error: CallError | AttemptError, method: string): AiError.AiError =>
  AiError.make({ module: "Orelse", method, reason: reasonOf(error) })

const reasonOf = (error: CallError | AttemptError): AiError.AiErrorReason => {
  const description = error.message
  if (error._tag === "AttemptError") return ofReason(error.reason, description, {})
  const { reason } = error
  const metadata = { [metadataKey]: { callId: error.callId, reason: reason._tag, attempts: error.attempts.length } }
  switch (reason._tag) {
    case "RequestRejected":
      return ofReason(reason.last, description, metadata)
    case "AttemptsExhausted":
      return reason.retryAfter === undefined
        ? ofReason(reason.last, description, metadata)
        : new AiError.RateLimitError({ retryAfter: reason.retryAfter, metadata })
    case "DeadlineExceeded":
    case "NoTarget":
      return new AiError.InternalProviderError({ description, metadata })
    case "CallerLimited":
      return new AiError.RateLimitError({ retryAfter: reason.retryAfter, metadata })
    case "BudgetSpent":
      return new AiError.QuotaExhaustedError({ metadata })
    case "CallerRejected":
      return new AiError.AuthenticationError({ kind: "Unknown", description, metadata })
    case "NoRoute":
      return new AiError.InvalidRequestError({ parameter: "model", description, metadata })
  }
}

type Metadata = Readonly<Record<string, Readonly<Record<string, string | number>>>>
type Make = (reason: Reason, description: string, metadata: Metadata) => AiError.AiErrorReason

const ofReason: Make = (reason, description, metadata) => reasons[reason._tag](reason, description, metadata)

const invalid: Make = (_, description, metadata) => new AiError.InvalidRequestError({ description, metadata })
const failed: Make = (_, description, metadata) => new AiError.InternalProviderError({ description, metadata })
const garbled: Make = (_, description, metadata) => new AiError.InvalidResponseError({ description, metadata })
const limited: Make = (reason, _, metadata) => {
  const retryAfter = retryAfterOf(reason)
  return new AiError.RateLimitError({ ...(retryAfter === undefined ? {} : { retryAfter }), metadata })
}

const reasons: { readonly [T in Tag]: Make } = {
  RateLimited: limited,
  LimitReached: limited,
  QuotaExhausted: (_, __, metadata) => new AiError.QuotaExhaustedError({ metadata }),
  Unauthenticated: (_, description, metadata) =>
    new AiError.AuthenticationError({ kind: "InvalidKey", description, metadata }),
  PermissionDenied: (_, description, metadata) =>
    new AiError.AuthenticationError({ kind: "InsufficientPermissions", description, metadata }),
  ContentFiltered: (_, description, metadata) => new AiError.ContentPolicyError({ description, metadata }),
  ModelNotFound: invalid,
  ContextWindowExceeded: invalid,
  OutputLimitExceeded: invalid,
  RequestTooLarge: invalid,
  ToolSchemaRejected: invalid,
  InvalidRequest: invalid,
  Unsupported: invalid,
  Conflict: failed,
  Overloaded: failed,
  ServerError: failed,
  TimedOut: failed,
  ConnectionFailed: failed,
  UnknownFailure: failed,
  MalformedResponse: garbled,
  EmptyResponse: garbled,
  StreamInterrupted: garbled
}

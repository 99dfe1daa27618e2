/**
 * Answers a caller who wants to know how many tokens a request is, before sending it (`/v1/messages/count_tokens`, `:countTokens`).
 *
 * The count is an estimate of ours (core's `domain/Tokens.ts`), for the target that will answer is not known before the call; the answer says so
 * in `x-orelse-estimated`. Nothing is sent to a provider, nothing is recorded, and no limit is used up.
 */
import type { Call } from "@orelse/core/domain/Call"
import { CallError, CallerRejected, NoRoute } from "@orelse/core/domain/CallError"
import * as Tokens from "@orelse/core/domain/Tokens"
import * as Result from "effect/Result"
import type { Caller } from "../callers/Caller.ts"
import * as ErrorResponse from "./ErrorResponse.ts"
import type { Loaded } from "./Gateway.ts"
import * as Reply from "./Reply.ts"
import * as Sanitized from "./Sanitized.ts"
import type { Count, Visit } from "./Visit.ts"

/** Sends the count, or why there is none: a model that resolves to nothing, or a request that cannot be read. */
export const reply = ({ caller, endpoint, head, loaded, response }: Visit, count: Count, call: Call): void => {
  const { dialect } = endpoint
  const refused = refusal(loaded, caller, call)
  if (refused !== undefined) {
    const facts = loaded.config.server.sanitize ? Sanitized.of(refused) : ErrorResponse.of(refused)
    return Reply.error(response, dialect, call.id, facts, head)
  }
  const read = call.request()
  if (Result.isFailure(read)) {
    const { message, param } = read.failure
    const orelse = { callId: call.id, reason: "RequestRejected", attempts: [] }
    const facts = { status: 400, code: "invalid_request", message, param: param ?? null, orelse }
    return Reply.error(response, dialect, call.id, { facts, headers: {} }, head)
  }
  head.push(...Reply.pairs(Reply.named(dialect, call.id)), "x-orelse-estimated", "true")
  Reply.json(response, 200, head, JSON.stringify(count(Tokens.estimate(read.success))))
}

const refusal = (loaded: Loaded, caller: Caller | undefined, call: Call): CallError | undefined => {
  const resolved = loaded.resolve(call.model)
  const failed = (reason: NoRoute | CallerRejected) =>
    new CallError({ callId: call.id, model: call.model, reason, attempts: [] })
  if (resolved._tag === "Unknown") {
    const nearest =
      resolved.nearest !== undefined && caller?.may(resolved.nearest) !== false ? resolved.nearest : undefined
    return failed(new NoRoute({ model: call.model, nearest }))
  }
  return caller?.may(resolved.name) === false
    ? failed(
        new CallerRejected({ kind: "notAllowed", message: `Caller "${caller.name}" may not use "${resolved.name}"` })
      )
    : undefined
}

/**
 * The gate in front of every call: whose it is, whether it may use its route, and whether its caller has enough left.
 *
 * In this order: the key (before the body is read), the request itself, the route's name, the right to it, the caller's budget and limits;
 * only then a provider's. The head of every answer to a limited caller says where it stands. Without callers none of it is run.
 */
import type { Call } from "@orelse/core/domain/Call"
import { CallError, type CallReason, type CallerRejected } from "@orelse/core/domain/CallError"
import type { Answered } from "@orelse/core/route/Router"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { IncomingMessage, ServerResponse } from "node:http"
import { Admission } from "../callers/Admission.ts"
import type { Caller } from "../callers/Caller.ts"
import * as Estimate from "../callers/Estimate.ts"
import * as RateHeaders from "../callers/RateHeaders.ts"
import type { Gateway, Loaded, Resolved } from "./Gateway.ts"
import type { Visit } from "./Visit.ts"

/** Bytes of a body that is read and thrown away, so that the connection can be kept. */
const smallBody = 1024 * 1024

/**
 * Whose request it is; `undefined` where there are no callers. A stranger's connection is closed where more than a little body is
 * still to come.
 */
export const identify = (
  gateway: Gateway["Service"],
  loaded: Loaded,
  request: IncomingMessage,
  response: ServerResponse
): Result.Result<Caller | undefined, CallerRejected> => {
  const caller = gateway.callers.identify(loaded.config, request)
  if (Result.isFailure(caller) && !endsSoon(request)) response.setHeader("connection", "close")
  return caller
}

const endsSoon = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) <= smallBody

/** The route of a call. */
export type Route = Extract<Resolved, { readonly _tag: "Route" }>

/** Lets a call of a caller onto its route, and runs it there; or fails with why not. What it took is settled by whoever ends the visit. */
export const enter = (
  visit: Visit,
  caller: Caller,
  call: Call,
  { name, route }: Route
): Effect.Effect<Answered, CallError, Scope.Scope> => {
  const { gateway, loaded } = visit
  const estimateUsd = () => Estimate.cost(loaded, route, call)
  const admission = new Admission({ caller, call, names: namesOf(loaded, call, name), route: name, estimateUsd })
  visit.admission = admission
  return Effect.matchCauseEffectEager(gateway.callers.admit(admission), {
    onSuccess: (standing) => {
      visit.head = RateHeaders.of(standing)
      return loaded.router.run(call, route, name)
    },
    onFailure: (cause) => {
      const reason = Cause.findError(cause)
      return Result.isFailure(reason)
        ? Effect.failCause(reason.failure)
        : Effect.andThen(look(visit), Effect.fail(refusal(call, reason.success)))
    }
  })
}

/** Finds out where the caller stands, for an answer that took nothing. */
export const look = (visit: Visit): Effect.Effect<void> =>
  visit.caller?.limits === undefined
    ? Effect.void
    : Effect.map(visit.gateway.callers.standing(visit.caller), (standing) => {
        visit.head = RateHeaders.of(standing)
      })

/** The error of a call that was not let in. */
export const refusal = (call: Pick<Call, "id" | "model">, reason: CallReason): CallError =>
  new CallError({ callId: call.id, model: call.model, reason, attempts: [] })

/** Every name that the call uses: that of its route, or of each model that it lists itself. */
const namesOf = (loaded: Loaded, { options }: Call, name: string): ReadonlyArray<string> =>
  options.models === undefined
    ? [name]
    : options.models.flatMap((model) => {
        const resolved = loaded.resolve(model)
        return resolved._tag === "Route" ? [resolved.name] : []
      })

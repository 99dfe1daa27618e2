/**
 * The gate in front of every call: whose it is, whether it may use its route, and whether its caller has enough left.
 *
 * In this order: the key (before the body is read), the request itself, the route's name, the right to it, the caller's budget and limits;
 * only then a provider's. The head of every answer to a limited caller says where it stands. Without callers none of it is run.
 */
import type { Call } from "@orelse/core/domain/Call"
import { CallError, type CallReason, type CallerRejected } from "@orelse/core/domain/CallError"
import type { CallEnd } from "@orelse/core/domain/Entry"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Caller } from "../callers/Caller.ts"
import * as Estimate from "../callers/Estimate.ts"
import * as RateHeaders from "../callers/RateHeaders.ts"
import type { Gateway, Loaded, Resolved } from "./Gateway.ts"
import type * as Reply from "./Reply.ts"

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

/** What is known of a request besides its call. */
export interface Known {
  /** What every answer to it says in its head: where its caller stands. */
  head: Reply.Headers
  /** How its call ended, once it has. */
  end: CallEnd | undefined
}

/** A call at the gate. */
export interface Asking {
  readonly caller: Caller
  readonly call: Call
  readonly resolved: Extract<Resolved, { readonly _tag: "Route" }>
  readonly known: Known
}

/** Lets a call onto its route until the scope closes, or fails with why not. */
export const enter = <A>(
  gateway: Gateway["Service"],
  loaded: Loaded,
  { call, caller, known, resolved }: Asking,
  run: () => Effect.Effect<A, CallError, Scope.Scope>
): Effect.Effect<A, CallError, Scope.Scope> => {
  const estimateUsd = () => Estimate.cost(loaded, resolved.route, call)
  const names = namesOf(loaded, call, resolved.name)
  return gateway.callers.admit(
    { caller, call, names, route: resolved.name, estimateUsd, end: () => known.end },
    {
      run: (standing) => {
        known.head = RateHeaders.of(standing)
        return run()
      },
      refuse: (reason) => Effect.andThen(look(gateway, caller, known), Effect.fail(refusal(call, reason)))
    }
  )
}

/** Finds out where the caller stands, for an answer that took nothing. */
export const look = (gateway: Gateway["Service"], caller: Caller | undefined, known: Known): Effect.Effect<void> =>
  caller?.limits === undefined
    ? Effect.void
    : Effect.map(gateway.callers.standing(caller), (standing) => {
        known.head = RateHeaders.of(standing)
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

/**
 * A call over HTTP, from its first byte to its last: read, resolve, run, reply. The same for every dialect.
 *
 * One fiber a call. When the caller hangs up, the server interrupts this fiber; that closes the call's scope, and with it the
 * provider's connection. What goes wrong before there is a call is answered in the caller's dialect too.
 */
import type { Call } from "@orelse/core/domain/Call"
import * as CallId from "@orelse/core/domain/CallId"
import { CallError, NoRoute } from "@orelse/core/domain/CallError"
import * as Defect from "@orelse/core/domain/Defect"
import * as InTurn from "@orelse/core/domain/InTurn"
import { passesThrough } from "@orelse/core/provider/HttpAttempt"
import * as Route from "@orelse/core/route/Route"
import type { Answered } from "@orelse/core/route/Router"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Access from "./Access.ts"
import * as Body from "./Body.ts"
import * as Counting from "./Counting.ts"
import * as ErrorResponse from "./ErrorResponse.ts"
import type { Gateway, Loaded, Resolved } from "./Gateway.ts"
import { written } from "./Raw.ts"
import * as Received from "./Received.ts"
import * as Reply from "./Reply.ts"
import * as Sanitized from "./Sanitized.ts"
import type { Endpoint, Visit } from "./Visit.ts"

/** Answers one request. Its fiber gets the scope of the call; the server puts the context back where it ends. */
export const handle = (
  gateway: Gateway["Service"],
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
  fiber: Fiber.Fiber<unknown, unknown>
): Effect.Effect<HttpServerResponse, never, Scope.Scope> => {
  const loaded = gateway.current()
  const identified = Access.identify(gateway, loaded, request, response)
  if (Result.isFailure(identified)) {
    const id = CallId.make(gateway.clock.currentTimeMillisUnsafe())
    const error = ErrorResponse.of(Access.refusal({ id, model: endpoint.model ?? "" }, identified.failure))
    Reply.error(response, endpoint.dialect, id, error)
    return written
  }
  const caller = identified.success
  const scope = Scope.makeUnsafe()
  const visit: Visit = {
    gateway,
    loaded,
    endpoint,
    request,
    response,
    caller,
    scope,
    id: "",
    head: [],
    admission: undefined
  }
  const answered = Body.read(request, loaded.config.server.maxBodySize, (body) => received(visit, body))
  fiber.setContext(Context.add(fiber.context, Scope.Scope, scope))
  return Effect.onExitPrimitive(answered, (exit) => over(visit, exit))
}

/** Goes on with a request that has come whole, or is refused. */
const received = (visit: Visit, body: Body.Body): Effect.Effect<HttpServerResponse, never, Scope.Scope> => {
  const now = identify(visit)
  if (Result.isFailure(body)) {
    const { code, message, status } = body.failure
    visit.response.setHeader("connection", "close")
    return refused(visit, { status, code, message, param: null })
  }
  const call = Received.call(visit, body.success, now)
  if (Result.isFailure(call)) return refused(visit, call.failure)
  const { count } = visit.endpoint
  if (count === undefined) return answer(visit, call.success)
  return Effect.flatMap(Access.look(visit), () => {
    Counting.reply(visit, count, call.success)
    return written
  })
}

/** Gives the visit its call's id, and says when that was. */
const identify = (visit: Visit): number => {
  const now = visit.gateway.clock.currentTimeMillisUnsafe()
  visit.id = CallId.make(now)
  return now
}

const refused = (visit: Visit, why: Received.Refused): Effect.Effect<HttpServerResponse> =>
  Effect.flatMap(Access.look(visit), () => {
    refuse(visit, why)
    return written
  })

const answer = (visit: Visit, call: Call): Effect.Effect<HttpServerResponse, never, Scope.Scope> =>
  Effect.matchCauseEffect(routed(visit, call), {
    onFailure: (cause) => {
      const error = Cause.findError(cause)
      if (Result.isFailure(error)) return Effect.failCause(error.failure)
      const facts = visit.loaded.config.server.sanitize ? Sanitized.of(error.success) : ErrorResponse.of(error.success)
      Reply.error(visit.response, visit.endpoint.dialect, call.id, facts, visit.head)
      return written
    },
    onSuccess: (answered) => send(visit, call, answered)
  })

const send = (visit: Visit, call: Call, { answer, served, state }: Answered): Effect.Effect<HttpServerResponse> => {
  const { endpoint, gateway, head, loaded, response } = visit
  const { keepAlive, sanitize: isSanitized } = loaded.config.server
  // A provider's own bytes name it in many places.
  const passThrough = !isSanitized && answer.protocol !== "library" && passesThrough(answer.protocol, call.dialect)
  const { clock } = gateway
  const reply = { response, dialect: endpoint.dialect, served, state, clock, passThrough, keepAlive, isSanitized, head }
  return Reply.send(reply, isSanitized ? Sanitized.answer(answer) : answer)
}

/** The call on its route, once its caller is let in. */
const routed = (visit: Visit, call: Call): Effect.Effect<Answered, CallError, Scope.Scope> => {
  const { caller, loaded } = visit
  const resolved = routeOf(loaded, call)
  if (resolved._tag === "Unknown") {
    const nearest =
      resolved.nearest !== undefined && caller?.may(resolved.nearest) !== false ? resolved.nearest : undefined
    return Effect.andThen(Access.look(visit), Effect.fail(noRoute(call, resolved.model, nearest)))
  }
  return caller === undefined
    ? loaded.router.run(call, resolved.route, resolved.name)
    : Access.enter(visit, caller, call, resolved)
}

/** The caller's own list of models comes before the route of its `model`. */
const routeOf = (loaded: Loaded, call: Call): Resolved => {
  const { models } = call.options
  if (models === undefined) return loaded.resolve(call.model)
  const routes: Array<Route.Route> = []
  for (const name of models) {
    const resolved = loaded.resolve(name)
    if (resolved._tag === "Unknown") return resolved
    routes.push(resolved.route)
  }
  return { _tag: "Route", name: call.model, route: routes.reduce((left, right) => left.pipe(Route.orElse(right))) }
}

/** The end of a visit. What nobody has told its caller is told first. `undefined` where nothing is left to wait for. */
const over = (visit: Visit, exit: Exit.Exit<unknown>): Effect.Effect<void> | undefined => {
  if (Exit.isSuccess(exit)) return ended(visit, exit)
  tell(visit, exit.cause)
  return Effect.ensuring(ended(visit, exit) ?? Effect.void, logged(visit, exit.cause))
}

/** Ends the visit's call, and then settles what that took, for what it used is known by now. */
const ended = ({ admission, gateway, scope }: Visit, exit: Exit.Exit<unknown>): Effect.Effect<void> | undefined => {
  const closed = Scope.closeUnsafe(scope, exit)
  if (admission === undefined) return closed && InTurn.left(closed)
  return InTurn.left(InTurn.andThen(closed, () => gateway.callers.settle(admission)))
}

/** Of the gateway's own end, or of its failure. */
const tell = (visit: Visit, cause: Cause.Cause<never>): void => {
  if (visit.id === "") identify(visit)
  const { endpoint, head, id, response } = visit
  if (Cause.hasInterrupts(cause)) Reply.stopped(response, endpoint.dialect, id, head, [])
  if (Cause.hasDies(cause)) refuse(visit, broken)
}

const logged = ({ id }: Visit, cause: Cause.Cause<never>): Effect.Effect<void> => {
  const defect = Cause.findDefect(cause)
  return Result.isFailure(defect)
    ? Effect.void
    : Effect.logError(`The gateway itself failed in call ${id}`, Defect.where(defect.success))
}

const broken: Received.Refused = {
  status: 500,
  code: "internal_error",
  message: "The gateway itself failed; its log says where",
  param: null
}

const refuse = ({ endpoint, head, id, response }: Visit, refused: Received.Refused): void => {
  const facts = { ...refused, orelse: { callId: id, reason: "RequestRejected", attempts: [] } }
  Reply.error(response, endpoint.dialect, id, { facts, headers: {} }, head)
}

const noRoute = (call: Call, model: string, nearest: string | undefined): CallError =>
  new CallError({
    callId: call.id,
    model,
    reason: new NoRoute({ model, nearest }),
    attempts: []
  })

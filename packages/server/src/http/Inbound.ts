/**
 * A call over HTTP, from its first byte to its last: read, resolve, run, reply. The same for every dialect.
 *
 * One fiber a call. When the caller hangs up, the server interrupts this fiber; that closes the call's scope, and with it the
 * provider's connection. What goes wrong before there is a call is answered in the caller's dialect too.
 */
import type { Call, Options } from "@orelse/core/domain/Call"
import * as CallId from "@orelse/core/domain/CallId"
import { CallError, NoRoute } from "@orelse/core/domain/CallError"
import * as Json from "@orelse/core/domain/Json"
import { InvalidRequest } from "@orelse/core/domain/Reason"
import { passesThrough } from "@orelse/core/provider/HttpAttempt"
import * as Route from "@orelse/core/route/Route"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AnswerContext, BadRequest, Dialect } from "../dialects/Dialect.ts"
import { Fields } from "../dialects/Fields.ts"
import type { Caller } from "../callers/Caller.ts"
import * as Control from "../callers/Control.ts"
import * as Presented from "../callers/Presented.ts"
import * as Unkeyed from "../callers/Unkeyed.ts"
import * as Access from "./Access.ts"
import * as Body from "./Body.ts"
import * as CallOptions from "./CallOptions.ts"
import * as Counting from "./Counting.ts"
import * as CrossingHeaders from "./CrossingHeaders.ts"
import * as ErrorResponse from "./ErrorResponse.ts"
import type { Gateway, Loaded } from "./Gateway.ts"
import * as Reply from "./Reply.ts"
import * as Sanitized from "./Sanitized.ts"
import * as Wire from "./Wire.ts"

/** What the address of a request says that others have in the body (Gemini names its model in the path). */
export interface Endpoint {
  readonly dialect: Dialect
  readonly operation: Call["operation"]
  readonly model?: string | undefined
  readonly stream?: boolean | undefined
  /** The caller only wants to know how many tokens it would be. */
  readonly count?: Counting.Said | undefined
}

/** A problem with the request itself, before there is a call. */
interface Refused {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly param: string | null
}

/** Answers one request, in the scope that the server opens for it and closes after it. */
export const handle = (
  gateway: Gateway["Service"],
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.suspend(() => {
    const loaded = gateway.current()
    const now = gateway.clock.currentTimeMillisUnsafe()
    const id = CallId.make(now)
    const identified = Access.identify(gateway, loaded, request, response)
    if (Result.isFailure(identified)) {
      const error = ErrorResponse.of(Access.refusal({ id, model: endpoint.model ?? "" }, identified.failure))
      return Effect.sync(() => Reply.error(response, endpoint.dialect, id, error))
    }
    const caller = identified.success
    const known: Access.Known = { head: none, end: undefined }
    return Body.read(request, loaded.config.server.maxBodySize).pipe(
      Effect.matchEffect({
        onFailure: (refused) =>
          Effect.map(Access.look(gateway, caller, known), () => {
            response.setHeader("connection", "close")
            const { code, message, status } = refused
            refuse(response, endpoint.dialect, id, { status, code, message, param: null }, known)
          }),
        onSuccess: (text) => {
          const began = gateway.clock.currentTimeMillisUnsafe()
          const call = toCall({ endpoint, request, response, text, id, loaded, caller, now: began, known })
          if (Result.isFailure(call))
            return Effect.map(Access.look(gateway, caller, known), () =>
              refuse(response, endpoint.dialect, id, call.failure, known)
            )
          const { count, dialect } = endpoint
          if (count !== undefined)
            return Effect.map(Access.look(gateway, caller, known), () =>
              Counting.reply(loaded, caller, dialect, count, call.success, response, known.head)
            )
          return answer(gateway, loaded, endpoint, caller, call.success, response, known)
        }
      }),
      Effect.onInterrupt(() => Effect.sync(() => Reply.stopped(response, endpoint.dialect, id, known.head))),
      Effect.catchDefect((defect) =>
        Effect.andThen(
          Effect.sync(() => refuse(response, endpoint.dialect, id, broken, known)),
          Effect.logError(`The gateway itself failed in call ${id}`, whereOf(defect))
        )
      )
    )
  })

const none: Reply.Headers = {}

const answer = (
  gateway: Gateway["Service"],
  loaded: Loaded,
  endpoint: Endpoint,
  caller: Caller | undefined,
  call: Call,
  response: ServerResponse,
  known: Access.Known
) => {
  const isSanitized = loaded.config.server.sanitize
  return Effect.matchEffect(routed(gateway, loaded, caller, call, known), {
    onFailure: (error) => {
      const facts = isSanitized ? Sanitized.of(error) : ErrorResponse.of(error)
      Reply.error(response, endpoint.dialect, call.id, facts, known.head)
      return Effect.void
    },
    onSuccess: ({ answer, served, state }) => {
      // A provider's own bytes name it in many places.
      const passThrough =
        call.isWrittenAnew !== true && answer.protocol !== "library" && passesThrough(answer.protocol, call.dialect)
      const context = () => contextOf(call, isSanitized ? call.model : served.model, state.startedAt)
      const { keepAlive } = loaded.config.server
      const { dialect } = endpoint
      const now = () => gateway.clock.currentTimeMillisUnsafe()
      const { head } = known
      const reply = { response, dialect, served, state, now, passThrough, context, keepAlive, isSanitized, head }
      return Reply.send(reply, isSanitized ? Sanitized.answer(answer) : answer)
    }
  })
}

/** The call on its route, once its caller is let in. */
const routed = (
  gateway: Gateway["Service"],
  loaded: Loaded,
  caller: Caller | undefined,
  call: Call,
  known: Access.Known
) => {
  const resolved = routeOf(loaded, call)
  if (resolved._tag === "Unknown") {
    const nearest =
      resolved.nearest !== undefined && caller?.may(resolved.nearest) !== false ? resolved.nearest : undefined
    return Effect.andThen(Access.look(gateway, caller, known), Effect.fail(noRoute(call, resolved.model, nearest)))
  }
  if (caller === undefined) return loaded.router.run(call, resolved.route, resolved.name)
  return Access.enter(gateway, loaded, { caller, call, resolved, known }, () =>
    loaded.router.run(call, resolved.route, resolved.name)
  )
}

/** The caller's own list of models comes before the route of its `model`. */
const routeOf = (loaded: Loaded, call: Call) => {
  const { models } = call.options
  if (models === undefined) return loaded.resolve(call.model)
  const routes: Array<Route.Route> = []
  for (const name of models) {
    const resolved = loaded.resolve(name)
    if (resolved._tag === "Unknown") return resolved
    routes.push(resolved.route)
  }
  return {
    _tag: "Route",
    name: call.model,
    route: routes.reduce((left, right) => left.pipe(Route.orElse(right)))
  } as const
}

/** A request that has come whole. */
interface Received {
  readonly endpoint: Endpoint
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly text: string
  readonly id: string
  readonly loaded: Loaded
  readonly caller: Caller | undefined
  readonly now: number
  readonly known: Access.Known
}

/** The call that a body stands for, or what is wrong with it. */
const toCall = (received: Received): Result.Result<Call, Refused> => {
  const { endpoint, text } = received
  const parsed = Json.parse(text, Number.POSITIVE_INFINITY)
  const body = Json.object(parsed)
  if (body === undefined) return Result.fail(badBody(parsed, text))
  if (Json.isDeeper(body, maxDepth)) return Result.fail(tooDeep)
  const model = endpoint.model ?? body["model"]
  if (typeof model === "string" && model.length > CallOptions.longestName) return Result.fail(tooLongName)
  if (typeof model === "string" && Control.isIn(model)) return Result.fail(unspeakableName)
  if (typeof model !== "string" || model === "") {
    return Result.fail({
      status: 400,
      code: "missing_model",
      message: "model must be a text: a route's name or provider/model",
      param: "model"
    })
  }
  const options = CallOptions.read(body, received.request)
  if (Result.isFailure(options))
    return Result.fail({ status: 400, code: "invalid_option", param: null, ...options.failure })
  const names = options.success.models === undefined ? [model] : [model, ...options.success.models]
  if (names.some((name) => holdsKey(name, received))) return Result.fail(keyAsName)
  const stream = endpoint.stream === undefined ? streamOf(body) : Result.succeed(endpoint.stream)
  if (Result.isFailure(stream))
    return Result.fail({ status: 400, code: "invalid_request", param: null, ...stream.failure })
  return Result.succeed(build(received, body, { model, stream: stream.success, options: options.success }))
}

/**
 * Names of models stand in every record. Where there are no callers, what a request shows may be any word, such as the name of a provider:
 * there only what is a key by its shape counts. The name of a route is the configuration's own.
 */
const holdsKey = (name: string, { caller, loaded, request }: Received): boolean =>
  !loaded.config.routes.has(name) &&
  Unkeyed.text(name, caller === undefined ? noKeys : Presented.keys(request)) !== name

const noKeys: ReadonlyArray<string> = []

/** Whether the answer is to come as a stream. It is asked before there is a call, for it says how the call runs. */
const streamOf = (body: Json.JsonObject): Result.Result<boolean, BadRequest> => {
  const stream = body["stream"] ?? false
  return typeof stream === "boolean"
    ? Result.succeed(stream)
    : Fields.read(body, (fields) => fields.boolean("stream") ?? false)
}

/** What a body says of the call itself, whatever is asked. */
interface Said {
  readonly model: string
  readonly stream: boolean
  readonly options: Options
}

const build = (received: Received, body: Json.JsonObject, { model, options, stream }: Said): Call => {
  const { caller, endpoint, id, known, loaded, now, request, response, text } = received
  const { dialect, operation } = endpoint
  const wrong = (problem: { readonly message: string; readonly param?: string }) =>
    new InvalidRequest({ ...problem, status: 400 })
  const wire = new Wire.Held(text, body, CrossingHeaders.of(request.headers))
  let read: ReturnType<Call["request"]> | undefined
  let isLetGo = false
  const readAnew = () => Result.mapError(dialect.request(wire.body), wrong)
  const embeddings = dialect.embeddings
  return {
    id,
    operation,
    dialect: dialect.id,
    model,
    stream,
    wire,
    request: () => (isLetGo ? readAnew() : (read ??= readAnew())),
    embeddings:
      operation === "embeddings" && embeddings !== undefined
        ? () => Result.mapError(embeddings.request(wire.body), wrong)
        : undefined,
    letGo: () => {
      isLetGo = true
      read = undefined
      wire.letGo()
    },
    options,
    traceparent: traceparentOf(request),
    startedAt: now,
    caller: caller?.name,
    isWrittenAnew: loaded.config.server.sanitize,
    keepsBodies: loaded.config.ledger.bodies === "full",
    status: () => (response.headersSent ? response.statusCode : undefined),
    ended: (end) => {
      known.end = end
    }
  }
}

const traceparentOf = (request: IncomingMessage): string | undefined => {
  const header = request.headers["traceparent"]
  return typeof header === "string" ? header : undefined
}

/** Tool schemas nest a dozen levels; what is deeper is made to break something. */
const maxDepth = 256

const tooDeep: Refused = {
  status: 400,
  code: "invalid_json",
  message: `the body must not nest deeper than ${maxDepth} levels`,
  param: null
}

const tooLongName: Refused = {
  status: 400,
  code: "invalid_model",
  message: `model must be at most ${CallOptions.longestName} characters long`,
  param: "model"
}

const unspeakableName: Refused = {
  status: 400,
  code: "invalid_model",
  message: "model must hold no control characters, such as line ends",
  param: "model"
}

const keyAsName: Refused = {
  status: 400,
  code: "invalid_model",
  message: "model must hold no key; it stands in every record of a call. Show the key in its header only",
  param: "model"
}

const badBody = (parsed: Json.Json | undefined, text: string): Refused => {
  const found =
    parsed === undefined
      ? text.trim() === ""
        ? "nothing"
        : "text that is not JSON"
      : Array.isArray(parsed)
        ? "an array"
        : parsed === null
          ? "null"
          : `a ${typeof parsed}`
  return { status: 400, code: "invalid_json", message: `the body must be a JSON object, got ${found}`, param: null }
}

const broken: Refused = {
  status: 500,
  code: "internal_error",
  message: "The gateway itself failed; its log says where",
  param: null
}

/** Where it failed. The message may hold what the caller sent, and is left out. */
const whereOf = (defect: unknown): string =>
  defect instanceof Error
    ? [defect.name, ...(defect.stack ?? "").split("\n").filter((line) => /^ +at /.test(line))].slice(0, 12).join("\n")
    : typeof defect

const refuse = (
  response: ServerResponse,
  dialect: Dialect,
  id: string,
  refused: Refused,
  { head }: Access.Known
): void => {
  const facts = { ...refused, orelse: { callId: id, reason: "RequestRejected", attempts: [] } }
  Reply.error(response, dialect, id, { facts, headers: {} }, head)
}

const noRoute = (call: Call, model: string, nearest: string | undefined): CallError =>
  new CallError({
    callId: call.id,
    model,
    reason: new NoRoute({ model, nearest }),
    attempts: []
  })

const contextOf = (call: Call, model: string, startedAt: number): AnswerContext => ({
  callId: call.id,
  model,
  created: Math.floor(startedAt / 1000),
  includeUsage: Json.at(call.wire?.body, "stream_options", "include_usage") === true,
  request: () => Result.getOrElse(call.request(), () => ({ messages: [] }))
})

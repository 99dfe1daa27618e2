/**
 * A body that has come whole, as the call that it stands for; or what is wrong with it.
 */
import type { Attempt } from "@orelse/core/domain/Attempt"
import type { Call, Options } from "@orelse/core/domain/Call"
import * as Exact from "@orelse/core/domain/Exact"
import * as Json from "@orelse/core/domain/Json"
import { InvalidRequest } from "@orelse/core/domain/Reason"
import * as Result from "effect/Result"
import type { IncomingMessage } from "node:http"
import * as Control from "../callers/Control.ts"
import * as Presented from "../callers/Presented.ts"
import * as Unkeyed from "../callers/Unkeyed.ts"
import type { BadRequest } from "../dialects/Dialect.ts"
import { Fields } from "../dialects/Fields.ts"
import * as Reasons from "../ledger/Reasons.ts"
import * as CallOptions from "./CallOptions.ts"
import * as CrossingHeaders from "./CrossingHeaders.ts"
import * as Reply from "./Reply.ts"
import type { Visit } from "./Visit.ts"
import * as Wire from "./Wire.ts"

/** A problem with the request itself, before there is a call. */
export interface Refused {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly param: string | null
}

/** The call that a body stands for, or what is wrong with it. `now` is when it had come whole. */
export const call = (visit: Visit, text: string, now: number): Result.Result<Call, Refused> => {
  const { endpoint, request } = visit
  const parsed = Json.parse(text, Number.POSITIVE_INFINITY)
  const body = Json.object(parsed)
  if (body === undefined) return Result.fail(badBody(parsed, text))
  if (Json.isDeeper(body, maxDepth)) return Result.fail(tooDeep)
  const model = endpoint.model ?? body["model"]
  if (typeof model !== "string" || model === "") return Result.fail(missingModel)
  if (model.length > CallOptions.longestName) return Result.fail(tooLongName)
  if (Control.isIn(model)) return Result.fail(unspeakableName)
  const options = CallOptions.read(body, request, visit.loaded.known)
  if (Result.isFailure(options))
    return Result.fail({ status: 400, code: "invalid_option", param: null, ...options.failure })
  const { models } = options.success
  if (holdsKey(model, visit) || models?.some((name) => holdsKey(name, visit)) === true) return Result.fail(keyAsName)
  const stream = endpoint.stream === undefined ? streamOf(body) : Result.succeed(endpoint.stream)
  if (Result.isFailure(stream))
    return Result.fail({ status: 400, code: "invalid_request", param: null, ...stream.failure })
  const wire = new Wire.Held(text, body, CrossingHeaders.of(request.headers))
  return Result.succeed(new Received(visit, wire, { model, stream: stream.success, options: options.success, now }))
}

/**
 * Names of models stand in every record. Where there are no callers, what a request shows may be any word, such as the name of a provider:
 * there only what is a key by its shape, or is known, counts. The name of a route is the configuration's own.
 */
const holdsKey = (name: string, { caller, loaded, request }: Visit): boolean =>
  !loaded.config.routes.has(name) &&
  (loaded.isKey(name) || (caller !== undefined && Unkeyed.shows(name, Presented.keys(request))))

/** Whether the answer is to come as a stream. It is asked before there is a call, for it says how the call runs. */
const streamOf = (body: Json.JsonObject): Result.Result<boolean, BadRequest> => {
  const stream = body["stream"] ?? false
  return typeof stream === "boolean"
    ? Result.succeed(stream)
    : Fields.read(body, (fields) => fields.boolean("stream") ?? false)
}

/** What a body says of the call itself, whatever is asked; and when. */
interface Said {
  readonly model: string
  readonly stream: boolean
  readonly options: Options
  readonly now: number
}

type Read = ReturnType<Call["request"]>

/** A call that came over HTTP. */
class Received implements Call {
  readonly id: string
  readonly operation: Call["operation"]
  readonly dialect: Call["dialect"]
  readonly model: string
  readonly stream: boolean
  readonly wire: Wire.Held
  readonly embeddings: Call["embeddings"]
  readonly options: Options
  readonly traceparent: string | undefined
  readonly startedAt: number
  readonly caller: string | undefined
  readonly isWrittenAnew: boolean
  readonly keepsBodies: boolean
  readonly #visit: Visit
  #read: Read | undefined = undefined
  #isLetGo = false

  constructor(visit: Visit, wire: Wire.Held, { model, now, options, stream }: Said) {
    const { dialect, operation } = visit.endpoint
    const { ledger, server } = visit.loaded.config
    this.id = visit.id
    this.operation = operation
    this.dialect = dialect.id
    this.model = model
    this.stream = stream
    this.wire = wire
    this.embeddings = operation === "embeddings" ? embeddingsOf(visit, wire) : undefined
    this.options = options
    this.traceparent = traceparentOf(visit.request)
    this.startedAt = now
    this.caller = visit.caller?.name
    this.isWrittenAnew = server.sanitize
    this.keepsBodies = ledger.bodies === "full"
    this.#visit = visit
  }

  request(): Read {
    return this.#isLetGo ? this.#anew() : (this.#read ??= this.#anew())
  }

  #anew(): Read {
    const { dialect } = this.#visit.endpoint
    const { body, text } = this.wire
    const exact = Exact.of(body, () => text)
    const read = dialect.request(exact)
    // What is to be a number, and is too large for one, is taken as JavaScript does.
    return Result.mapError(exact !== body && Result.isFailure(read) ? dialect.request(body) : read, wrong)
  }

  letGo(): void {
    this.#isLetGo = true
    this.#read = undefined
    this.wire.letGo()
  }

  status(): number | undefined {
    const { response } = this.#visit
    return response.headersSent ? response.statusCode : undefined
  }

  interrupted(attempts: ReadonlyArray<Attempt>): string | undefined {
    const { endpoint, head, loaded, response } = this.#visit
    const shown = loaded.config.server.sanitize ? [] : attempts
    return Reply.stopped(response, endpoint.dialect, this.id, head, shown) ? Reasons.stopped : undefined
  }

  withoutKeys(text: string): string {
    const { caller, loaded, request } = this.#visit
    return Unkeyed.body(text, { known: loaded.known, shown: caller === undefined ? [] : Presented.keys(request) })
  }

  ended(end: Parameters<NonNullable<Call["ended"]>>[0]): void {
    const { admission } = this.#visit
    if (admission !== undefined) admission.end = end
  }
}

const embeddingsOf = ({ endpoint }: Visit, wire: Wire.Held): Call["embeddings"] => {
  const { embeddings } = endpoint.dialect
  return embeddings && (() => Result.mapError(embeddings.request(wire.body), wrong))
}

const wrong = (problem: BadRequest): InvalidRequest => new InvalidRequest({ ...problem, status: 400 })

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

const missingModel: Refused = {
  status: 400,
  code: "missing_model",
  message: "model must be a text: a route's name or provider/model",
  param: "model"
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

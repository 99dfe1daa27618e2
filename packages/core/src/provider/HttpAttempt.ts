/**
 * Exactly one exchange with a provider over HTTP: write the request, read the answer, say why it failed. It never retries, never
 * follows a redirect, and ends its connection when its fiber is interrupted or its scope closes.
 *
 * Where caller and provider speak the same dialect the caller's bytes go out with only `model` changed and the answer's bytes come
 * back as they are; else the protocol writes and reads both. What an error means is `Failure.ts`; the guards are in `target/`.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import type { Answer } from "../domain/Answer.ts"
import type { AttemptError } from "../domain/AttemptError.ts"
import type { Call } from "../domain/Call.ts"
import type { DialectId, ProtocolId } from "../domain/Dialect.ts"
import { Unsupported, type InvalidRequest } from "../domain/Reason.ts"
import type { Added } from "./Auth.ts"
import * as Crossing from "./Crossing.ts"
import type { Deployment } from "./Deployment.ts"
import * as Exchange from "./Exchange.ts"
import * as Expiry from "./Expiry.ts"
import type * as HttpExchange from "./HttpExchange.ts"
import type { Context, WireRequest } from "./Protocol.ts"
import type { Input, Provider } from "./Provider.ts"
import * as RequestHeaders from "./RequestHeaders.ts"
import * as ToolNames from "./ToolNames.ts"

/**
 * The `attempt` of a provider over HTTP.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (deployment: Deployment): Provider["attempt"] => {
  const headers = RequestHeaders.make(deployment.headers)
  return (input) => Effect.callback((resume) => begin(deployment, headers, input, resume))
}

/** Who waits for the answer. */
type Resume = (answer: Effect.Effect<Answer, AttemptError, Scope.Scope>) => void

/** Gives what ends it. */
const begin = (
  deployment: Deployment,
  headers: (parts: RequestHeaders.Parts) => Array<string>,
  input: Input,
  resume: Resume
): Effect.Effect<void> | void => {
  const written = write(deployment, input)
  if (Result.isFailure(written)) return resume(Effect.fail(Exchange.failed(deployment, input, written.failure)))
  const { body, given, headers: own, path: at } = written.success
  const { call } = input
  const { id } = deployment.protocol
  const isAsItCame = input.request === undefined && passesThrough(id, call.dialect)
  const crossing = Crossing.of(id, call.wire?.headers, own, isAsItCame)
  const path = deployment.path(at)
  const request = (auth: Added): HttpExchange.HttpRequest => ({
    origin: deployment.origin,
    path: auth.query === undefined ? path : `${path}${path.includes("?") ? "&" : "?"}${auth.query}`,
    headers: headers({ stream: call.stream, crossing, written: own, auth: auth.headers }),
    body
  })
  const end: Resume =
    given === undefined ? resume : (answer) => resume(Effect.map(answer, (one) => ToolNames.restored(one, given)))
  const auth = deployment.authorize(input.credential, { origin: deployment.origin, path, body })
  if (!Effect.isEffect(auth)) return exchange(deployment, input, request(auth), end)
  const signed = Effect.mapError(auth, (reason) => Exchange.failed(deployment, input, reason))
  end(
    Effect.flatMap(Expiry.interrupting(signed, input.expiry), (auth) =>
      Effect.callback((resume) => exchange(deployment, input, request(auth), resume))
    )
  )
}

/** Whether the caller's bytes can go out as they are. @stability experimental @category predicates @since 0.1.0 */
export const passesThrough = (protocol: ProtocolId, dialect: DialectId): boolean =>
  protocol === dialect || (protocol === "azure-openai" && dialect === "openai-chat")

/** A request as it is sent, and the caller's names of tools where it holds others. */
interface Written extends WireRequest {
  readonly given?: ToolNames.Fitted["given"]
}

const write = (deployment: Deployment, input: Input): Result.Result<Written, Unsupported | InvalidRequest> => {
  const { call } = input
  const { protocol } = deployment
  const context: Context = { model: input.model, stream: call.stream, quirks: deployment.quirks }
  const isOwn = call.wire !== undefined && passesThrough(protocol.id, call.dialect)
  const refused = isOwn && call.isWrittenAnew !== true ? undefined : several(call)
  if (refused !== undefined) return Result.fail(refused)
  if (isOwn && input.request === undefined) {
    const { body, text } = call.wire
    if (protocol.isRefused?.(body) !== true) return Result.succeed(protocol.passThrough(text, body, context))
  }
  if (call.operation === "chat") {
    const request = input.request === undefined ? call.request() : Result.succeed(input.request)
    return Result.flatMap(request, (request) => {
      const fitted = isOwn || protocol.toolName === undefined ? undefined : ToolNames.fit(request, protocol.toolName)
      if (fitted === undefined) return protocol.encode(request, context)
      const { given } = fitted
      return Result.map(protocol.encode(fitted.request, context), (wire) => ({ ...wire, given }))
    })
  }
  if (protocol.embeddings === undefined || call.embeddings === undefined) {
    return Result.fail(
      new Unsupported({ message: `${deployment.id} (${protocol.id}) has no embeddings`, feature: "embeddings" })
    )
  }
  const { encode } = protocol.embeddings
  return Result.flatMap(call.embeddings(), (request): Result.Result<WireRequest, Unsupported> =>
    request.sizes === undefined ? encode(request, context) : Result.fail(manySizes(deployment))
  )
}

/** Of those that a request can be written anew for, all give the vectors of one request one size. */
const manySizes = ({ id, protocol }: Deployment): Unsupported =>
  new Unsupported({
    message: `${id} (${protocol.id}) gives all vectors of a request one size, and several are asked for; ask once for each size`,
    feature: "vectors of several sizes"
  })

/** Several answers reach a caller as the provider's own bytes alone: written anew it is the first, and all would be paid for. */
const several = (call: Call): Unsupported | undefined => {
  if (call.operation !== "chat" || call.wire === undefined) return undefined
  const request = call.request()
  if (Result.isFailure(request) || (request.success.n ?? 1) <= 1) return undefined
  const message =
    "the answer is written anew for this caller, and of several answers only the first could be given back"
  return new Unsupported({ message, feature: "several answers" })
}

const exchange = (
  deployment: Deployment,
  input: Input,
  request: HttpExchange.HttpRequest,
  resume: Resume
): Effect.Effect<void> => {
  const one = new Exchange.Exchange(deployment, input)
  // Apart from the request, which a stream would hold otherwise as long as it goes on.
  const end: Resume = input.call.stream ? (answer) => resume(Effect.tap(answer, () => endsWithScope(one))) : resume
  one.start(request, end)
  return Effect.sync(() => one.abort())
}

const endsWithScope = (one: Exchange.Exchange): Effect.Effect<void, never, Scope.Scope> => {
  const letGo = Effect.sync(() => one.letGo())
  return Effect.flatMap(Effect.scope, (scope) => Scope.addFinalizer(scope, letGo))
}

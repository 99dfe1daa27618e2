/**
 * The library in one piece: a Layer that needs nothing else, and calls that answer whole or as a stream.
 *
 * Everything here is put together from the parts that the gateway uses (`Router`, `Health`, `Limits`, `Providers`), with state in
 * memory. Programs that want another store, or a record, take those parts themselves.
 */
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Served, Streaming } from "../domain/Answer.ts"
import type { AttemptError } from "../domain/AttemptError.ts"
import type { ProgramOptions as CallOptions } from "../domain/Call.ts"
import type { CallError } from "../domain/CallError.ts"
import * as LibraryCall from "../domain/LibraryCall.ts"
import type { Reason } from "../domain/Reason.ts"
import * as Request from "../domain/Request.ts"
import type { EmbeddingsResponse, Response, StreamPart } from "../domain/Response.ts"
import { Rule } from "../provider/failure/Rule.ts"
import * as RuleSet from "../provider/failure/RuleSet.ts"
import { type Provider, ProviderRegistry } from "../provider/Provider.ts"
import type { Route } from "../route/Route.ts"
import { type Answered as RouterAnswered, Router } from "../route/Router.ts"
import { Health } from "../target/Health.ts"
import { Limits } from "../target/Limits.ts"
import { Recorder } from "../target/Recorder.ts"
import * as Unreadable from "../target/Unreadable.ts"
import type { FailuresConfig } from "./config/Types.ts"
import * as Connections from "./Connections.ts"
import * as Definition from "./Definition.ts"
import * as Measures from "./Measures.ts"
import * as Priced from "./Priced.ts"
import * as Providers from "./Providers.ts"
import * as StreamParts from "./StreamParts.ts"

/** What a layer is made of. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** By id: how to reach it, or a provider in process (a demo, a script, a model of `effect/ai`). `{}` is enough for a known name. */
  readonly providers: Readonly<Record<string, Definition.Definition | Provider>>
  /** For `Route.route(name)`. */
  readonly routes?: Readonly<Record<string, Route>> | undefined
  /** What answers of the providers over HTTP mean, before the rules that ship with Orelse: the configuration's `failures`. Default none. */
  readonly failures?: FailuresConfig | undefined
}

/**
 * A router over these providers, with health and limits of its own in memory. A `Recorder` in the context gets every call; without one
 * nothing is kept, and prices are known all the same.
 *
 * **Details** A key that is not given is read from its usual variable through effect's `Config`; where it is not set the provider is
 * passed over, and the error says so. Connections live as long as the layer. A program may hold several layers: none knows of another's
 * cooldowns or limits. Throws where a definition or a rule cannot be right.
 *
 * @stability stable
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<Router, Config.ConfigError> =>
  Router.layerRoutes(options.routes ?? {}).pipe(
    Layer.provide([
      Layer.effect(ProviderRegistry, registry(options)),
      Layer.effect(Recorder, recorder),
      // Its own: providers of another layer may have the same names, and other accounts.
      Layer.fresh(Layer.mergeAll(Health.layerMemory, Limits.layerMemory))
    ])
  )

const recorder = Effect.map(
  Effect.serviceOption(Recorder),
  Option.getOrElse(() => Priced.recorder)
)

/** What can be wrong in code is thrown here, before any effect runs. */
const registry = (options: Options): Effect.Effect<ProviderRegistry["Service"], Config.ConfigError, Scope.Scope> => {
  const defined = Object.entries(options.providers).map(([id, one]) =>
    "attempt" in one ? Effect.succeed(inProcess(id, one)) : Definition.resolve(id, one)
  )
  const rules = RuleSet.make(rulesOf(options))
  return Effect.gen(function* () {
    const connections = yield* Connections.make
    const providers = yield* Effect.all(defined)
    return ProviderRegistry.fromProviders(
      providers.map((one) => ("attempt" in one ? one : Providers.one(one, connections, rules)))
    )
  })
}

const decodeRules = Schema.decodeUnknownResult(Schema.Array(Rule), { onExcessProperty: "error" })

const rulesOf = ({ failures }: Options): ReadonlyArray<Rule> => {
  const rules = decodeRules(failures?.rules ?? [])
  if (Result.isSuccess(rules)) return rules.success
  throw new Error(`Orelse.layer: failures.rules must be rules as of the configuration. ${rules.failure.message}`)
}

const inProcess = (id: string, provider: Provider): Provider => {
  if (provider.id !== id)
    throw new Error(`Orelse.layer: providers["${id}"] must have the id "${id}", got "${provider.id}"`)
  if (provider.credentials.length === 0 && provider.disabled === undefined)
    throw new Error(`Orelse.layer: providers["${id}"] must have a credential (its secret may be undefined), got none`)
  if (id === "" || id.includes("/"))
    throw new Error(`Orelse.layer: a provider's id must not be empty or hold "/", got "${id}"`)
  Measures.check("Orelse.layer", provider)
  return provider
}

/** An answer, and who gave it after what. @stability stable @category models @since 0.1.0 */
export interface Answered {
  /** UUIDv7, as the record has it. */
  readonly callId: string
  readonly response: Response
  /** All text of the answer. */
  readonly text: string
  readonly served: Served
}

/**
 * Answers a request through a route, whole. Fails with one `CallError` that holds the reason and every attempt; interruption ends the
 * exchange that is under way. A text is one user message. Dies where `options.attempts` is below 1.
 *
 * @stability stable
 * @category running
 * @since 0.1.0
 */
export const run = <E extends Reason>(
  route: Route<E>,
  request: string | Request.Request,
  options?: CallOptions
): Effect.Effect<Answered, CallError<E>, Router> =>
  Effect.scoped(
    Effect.gen(function* () {
      const router = yield* Router
      const name = nameOf(route)
      const call = yield* LibraryCall.make(asRequest(request), options, name)
      const { answer, served } = yield* router.run(call, route, name)
      if (answer._tag === "Streaming")
        return yield* Effect.die(new Error(`${served.provider} answered with a stream that was not asked for`))
      const response = answer.response()
      return { callId: call.id, response, text: textOf(response), served }
    })
  )

/** A stream, and who gives it after what. @stability stable @category models @since 0.1.0 */
export interface Opened {
  /** UUIDv7, as the record has it. */
  readonly callId: string
  readonly served: Served
  /**
   * From the first content on; can be run once, also where the answer came whole. Fails where it was cut or read before, or the scope is
   * closed.
   */
  readonly parts: Stream.Stream<StreamPart, AttemptError>
}

/**
 * Answers a request as a stream: succeeds when the first content is there, and until then falls back as a whole answer does. The call is
 * over when its parts have been read; closing the scope before hangs up.
 *
 * @stability stable
 * @category running
 * @since 0.1.0
 */
export const open = <E extends Reason>(
  route: Route<E>,
  request: string | Request.Request,
  options?: CallOptions
): Effect.Effect<Opened, CallError<E>, Router | Scope.Scope> =>
  Effect.gen(function* () {
    const router = yield* Router
    const name = nameOf(route)
    const call = yield* LibraryCall.make(asRequest(request), { ...options, stream: true }, name)
    const answered = yield* router.run(call, route, name)
    const { answer, end, served } = answered
    if (answer._tag === "Streaming") return { callId: call.id, served, parts: partsOf(answered, answer) }
    // It is all here: the call holds nothing any more.
    yield* end(Exit.void)
    return {
      callId: call.id,
      served,
      parts: once(served, yield* Effect.scope, StreamParts.ofResponse(answer.response()))
    }
  })

/** The call is over with its parts, however long the scope around it lives. A second reading, which fails, ends nothing. */
const partsOf = ({ end, state }: RouterAnswered, answer: Streaming): Opened["parts"] =>
  StreamParts.toStream({
    ...answer,
    run: (sink) =>
      Effect.onExit(answer.run(sink), (exit) => (state.attempt?.hasEnded === true ? end(exit) : Effect.void))
  })

/** What came whole is read on the terms of a stream: whoever wrote for the one has not written for the other. */
const once = (served: Served, scope: Scope.Scope, parts: Stream.Stream<StreamPart>): Opened["parts"] => {
  let wasRead = false
  return Stream.suspend(() => {
    if (wasRead) return Stream.fail(Unreadable.make(served, Unreadable.readBefore, true))
    if (scope.state._tag === "Closed") return Stream.fail(Unreadable.make(served, Unreadable.scopeClosed, false))
    wasRead = true
    return parts
  })
}

/**
 * The parts of an answer as they come. A failure before the first content is a `CallError`, after it an `AttemptError`: a stream that
 * was cut never ends as if it were whole.
 *
 * @stability stable
 * @category running
 * @since 0.1.0
 */
export const stream = <E extends Reason>(
  route: Route<E>,
  request: string | Request.Request,
  options?: CallOptions
): Stream.Stream<StreamPart, CallError<E> | AttemptError, Router> =>
  Stream.unwrap(Effect.map(open(route, request, options), ({ parts }) => parts))

/** Vectors in the order of the texts, and who made them after what. @stability stable @category models @since 0.1.0 */
export interface Embedded extends EmbeddingsResponse {
  readonly callId: string
  readonly served: Served
}

/**
 * Embeds texts through a route, one vector a text; fails and is interrupted as `run`. Targets should make vectors of one kind: those of
 * different models cannot be compared.
 *
 * @stability stable
 * @category running
 * @since 0.1.0
 */
export const embed = <E extends Reason>(
  route: Route<E>,
  request: string | ReadonlyArray<string> | Request.Embeddings,
  options?: CallOptions
): Effect.Effect<Embedded, CallError<E>, Router> =>
  Effect.scoped(
    Effect.gen(function* () {
      const router = yield* Router
      const name = nameOf(route)
      const call = yield* LibraryCall.embeddings(asEmbeddings(request), options, name)
      const { answer, served } = yield* router.run(call, route, name)
      const response = answer._tag === "Whole" ? answer.embeddings?.() : undefined
      if (response === undefined) return yield* Effect.die(new Error(`${served.provider} answered without embeddings`))
      return { ...response, callId: call.id, served }
    })
  )

/** What a call goes on record under: a named route, or a target. A larger tree has no name. */
const nameOf = ({ node }: Route): string | undefined => {
  switch (node._tag) {
    case "Named":
      return node.name
    case "Target":
      return `${node.provider}/${node.model}`
    case "Retry":
    case "RetryWith":
    case "Repair":
    case "Deadline":
    case "Budget":
      return nameOf(node.route)
    case "OrElse":
    case "Balance":
      return undefined
  }
}

const asRequest = (request: string | Request.Request): Request.Request =>
  typeof request === "string" ? Request.text(request) : request

const asEmbeddings = (request: string | ReadonlyArray<string> | Request.Embeddings): Request.Embeddings => {
  if (typeof request === "string") return { input: [request] }
  return "input" in request ? request : { input: request }
}

const textOf = (response: Response): string =>
  response.content.map((part) => (part.type === "text" ? part.text : "")).join("")

/**
 * The gateway, as a table of contents: what it listens to, and which part answers.
 *
 * Layers from the outside in: HTTP server → routes → `Gateway` (configuration in force and its router) → record, health, limits.
 * Stopping it: not ready, no new connections, running calls finish within the drain time, what is left gets its dialect's error
 * event, the ledger is flushed.
 */
import type { ConfigError } from "@orelse/core/layer/config/Config"
import type { Config } from "@orelse/core/layer/config/Types"
import type { Ledger, LedgerUnavailable } from "@orelse/core/layer/Ledger"
import * as Recording from "@orelse/core/layer/Recording"
import type { Telemetry } from "@orelse/core/layer/Telemetry"
import type { Health } from "@orelse/core/target/Health"
import type { Limits } from "@orelse/core/target/Limits"
import type { Recorder } from "@orelse/core/target/Recorder"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TracerDisabledWhen } from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import type { Budgets } from "./callers/Budgets.ts"
import * as Callers from "./callers/Callers.ts"
import * as KeysFile from "./callers/KeysFile.ts"
import * as AnthropicMessages from "./dialects/AnthropicMessages.ts"
import * as OpenAiChat from "./dialects/OpenAiChat.ts"
import * as OpenAiResponses from "./dialects/OpenAiResponses.ts"
import * as Descriptors from "./Descriptors.ts"
import * as Admin from "./http/Admin.ts"
import * as Application from "./http/Application.ts"
import * as Docs from "./http/Docs.ts"
import { Gateway } from "./http/Gateway.ts"
import * as GeminiCalls from "./http/GeminiCalls.ts"
import * as Inbound from "./http/Inbound.ts"
import * as Listener from "./http/Listener.ts"
import * as Live from "./http/Live.ts"
import * as Models from "./http/Models.ts"
import * as Operations from "./http/Operations.ts"
import { raw } from "./http/Raw.ts"
import * as Strays from "./http/Strays.ts"
import type { Endpoint } from "./http/Visit.ts"
import * as Observation from "./Observation.ts"
import * as Reload from "./Reload.ts"
import * as LedgerStore from "./ledger/LedgerStore.ts"
import * as State from "./state/State.ts"
import * as Answering from "./workers/Answering.ts"

/** Where to listen; what is absent comes from the configuration. @stability stable @category models @since 0.1.0 */
export interface Options {
  readonly host?: string | undefined
  /** 0 takes any free port. */
  readonly port?: number | undefined
  /** Reads the configuration again; without it the gateway keeps the one it began with. */
  readonly reload?: Effect.Effect<Config, ConfigError> | undefined
  /** Where a line a call is written; nowhere by default. */
  readonly log?: Observation.Log | undefined
}

/** The calls of every dialect. */
const calls = HttpRouter.use((router) =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const on = (endpoint: Endpoint) =>
      raw((request, response, fiber) => Inbound.handle(gateway, endpoint, request, response, fiber))
    yield* router.add("POST", "/v1/chat/completions", on({ dialect: OpenAiChat.dialect, operation: "chat" }))
    yield* router.add("POST", "/v1/responses", on({ dialect: OpenAiResponses.dialect, operation: "chat" }))
    yield* router.add("POST", "/v1/embeddings", on({ dialect: OpenAiChat.dialect, operation: "embeddings" }))
    yield* router.add("POST", "/v1/messages", on({ dialect: AnthropicMessages.dialect, operation: "chat" }))
    yield* router.add(
      "POST",
      "/v1/messages/count_tokens",
      on({ dialect: AnthropicMessages.dialect, operation: "chat", count: AnthropicMessages.count })
    )
  })
)

/** What a gateway is made of, for a program that looks into it. @stability experimental @category models @since 0.1.0 */
export type Parts =
  | HttpServer.HttpServer
  | Gateway
  | Ledger
  | Telemetry
  | Recorder
  | Health
  | Limits
  | Callers.Callers
  | Budgets

/** Why a gateway does not begin: its port, its ledger, its file of keys or its shared state. @stability experimental @category errors @since 0.1.0 */
export type Unready = ServeError | LedgerUnavailable | KeysFile.KeysFileError | State.StateUnavailable

/**
 * A gateway that listens as long as its scope is open; closing that lets calls under way finish within `server.drainTimeout`. Fails where the
 * port is taken, or where ledger, keys or state cannot be had.
 *
 * @stability stable
 * @category layers
 * @since 0.1.0
 */
export const layer = (config: Config, options: Options = {}): Layer.Layer<Parts, Unready> => {
  const observation = Observation.make(config, options.log)
  const sight = Reload.sight(config.file)
  const records = Recording.layer.pipe(
    Layer.provideMerge(Layer.mergeAll(LedgerStore.fromConfig(config.ledger), observation.telemetry))
  )
  const engine = State.fromConfig(config.state).pipe(Layer.provideMerge(records))
  const callers = Callers.layer(KeysFile.pathOf(config.ledger.path))
  const gateway = Live.layer(config, options.reload && sight.reading(options.reload)).pipe(
    Layer.provideMerge(callers),
    Layer.provideMerge(engine)
  )
  const app = HttpRouter.serve(
    Layer.mergeAll(
      calls,
      GeminiCalls.layer,
      Models.layer,
      Admin.layer,
      Application.layer,
      Docs.layer,
      Operations.layer,
      Strays.layer
    ),
    {
      // A name is as long as it is: none is matched by a pattern.
      routerConfig: { maxParamLength: Listener.maxHeaderSize },
      disableLogger: true,
      disableListenLog: true
    }
  )
  const listening = Layer.suspend(() => {
    const where = { host: options.host ?? config.server.host, port: options.port ?? config.server.port }
    const listener = Listener.make(config.server, where)
    const descriptors = Layer.effectDiscard(Descriptors.watch())
    return Layer.mergeAll(listener.draining, Reload.layer(sight), Answering.layer, descriptors).pipe(
      Layer.provideMerge(app),
      Layer.provideMerge(listener.layer)
    )
  })
  return listening.pipe(
    // Spans are made from finished records (core's `layer/Telemetry`), not by the HTTP server.
    Layer.provideMerge(Layer.succeed(TracerDisabledWhen, () => true)),
    // Below the calls: it hears the last of them.
    Layer.provideMerge(observation.listeners),
    Layer.provideMerge(gateway)
  )
}

/** Where the gateway listens, as a URL. @stability stable @category getters @since 0.1.0 */
export const address: Effect.Effect<string, never, HttpServer.HttpServer> = Effect.map(
  HttpServer.HttpServer,
  (server) => HttpServer.formatAddress(server.address)
)

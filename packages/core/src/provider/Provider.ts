/**
 * A provider as the engine sees it: an id, credentials, limits, and one function that makes exactly one attempt.
 *
 * Providers over HTTP are built by `HttpAttempt.ts`; tests script their own (`testing/ScriptedProvider.ts`); an `effect/ai` model can
 * be one (`layer/LanguageModel.ts`). A provider never retries, waits or falls back, and keeps no health.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Alarms } from "../domain/Alarms.ts"
import type { Answer } from "../domain/Answer.ts"
import type { AttemptError } from "../domain/AttemptError.ts"
import type { Call } from "../domain/Call.ts"
import type { ProtocolId } from "../domain/Dialect.ts"
import type { FinishReason } from "../domain/Response.ts"
import type { Request } from "../domain/Request.ts"
import type { Usage } from "../domain/Usage.ts"
import type { Expiry } from "./Expiry.ts"

/** One API key or signing identity; `name` is what records show. @stability stable @category models @since 0.1.0 */
export interface Credential {
  readonly name: string
  readonly secret: Redacted.Redacted<string> | undefined
}

/** What is declared of a model. Prices are USD per 1e6 tokens. @stability stable @category models @since 0.1.0 */
export interface ModelInfo {
  /** Tokens of prompt and answer together. */
  readonly contextWindow?: number | undefined
  readonly maxOutputTokens?: number | undefined
  readonly inputPrice?: number | undefined
  readonly outputPrice?: number | undefined
  readonly cachedPrice?: number | undefined
  readonly cacheWritePrice?: number | undefined
  /** `false` where the model cannot take tools. */
  readonly tools?: boolean | undefined
}

/** Limits of one credential. @stability stable @category models @since 0.1.0 */
export interface Limits {
  readonly requests?: { readonly limit: number; readonly window: Duration.Duration } | undefined
  readonly tokens?: { readonly limit: number; readonly window: Duration.Duration } | undefined
  readonly concurrency?: number | undefined
}

/** Facts of an attempt that are known before it ends; the provider writes, the runner reads. Milliseconds from the start. @stability stable @category models @since 0.1.0 */
export interface Trace {
  connectMs?: number | undefined
  /** Where the provider leaves it out, the time to the answer's beginning. */
  firstContentMs?: number | undefined
  status?: number | undefined
  requestId?: string | undefined
  usage?: Usage | undefined
  /** Of the content that has come so far, as we count it. */
  deliveredTokens?: number | undefined
  finishReason?: FinishReason | undefined
}

/** What the attempt is told. @stability stable @category models @since 0.1.0 */
export interface Input {
  readonly call: Call
  readonly model: string
  readonly credential: Credential
  /** The mended request, where a repair applied; else the call's own. */
  readonly request: Request | undefined
  readonly connectTimeout: Duration.Duration
  readonly commit: {
    readonly on: "firstContent" | "firstEvent" | "headers"
    readonly maxEvents: number
    readonly maxWait: Duration.Duration
  }
  readonly trace: Trace
  /** Tells when the time for the first content, and later for the stream, is up. */
  readonly expiry: Expiry
  readonly alarms: Alarms
}

/** A provider. One in process has the protocol `library`; whatever a call asks for, it may answer with a `Whole`. @stability stable @category models @since 0.1.0 */
export interface Provider {
  readonly id: string
  readonly protocol: ProtocolId | "library"
  /** Row of the profile table, or the protocol where there is none. */
  readonly family: string
  /** At least one, unless `disabled`. */
  readonly credentials: ReadonlyArray<Credential>
  /** Why it cannot be asked, in words for a caller. */
  readonly disabled?: string | undefined
  readonly models: Readonly<Record<string, ModelInfo>>
  readonly limits?: Limits | undefined
  readonly timeouts?:
    | {
        readonly connect?: Duration.Duration | undefined
        readonly firstContent?: Duration.Duration | undefined
        readonly idle?: Duration.Duration | undefined
        readonly total?: Duration.Duration | undefined
      }
    | undefined
  /** Whether attempts and their streams listen to `input.expiry`; those that do not are interrupted when their time is up. */
  readonly listens?: boolean | undefined
  /**
   * Exactly one exchange. For a stream it ends when the first content is there; closing the scope ends the exchange. Where it throws, dies,
   * fails with something else or is interrupted by itself, the attempt has failed for no known reason (`UnknownFailure`), and the log says where; a stream that had
   * begun ends in `StreamInterrupted`. An answer that cannot be read counts as that too; one that is not what was asked for (a stream for a
   * whole answer, words for vectors, or not one a text) is a `MalformedResponse`, and one with neither content nor a finish reason an
   * `EmptyResponse`. A stream without content ends in that, too; an `error` in it ends it as the rules read its body. What breaks as the
   * scope closes is told in the log, and ends nothing. What the sink throws is the defect of whoever reads.
   */
  readonly attempt: (input: Input) => Effect.Effect<Answer, AttemptError, Scope.Scope>
}

/**
 * The providers that routes name.
 *
 * @stability stable
 * @category services
 * @since 0.1.0
 */
export class ProviderRegistry extends Context.Service<
  ProviderRegistry,
  { readonly get: (id: string) => Provider | undefined; readonly ids: ReadonlyArray<string> }
>()("@orelse/core/provider/ProviderRegistry") {
  /** A registry of these providers; a later one of the same id wins. */
  static readonly fromProviders = (providers: ReadonlyArray<Provider>): ProviderRegistry["Service"] => {
    const byId = new Map(providers.map((provider) => [provider.id, provider]))
    return { get: (id) => byId.get(id), ids: [...byId.keys()] }
  }
  static readonly layerOf = (providers: ReadonlyArray<Provider>) =>
    Layer.succeed(ProviderRegistry, ProviderRegistry.fromProviders(providers))
}

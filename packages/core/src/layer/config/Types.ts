/**
 * The configuration after decoding: plain values, whole and checked, with secrets already `Redacted`.
 *
 * Two of them can be compared and printed; nothing in it holds a connection. What is switched off is still here, with its reason.
 */
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import type { ProtocolId } from "../../domain/Dialect.ts"
import type { RetryPolicy } from "../../policy/RetryPolicy.ts"
import type { Scheme } from "../../provider/Auth.ts"
import type { Rule } from "../../provider/failure/Rule.ts"
import type { Limits, ModelInfo } from "../../provider/Provider.ts"
import type { Proxy } from "../../provider/Proxy.ts"
import type { Route } from "../../route/Route.ts"

/** How the gateway listens, and to whom. @stability stable @category models @since 0.1.0 */
export interface ServerConfig {
  readonly host: string
  readonly port: number
  /** Bytes. */
  readonly maxBodySize: number
  readonly drainTimeout: Duration.Duration
  readonly keepAlive: Duration.Duration
  readonly headersTimeout: Duration.Duration
  /** For headers and body together. */
  readonly requestTimeout: Duration.Duration
  /** Opens /admin from afar; without it only loopback may. */
  readonly adminKey: Redacted.Redacted<string> | undefined
  readonly cors: ReadonlyArray<string>
  readonly sanitize: boolean
}

/** One key. `secret` is absent where none is sent, or where `disabled` says why. @stability stable @category models @since 0.1.0 */
export interface CredentialConfig {
  readonly name: string
  readonly secret: Redacted.Redacted<string> | undefined
  readonly disabled?: string | undefined
}

/** A provider, filled in from what is known of its name. @stability stable @category models @since 0.1.0 */
export interface ProviderConfig {
  readonly id: string
  /** `library` is the built-in `demo` provider, which needs no network. */
  readonly protocol: ProtocolId | "library"
  /** Ends as the provider's own SDK takes it; empty for `demo`, and where `disabled`. */
  readonly url: string
  /** Name of the profile row it follows, or its protocol. */
  readonly family: string
  readonly auth: Scheme
  /** Every key of the file, in order; one without a secret where the provider needs none. */
  readonly credentials: ReadonlyArray<CredentialConfig>
  readonly headers: Readonly<Record<string, string>>
  readonly limits: Limits | undefined
  readonly timeouts: {
    readonly connect?: Duration.Duration | undefined
    readonly firstContent?: Duration.Duration | undefined
    readonly idle?: Duration.Duration | undefined
    readonly total?: Duration.Duration | undefined
  }
  readonly models: Readonly<Record<string, ModelInfo>>
  readonly quirks: Readonly<Record<string, boolean | string | number>>
  /** The forward proxy that it is reached through; absent where it is reached straight. */
  readonly proxy?: Proxy | undefined
  /** Why it cannot be asked, for `check`, the start-up summary and the error that a caller gets. */
  readonly disabled?: string | undefined
}

/** A named route. @stability stable @category models @since 0.1.0 */
export interface RouteConfig {
  readonly name: string
  readonly route: Route
  /** The policy around the whole of it. */
  readonly policy: RetryPolicy
  /** What stands in the file. */
  readonly source: unknown
}

/** Who may call, what, and how much. @stability stable @category models @since 0.1.0 */
export interface CallerConfig {
  readonly name: string
  /** Its key, or `sha256:` and the hash of that in hex; absent where it has only keys made by `orelse keys new`. */
  readonly key: Redacted.Redacted<string> | undefined
  /** Routes and targets it may use; absent where all. */
  readonly routes: ReadonlyArray<string> | undefined
  readonly limits: Limits | undefined
  readonly budget: { readonly usd: number; readonly per: "hour" | "day" | "month" } | undefined
  /** Why nobody can call as this one. */
  readonly disabled?: string | undefined
}

/** Where calls go on record, and for how long. @stability stable @category models @since 0.1.0 */
export interface LedgerConfig {
  readonly store: "sqlite" | "postgres" | "none"
  readonly path: string
  readonly url: Redacted.Redacted<string> | undefined
  readonly bodies: "none" | "full"
  readonly durability: "batched" | "strict"
  readonly retention: Duration.Duration
}

/** Where limits and cooldowns are kept. @stability stable @category models @since 0.1.0 */
export interface StateConfig {
  readonly store: "memory" | "redis"
  readonly url: Redacted.Redacted<string> | undefined
}

/** Where spans and metrics are sent. @stability stable @category models @since 0.1.0 */
export interface TelemetryConfig {
  /** Base URL of the collector; absent where nothing is exported. */
  readonly otlp: string | undefined
  readonly serviceName: string
  /** The forward proxy that the collector is reached through. */
  readonly proxy?: Proxy | undefined
  readonly headers: Readonly<Record<string, Redacted.Redacted<string>>>
}

/** What answers of providers mean beside what is known. @stability stable @category models @since 0.1.0 */
export interface FailuresConfig {
  /** The file's own rules; they come before those that ship with Orelse. */
  readonly rules: ReadonlyArray<Rule>
}

/** Something that is off, or worth a second look, though the file is valid. @stability stable @category models @since 0.1.0 */
export interface Note {
  /** As people write it: `providers.openai.keys[1]`. */
  readonly path: string
  readonly reason: string
}

/** A whole configuration. @stability stable @category models @since 0.1.0 */
export interface Config {
  /** Where it was read; absent for the embedded default. */
  readonly file: string | undefined
  readonly server: ServerConfig
  readonly providers: ReadonlyMap<string, ProviderConfig>
  readonly policies: ReadonlyMap<string, RetryPolicy>
  readonly routes: ReadonlyMap<string, RouteConfig>
  readonly callers: ReadonlyArray<CallerConfig>
  readonly ledger: LedgerConfig
  readonly state: StateConfig
  readonly telemetry: TelemetryConfig
  readonly failures: FailuresConfig
  readonly notes: ReadonlyArray<Note>
}

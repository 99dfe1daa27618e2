/**
 * A provider over HTTP as its attempts need it, put together once when the configuration loads.
 */
import type { Dispatcher } from "undici"
import type * as Effect from "effect/Effect"
import type { Reason } from "../domain/Reason.ts"
import type { Added, Authorize } from "./Auth.ts"
import type { RuleSet } from "./failure/RuleSet.ts"
import type { Context, Protocol } from "./Protocol.ts"
import type { Input } from "./Provider.ts"
import type { Proxy } from "./Proxy.ts"

/** A callable deployment. @stability experimental @category models @since 0.1.0 */
export interface Deployment {
  readonly id: string
  readonly family: string
  readonly protocol: Protocol
  /** Scheme, host and port. */
  readonly origin: string
  /** The path and query to call, from what the protocol wrote. */
  readonly path: (written: string) => string
  readonly headers: Readonly<Record<string, string>>
  readonly quirks: Context["quirks"]
  /** The auth headers of a credential (or a whole signature of this request). */
  readonly authorize: (credential: Input["credential"], request: Parameters<Authorize>[0]) => Auth
  readonly rules: RuleSet | undefined
  /**
   * Its connections have no clock of their own: each attempt keeps one, from when it is told that a connection is opened for it
   * (`HttpExchange.connecting`). `Origin` says so; behind any other dispatcher connecting has the clock of the first content alone.
   */
  readonly dispatcher: Dispatcher
  /** What its connections go through, for who reads of a failure. */
  readonly proxy?: Proxy | undefined
}

/** What auth adds; the same object each time where it is the same. @stability experimental @category models @since 0.1.0 */
export type Auth = Added | Effect.Effect<Added, Reason>

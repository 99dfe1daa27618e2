/**
 * The connections to all providers, straight and through forward proxies: kept alive, shared by all calls, also over a change of
 * configuration. Which one a provider takes is settled when it is put together (`Providers.ts`), so that no call asks.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { Agent, type buildConnector, type Dispatcher, Pool } from "undici"
import { Forward } from "../provider/Forward.ts"
import * as HttpExchange from "../provider/HttpExchange.ts"
import type { Proxy } from "../provider/Proxy.ts"
import * as Tunnel from "../provider/Tunnel.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Connections {
  /** What dispatches requests to this origin, through this proxy where there is one. */
  readonly to: (origin: string, proxy: Proxy | undefined) => Dispatcher
}

/**
 * Connections that are closed with the scope.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<Connections, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => ({ direct: agent(HttpExchange.connector), proxied: new Map<string, Agent>() })),
    ({ direct, proxied }) =>
      Effect.promise(() => Promise.all([direct, ...proxied.values()].map((one) => one.destroy())))
  ),
  ({ direct, proxied }) => ({
    to: (origin, proxy) => {
      if (proxy === undefined) return direct
      const key = `${proxy.url} ${proxy.login === undefined ? "" : Redacted.value(proxy.login)}`
      const one = proxied.get(key) ?? agent(Tunnel.connector(proxy))
      proxied.set(key, one)
      return origin.startsWith("http:") ? new Forward(proxy, one) : one
    }
  })
)

const agent = (connect: buildConnector.connector): Agent =>
  new Agent({
    factory: (origin) => new Pool(origin, { ...options, connect }),
    maxOrigins: Number.POSITIVE_INFINITY
  })

/** Told to the pools alone: an agent that knows of `allowH2` makes a key of it for every request. */
const options: Pool.Options = {
  allowH2: false,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 30_000,
  keepAliveMaxTimeout: 300_000,
  pipelining: 1
}

/**
 * The connections to all providers, straight and through forward proxies: kept alive, shared by all calls, also over a change of
 * configuration that still asks for them. Which one a provider takes is settled when it is put together (`Providers.ts`), so that no call asks.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Dispatcher } from "undici"
import { Forward } from "../provider/Forward.ts"
import * as HttpExchange from "../provider/HttpExchange.ts"
import { Origin } from "../provider/Origin.ts"
import type { Proxy } from "../provider/Proxy.ts"
import * as Tunnel from "../provider/Tunnel.ts"

/** Where providers over HTTP get their connections from. @stability experimental @category models @since 0.1.0 */
export interface Connections {
  /** What dispatches requests to this origin, through this proxy where there is one. */
  readonly to: (origin: string, proxy: Proxy | undefined) => Dispatcher
}

/** Those of a configuration that is to be put in force. @stability experimental @category models @since 0.1.0 */
export interface Next extends Connections {
  /** It is: what it has not asked for is closed as it comes free, and forgotten. */
  readonly inForce: () => void
}

/** Those of one configuration after another. @stability experimental @category models @since 0.1.0 */
export interface Kept extends Connections {
  readonly next: () => Next
}

/**
 * Connections that are closed with the scope.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<Kept, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => new Map<string, Origin>()),
    (origins) => Effect.promise(() => Promise.all([...origins.values()].map((one) => one.end())))
  ),
  (origins) => {
    const to = (origin: string, proxy: Proxy | undefined): Dispatcher => {
      const key = keyOf(origin, proxy)
      const one =
        origins.get(key) ?? new Origin(origin, proxy === undefined ? HttpExchange.open : Tunnel.connector(proxy))
      origins.set(key, one)
      return proxy !== undefined && origin.startsWith("http:") ? new Forward(proxy, one) : one
    }
    return { to, next: () => next(origins, to) }
  }
)

const next = (origins: Map<string, Origin>, to: Connections["to"]): Next => {
  const asked = new Set<string>()
  return {
    to: (origin, proxy) => {
      asked.add(keyOf(origin, proxy))
      return to(origin, proxy)
    },
    inForce: () => {
      for (const [key, one] of origins) {
        if (asked.has(key)) continue
        origins.delete(key)
        one.leave()
      }
    }
  }
}

const keyOf = (origin: string, proxy: Proxy | undefined): string =>
  proxy === undefined
    ? origin
    : `${origin} ${proxy.url} ${proxy.login === undefined ? "" : Redacted.value(proxy.login)}`

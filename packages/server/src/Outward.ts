/**
 * The HTTP client that reaches the collector: straight, or through a forward proxy. Providers are reached by connections of their own.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Proxy from "@orelse/core/provider/Proxy"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Pool, ProxyAgent } from "undici"

/** How long a proxy may take to open a tunnel, in milliseconds. */
const patience = 10_000

/** The client. undici's own agent will do: nobody hangs up on a collector, and no failure of it is read for a reason. */
export const client = (proxy: Proxy.Proxy | undefined) =>
  proxy === undefined
    ? NodeHttpClient.layerUndici
    : Layer.provide(
        NodeHttpClient.layerUndiciNoDispatcher,
        Layer.effect(
          NodeHttpClient.Dispatcher,
          Effect.acquireRelease(
            Effect.sync(() => agent(proxy)),
            (dispatcher) => Effect.promise(() => dispatcher.destroy())
          )
        )
      )

const agent = (proxy: Proxy.Proxy): ProxyAgent => {
  const token = Proxy.headers(proxy)["proxy-authorization"]
  return new ProxyAgent({
    uri: proxy.url,
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: patience }),
    ...(token === undefined ? {} : { token })
  })
}

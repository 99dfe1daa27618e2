/**
 * From configuration to providers: endpoint, auth, protocol and connections put together once, so that a call only picks.
 *
 * Connections belong to the scope: they are kept alive between calls and closed with it.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Agent, type Dispatcher, Pool } from "undici"
import * as Auth from "../provider/Auth.ts"
import * as Demo from "../provider/Demo.ts"
import * as Endpoint from "../provider/Endpoint.ts"
import * as HttpAttempt from "../provider/HttpAttempt.ts"
import * as HttpExchange from "../provider/HttpExchange.ts"
import { builtIn } from "../provider/protocols/builtIn.ts"
import * as RuleSet from "../provider/failure/RuleSet.ts"
import type { Provider } from "../provider/Provider.ts"
import type { Config, ProviderConfig } from "./config/Types.ts"

/**
 * The providers of a configuration, disabled ones included with their reason.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  config: Pick<Config, "providers" | "failures">,
  dispatcher: Dispatcher
): ReadonlyArray<Provider> => {
  const rules = RuleSet.make(config.failures.rules)
  return [...config.providers.values()].map((provider) => provide(provider, rules, dispatcher))
}

/** One provider, read by the built-in rules. @stability stable @category constructors @since 0.1.0 */
export const one = (config: ProviderConfig, dispatcher: Dispatcher): Provider =>
  provide(config, RuleSet.make([]), dispatcher)

const provide = (config: ProviderConfig, rules: RuleSet.RuleSet, dispatcher: Dispatcher): Provider => {
  if (config.protocol === "library") {
    const demo = Demo.make(config.id)
    return config.disabled === undefined ? demo : disabled(demo, config.disabled)
  }
  const protocol = builtIn[config.protocol]
  const endpoint = Endpoint.make(config.url)
  const common = {
    id: config.id,
    protocol: config.protocol,
    family: config.family,
    credentials: config.credentials.filter((credential) => credential.disabled === undefined),
    models: config.models,
    timeouts: config.timeouts,
    ...(config.limits === undefined ? {} : { limits: config.limits })
  }
  if (config.disabled !== undefined) return disabled(common, config.disabled)
  if (protocol === undefined) return disabled(common, `its protocol "${config.protocol}" is not built in`)
  if (endpoint === undefined) return disabled(common, `its url "${config.url}" is not an http(s) URL`)
  const authorize = new Map(common.credentials.map(({ name, secret }) => [name, Auth.make(config.auth, secret)]))
  return {
    ...common,
    listens: true,
    attempt: HttpAttempt.make({
      id: config.id,
      family: config.family,
      protocol,
      origin: endpoint.origin,
      path: endpoint.path,
      headers: config.headers,
      quirks: config.quirks,
      authorize: (credential, request) =>
        authorize.get(credential.name)?.({ origin: endpoint.origin, ...request }) ?? { headers: {} },
      rules,
      dispatcher
    })
  }
}

/** Listed, with its reason, and never asked: the runner passes it over. */
const disabled = (common: Omit<Provider, "attempt">, reason: string): Provider => ({
  ...common,
  disabled: reason,
  attempt: () => Effect.die(new Error(`${common.id} is disabled: ${reason}`))
})

/** Told to the pools alone: an agent that knows of `allowH2` makes a key of it for every request. */
const connections: Pool.Options = {
  allowH2: false,
  connect: HttpExchange.connector,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 30_000,
  keepAliveMaxTimeout: 300_000,
  pipelining: 1
}

/**
 * The connections of all providers: kept alive, shared by all calls, also over a change of configuration.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const dispatcher: Effect.Effect<Dispatcher, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(
    () => new Agent({ factory: (origin) => new Pool(origin, connections), maxOrigins: Number.POSITIVE_INFINITY })
  ),
  (agent) => Effect.promise(() => agent.destroy())
)

/**
 * From configuration to providers: endpoint, auth, protocol and connections put together once, so that a call only picks.
 */
import * as Effect from "effect/Effect"
import * as Auth from "../provider/Auth.ts"
import * as Demo from "../provider/Demo.ts"
import * as Endpoint from "../provider/Endpoint.ts"
import * as HttpAttempt from "../provider/HttpAttempt.ts"
import { builtIn } from "../provider/protocols/builtIn.ts"
import * as RuleSet from "../provider/failure/RuleSet.ts"
import type { Provider } from "../provider/Provider.ts"
import type { Config, ProviderConfig } from "./config/Types.ts"
import type { Connections } from "./Connections.ts"

/**
 * The providers of a configuration, disabled ones included with their reason.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  config: Pick<Config, "providers" | "failures">,
  connections: Connections
): ReadonlyArray<Provider> => {
  const rules = RuleSet.make(config.failures.rules)
  return [...config.providers.values()].map((provider) => one(provider, connections, rules))
}

/** One provider, whose failures are read by these rules; by default those that ship with Orelse. @stability stable @category constructors @since 0.1.0 */
export const one = (config: ProviderConfig, connections: Connections, rules = RuleSet.make()): Provider => {
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
      authorize: (credential, request) => authorize.get(credential.name)?.(request) ?? Auth.nothing,
      rules,
      dispatcher: connections.to(endpoint.origin, config.proxy),
      proxy: config.proxy
    })
  }
}

/** Listed, with its reason, and never asked: the runner passes it over. */
const disabled = (common: Omit<Provider, "attempt">, reason: string): Provider => ({
  ...common,
  disabled: reason,
  attempt: () => Effect.die(new Error(`${common.id} is disabled: ${reason}`))
})

/**
 * Whether a target can be asked at all, and with which credential: what is configured, what health says of it, and how much of that the policy
 * heeds.
 */
import type { Tag } from "../domain/Reason.ts"
import type * as RetryPolicy from "../policy/RetryPolicy.ts"
import type { Credential, Provider } from "../provider/Provider.ts"
import type { Frame } from "./CallState.ts"
import type { Engine } from "./Engine.ts"
import type * as Health from "./Health.ts"

/** Why a target of a provider that is not there was passed over. @stability experimental @category constructors @since 0.1.0 */
export const unregistered = (provider: string): string => `no provider "${provider}" is configured`

/**
 * Why a target cannot be asked, before anything is looked at that changes with time; `undefined` where it can.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const unable = (
  provider: Provider,
  model: string,
  frame: Frame,
  minimumWindow: number | undefined
): string | undefined => {
  if (provider.disabled !== undefined) return provider.disabled
  if (frame.policy.contextWindow === "any") return undefined
  const window = provider.models[model]?.contextWindow
  if (minimumWindow !== undefined && (window === undefined || window <= minimumWindow)) {
    return `no context window larger than ${minimumWindow} tokens is declared for it`
  }
  return undefined
}

/** What health keeps a credential of a target under. @stability experimental @category constructors @since 0.1.0 */
export const keyOf = ({ id }: Provider, model: string, { name }: Credential): Health.Key => ({
  provider: id,
  model,
  credential: name
})

/** How a target is written. @stability experimental @category conversions @since 0.1.0 */
export const idOf = ({ model, provider }: { readonly provider: string; readonly model: string }): string =>
  `${provider}/${model}`

/** Why it is left alone, in words for a caller. @stability experimental @category constructors @since 0.1.0 */
export const coolingDown = (ms: number, after: string): string =>
  `cooling down for ${Math.ceil(ms / 1000)} s more after ${after}`

/** Why no credential is free, and from when on one is, in epoch milliseconds. @stability experimental @category models @since 0.1.0 */
export type Unpicked = {
  readonly until: number
  readonly hardUntil: number
  readonly why: string
  readonly reason: Tag | undefined
}

/**
 * The first credential that is neither spent nor cooling; with `probe`, the one that cools down first.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const pick = (
  engine: Engine,
  policy: RetryPolicy.RetryPolicy,
  provider: Provider,
  model: string,
  spent: ReadonlyArray<string>,
  probe: boolean,
  now: number
): Credential | Unpicked => {
  let soonest: (Unpicked & { readonly credential: Credential }) | undefined
  for (const credential of provider.credentials) {
    if (spent.includes(credential.name)) continue
    const verdict = heeded(engine, policy, { provider: provider.id, model, credential: credential.name }, now)
    if (verdict.state === "healthy") return credential
    const until = verdict.state === "cooling" ? verdict.until : now
    const hardUntil = verdict.state === "cooling" ? verdict.hardUntil : now
    const { reason } = verdict
    const after = reason ?? "a failure"
    const why =
      verdict.state === "cooling" ? coolingDown(until - now, after) : `being probed by another call after ${after}`
    if (soonest === undefined || until < soonest.until) soonest = { credential, until, hardUntil, why, reason }
  }
  if (soonest === undefined) return { until: now, hardUntil: now, why: "it has no other credential", reason: undefined }
  return probe ? soonest.credential : soonest
}

/**
 * What health says, as far as the policy heeds it: nothing where it keeps none, and no probe of another call where it knows none.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const heeded = (
  engine: Engine,
  policy: RetryPolicy.RetryPolicy,
  key: Health.Key,
  now: number
): Health.Verdict => {
  if (!policy.health) return { state: "healthy" }
  const verdict = engine.health.verdict(key, now)
  return verdict.state === "probing" && policy.allCooling === "fail" ? { state: "healthy" } : verdict
}

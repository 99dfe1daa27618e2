/**
 * The preset `failover`: a chain of models, each with the credentials of its provider in turn.
 */
import type { Reason } from "../../domain/Reason.ts"
import * as failover from "../../policy/presets/failover.ts"
import * as words from "../../policy/presets/failoverWords.ts"
import * as Words from "../../policy/Words.ts"
import { unregistered } from "../../target/Availability.ts"
import * as Route from "../Route.ts"
import type { Ending, Report } from "./Report.ts"

/** The chain of models, and the policy's options. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** `provider/model`, or a model whose family says the provider. */
  readonly model: string
  readonly fallbacks?: ReadonlyArray<string> | undefined
  /** What every chain ends with. */
  readonly globalFallbacks?: ReadonlyArray<string> | undefined
  readonly options?: Partial<failover.Options> | undefined
}

/** The chain: trimmed, without what is empty and what stands in it already (F-9). @stability stable @category getters @since 0.1.0 */
export const chainOf = (options: Omit<Options, "options">): ReadonlyArray<string> => {
  const all = [options.model, ...(options.fallbacks ?? []), ...(options.globalFallbacks ?? [])]
  return [...new Set(all.map((entry) => entry.trim()).filter((entry) => entry !== ""))]
}

/** How a family's models begin, and its provider (F-50). */
const families: ReadonlyArray<readonly [RegExp, string]> = [
  [/^claude/, "anthropic"],
  [/^gemini/, "gemini"],
  [/^deepseek/, "deepseek"],
  [/^qwen/, "qwen"],
  [/^(?:chat)?glm/, "zhipu"],
  [/^(?:moonshot|kimi)/, "kimi"],
  [/^step/, "stepfun"],
  [/^grok/, "xai"]
]

/** The target that an entry names: split at the first `/`, else by its family (F-49, F-50). @stability stable @category getters @since 0.1.0 */
export const targetOf = (entry: string): `${string}/${string}` => {
  const slash = entry.indexOf("/")
  if (slash > 0) return `${entry.slice(0, slash)}/${entry.slice(slash + 1)}`
  const family = families.find(([prefix]) => prefix.test(entry.toLowerCase()))
  return `${family?.[1] ?? "openai"}/${entry}`
}

/** The route over the chain. @stability stable @category presets @since 0.1.0 */
export const route = (options: Options): Route.Route =>
  over(
    chainOf(options).map((entry) => Route.target(targetOf(entry))),
    options.options
  )

/** The route over targets (or routes) in this order. @stability stable @category presets @since 0.1.0 */
export const over = (chain: ReadonlyArray<Route.Route>, options?: Partial<failover.Options>): Route.Route => {
  if (chain.length === 0) throw new Error("failover.route: LLM request has no model resolved")
  return chain.reduce((left, right) => left.pipe(Route.orElse(right))).pipe(Route.retry(failover.policy(options)))
}

/** The chain's end in words (F-18, F-19, F-24); what is handed on at once stays as it is (F-15). @stability experimental @category reports @since 0.1.0 */
export const report: Report = (ending) => {
  const { last, targets } = ending
  if (last === undefined) return nothingAsked(ending)
  if (isOutputLimit(last)) return { wording: outputLimit(last.message) }
  if (last._tag === "ContextWindowExceeded" || isContext(last)) return { wording: last.message }
  return { wording: exhausted(targets, last.message) }
}

/** Where a provider is not there, that (F-21, F-51); else that all cool down. */
const nothingAsked = ({ state, targets }: Ending): ReturnType<Report> => {
  const cooling = new Set(state.cooling.map((one) => one.id))
  const missing = state.skipped.findLast((one) => !cooling.has(`${one.provider}/${one.model}`))
  if (missing === undefined) return { wording: allCooling(targets) }
  const { provider, why } = missing
  const reason =
    why === unregistered(provider)
      ? `provider not registered: ${provider}`
      : `provider '${provider}' is disabled: ${why}`
  return { wording: exhausted(targets, `provider '${provider}' not found: ${reason}`) }
}

const isOutputLimit = (reason: Reason): boolean =>
  reason._tag === "OutputLimitExceeded" ||
  (["ContextWindowExceeded", "InvalidRequest", "UnknownFailure"].includes(reason._tag) &&
    Words.says(reason.message, [words.outputLimit]))

const allCooling = (models: number): string =>
  `LLM chain exhausted (${models} models, all cooling). Wait for cooldown, reset health, or check provider status.`

/** What is handed on at once by its words. */
const isContext = (reason: Reason): boolean =>
  (reason._tag === "InvalidRequest" || reason._tag === "UnknownFailure") &&
  (Words.says(reason.message, [words.context]) || words.context.includes(reason.providerCode ?? ""))

const exhausted = (models: number, error: string): string =>
  `LLM chain exhausted (${models} models tried). Last error: ${error}`

const outputLimit = (error: string): string =>
  "LLM request rejected: output token limit exceeded. The configured max_tokens is above this model/tier's ceiling and retrying without it still failed. " +
  `Lower max_tokens in your config (model.max_tokens / agents.defaults). Underlying error: ${error}`

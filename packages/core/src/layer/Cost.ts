/**
 * What an attempt cost, in USD, and how far that can be trusted.
 *
 * In this order: what the provider itself reports; the configuration's price of the model; the price table
 * (`@pydantic/genai-prices`: published list prices, kept by hand by its authors, of the day of the installed version). Where
 * none of them knows, or no tokens are known, the cost is `unknown` and not 0. A price is looked up once per model and
 * kept; reckoning is then a few multiplications. It knows no discounts, batch prices or tool fees.
 */
import { calcPrice, findProvider, type ModelPrice, type Provider as Company } from "@pydantic/genai-prices"
import type { Usage } from "../domain/Usage.ts"
import type { Provider } from "../provider/Provider.ts"
import * as profiles from "../provider/profiles.ts"

/** Whether a cost is the provider's own word, reckoned from prices, or not known. @stability stable @category models @since 0.1.0 */
export type Basis = "reported" | "estimated" | "unknown"

/** Prices of one model, USD per 1e6 tokens; what is absent costs what input costs, and input what output costs. @stability stable @category models @since 0.1.0 */
export interface Prices {
  readonly inputPrice?: number | undefined
  readonly outputPrice?: number | undefined
  readonly cachedPrice?: number | undefined
  readonly cacheWritePrice?: number | undefined
}

/** What a cost is reckoned from. @stability stable @category models @since 0.1.0 */
export interface Input {
  /** The provider's name in the configuration. */
  readonly provider: string
  /** Its row of the profile table, or its protocol where it has none: by this the price table is asked. */
  readonly family: string
  readonly model: string
  readonly usage: Usage | undefined
  /** The configuration's prices; they count where both input and output, or one of them, are given. */
  readonly override?: Prices | undefined
  /** When it was used, epoch milliseconds, for prices that change with the hour or the day; now by default (and then slower for those). */
  readonly at?: number | undefined
}

/** A cost in USD, and how far it can be trusted. @stability stable @category models @since 0.1.0 */
export interface Cost {
  /** Absent where the basis is `unknown`. */
  readonly costUsd?: number | undefined
  readonly costBasis: Basis
}

/**
 * The cost of one attempt.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const of = (input: Input): Cost => {
  const { override, usage } = input
  if (usage === undefined) return unknown
  if (usage.costUsd !== undefined) return { costUsd: usage.costUsd, costBasis: "reported" }
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) return unknown
  const rates =
    override?.inputPrice !== undefined || override?.outputPrice !== undefined ? fromOverride(override) : lookUp(input)
  return rates === undefined ? unknown : { costUsd: reckon(rates, usage), costBasis: "estimated" }
}

/** The same of a provider's model, whose prices the configuration may have. @stability experimental @category getters @since 0.1.0 */
export const ofModel = (
  { family, id, models }: Pick<Provider, "family" | "id" | "models">,
  model: string,
  usage: Usage | undefined
): Cost => of({ provider: id, family, model, usage, override: models[model] })

const unknown: Cost = { costBasis: "unknown" }

/** USD per token, by the size of the whole prompt where a price has steps. */
interface Rates {
  readonly input: (prompt: number) => number
  readonly cached: (prompt: number) => number
  readonly cacheWrite: (prompt: number) => number
  /** Of what is kept for an hour. */
  readonly cacheWriteHour: (prompt: number) => number
  readonly output: (prompt: number) => number
}

const reckon = (rates: Rates, usage: Usage): number => {
  const prompt = usage.inputTokens ?? 0
  const cached = Math.min(usage.cachedTokens ?? 0, prompt)
  const written = Math.min(usage.cacheWriteTokens ?? 0, prompt - cached)
  const hour = Math.min(usage.cacheWriteHourTokens ?? 0, written)
  return (
    (prompt - cached - written) * rates.input(prompt) +
    cached * rates.cached(prompt) +
    (written - hour) * rates.cacheWrite(prompt) +
    hour * rates.cacheWriteHour(prompt) +
    billedOutput(usage) * rates.output(prompt)
  )
}

/**
 * Reasoning is paid as output. Most providers count it in `outputTokens`; some (Gemini, Grok) beside it, and then only
 * their total, or its being larger than the output, gives that away.
 */
const billedOutput = ({ inputTokens = 0, outputTokens = 0, reasoningTokens = 0, totalTokens }: Usage): number => {
  const beside =
    reasoningTokens > outputTokens ||
    (totalTokens !== undefined && totalTokens >= inputTokens + outputTokens + reasoningTokens)
  return beside ? outputTokens + reasoningTokens : outputTokens
}

const million = 1e6

const constant = (price: number) => () => price / million

/** By the prices of the configuration, which are objects of their own. */
const overrides = new WeakMap<Prices, Rates>()

const fromOverride = (prices: Prices): Rates => {
  let rates = overrides.get(prices)
  if (rates === undefined) overrides.set(prices, (rates = ratesOf(prices)))
  return rates
}

const ratesOf = (prices: Prices): Rates => {
  const input = prices.inputPrice ?? prices.outputPrice ?? 0
  return {
    input: constant(input),
    cached: constant(prices.cachedPrice ?? input),
    cacheWrite: constant(prices.cacheWritePrice ?? input),
    cacheWriteHour: constant(prices.cacheWritePrice ?? input),
    output: constant(prices.outputPrice ?? input)
  }
}

/** A found price; some hold only for the minute they were looked up for. */
interface Found {
  readonly rates: Rates | undefined
  readonly minute: number | undefined
}

const found = new Map<string, Map<string, Found>>()

/** Models that are remembered in all; a caller may invent names. */
const capacity = 5_000
let remembered = 0

const lookUp = (input: Input): Rates | undefined => {
  const key = `${input.family} ${input.provider}`
  const known = found.get(key)?.get(input.model)
  if (known !== undefined && (known.minute === undefined || known.minute === minuteOf(input.at))) return known.rates
  const fresh = ask(input)
  // Without a time, a price of the hour holds for this once.
  if (fresh.minute !== undefined || !fresh.isConditional) remember(key, input.model, fresh)
  return fresh.rates
}

const remember = (key: string, model: string, fresh: Found): void => {
  if (remembered >= capacity) {
    found.clear()
    remembered = 0
  }
  let models = found.get(key)
  if (models === undefined) found.set(key, (models = new Map()))
  if (!models.has(model)) remembered++
  models.set(model, fresh)
}

const minuteOf = (at: number | undefined): number | undefined =>
  at === undefined ? undefined : Math.floor(at / 60_000)

const ask = ({ at, family, model, provider }: Input): Found & { readonly isConditional: boolean } => {
  const company =
    (anybody.has(family) ? undefined : companyOf(family)) ?? (namesNobody(provider) ? undefined : companyOf(provider))
  const timestamp = at === undefined ? {} : { timestamp: new Date(at) }
  const result =
    company === undefined ? null : calcPrice({ input_tokens: 1 }, model, { provider: company, ...timestamp })
  if (result === null) return { rates: undefined, minute: undefined, isConditional: false }
  const isConditional = Array.isArray(result.model.prices)
  return { rates: fromTable(result.model_price), minute: isConditional ? minuteOf(at) : undefined, isConditional }
}

/** What the price table calls those whom our profiles call otherwise. */
const aliases: Readonly<Record<string, string>> = {
  gemini: "google",
  "bedrock-converse": "aws",
  bedrock: "aws",
  "azure-openai": "azure",
  xai: "x-ai",
  moonshot: "moonshotai"
}

/** Protocols that many speak: as a family they say nothing of who is paid. */
const anybody = new Set(["openai-chat", "openai-responses", "anthropic-messages", "ollama", "library", "demo"])

const companyOf = (name: string): Company | undefined => findProvider({ providerId: aliasOf(name) })

const aliasOf = (name: string): string => (Object.hasOwn(aliases, name) ? aliases[name]! : name)

/** Of such names, OpenAI's own row has one. */
const namesNobody = (provider: string): boolean => anybody.has(provider) && profiles.find(provider) === undefined

const fromTable = (price: ModelPrice): Rates | undefined => {
  const input = stepped(price["input_mtok"])
  if (input === undefined) return undefined
  const cacheWrite = stepped(price["cache_write_mtok"]) ?? input
  return {
    input,
    cached: stepped(price["cache_read_mtok"]) ?? input,
    cacheWrite,
    cacheWriteHour: stepped(price["cache_write_1h_mtok"]) ?? cacheWrite,
    // Embeddings have no output.
    output: stepped(price["output_mtok"]) ?? constant(0)
  }
}

/** A price, or one with steps: the highest step that the prompt passes holds for all of it. */
const stepped = (price: ModelPrice[string]): ((prompt: number) => number) | undefined => {
  if (price === undefined) return undefined
  if (typeof price === "number") return constant(price)
  const { base, tiers } = price
  return (prompt) => {
    let held = base
    for (const tier of tiers) if (prompt > tier.start) held = tier.price
    return held / million
  }
}

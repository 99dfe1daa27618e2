/**
 * Tokens and money of one attempt, in one shape for all protocols.
 *
 * `inputTokens` counts the whole prompt, cached and cache-writing tokens included (Anthropic reports these
 * beside it, OpenAI inside it: the protocols add them up), so that a cost is never counted twice.
 */
import * as Schema from "effect/Schema"
import * as Json from "./Json.ts"

/** Tokens and money; what the provider did not say is absent. @stability stable @category schemas @since 0.1.0 */
export const Usage = Schema.Struct({
  inputTokens: Schema.optionalKey(Schema.Number),
  outputTokens: Schema.optionalKey(Schema.Number),
  /** As reported; some providers count reasoning tokens here and not in `outputTokens`. */
  totalTokens: Schema.optionalKey(Schema.Number),
  /** Part of `inputTokens` that was read from the provider's cache. */
  cachedTokens: Schema.optionalKey(Schema.Number),
  /** Part of `inputTokens` that was written to the provider's cache. */
  cacheWriteTokens: Schema.optionalKey(Schema.Number),
  /** Part of `cacheWriteTokens` that is kept for an hour and costs more (Anthropic); for the cost, not stored. */
  cacheWriteHourTokens: Schema.optionalKey(Schema.Number),
  /** Tokens spent on reasoning; within `outputTokens` for most providers. */
  reasoningTokens: Schema.optionalKey(Schema.Number),
  /** What the provider itself says that the call cost, in USD. */
  costUsd: Schema.optionalKey(Schema.Number)
})

/** Tokens and money; what the provider did not say is absent. @stability stable @category models @since 0.1.0 */
export type Usage = typeof Usage.Type

/** More than any request holds; three of them together still fit into the columns of every database. */
const most = 500_000_000

/**
 * A count of tokens as it comes off the wire; `undefined` for what is none: below 0 it would give a budget back, and a fraction, or what is
 * larger than any context, no ledger would take.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const count = (value: unknown): number | undefined => {
  const number = Json.number(value)
  return number === undefined || number < 0 || number > most ? undefined : Math.ceil(number)
}

/** An amount of money as it comes off the wire; `undefined` for what is none. @stability stable @category getters @since 0.1.0 */
export const amount = (value: unknown): number | undefined => {
  const number = Json.number(value)
  return number === undefined || number < 0 ? undefined : number
}

/**
 * The later report wins field by field: streams report input first and output last.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const merge = (earlier: Usage | undefined, later: Usage): Usage =>
  earlier === undefined ? later : { ...earlier, ...later }

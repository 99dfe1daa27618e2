/**
 * The numbers of a message: how large a window or a ceiling is, how much was asked for, and whether it can ever fit.
 *
 * Read from the normalised text; a number that no wording explains is left alone.
 */

/** A window or bucket with what was asked of it. @stability experimental @category models @since 0.1.0 */
export interface Numbers {
  readonly limit?: number | undefined
  readonly requested?: number | undefined
}

const integer = (digits: string | undefined): number | undefined => {
  if (digits === undefined) return undefined
  const value = Number(digits.replace(/[,_ ]/g, ""))
  return Number.isSafeInteger(value) ? value : undefined
}

const n = "(\\d{1,3}(?:[,_]\\d{3})+|\\d{1,12})"
const pattern = (source: string): RegExp => new RegExp(source.replaceAll("#", n))

/** Both numbers of a bucket: `Limit 6000, Used 0, Requested ~12903`. */
const bucket = pattern("limit:? #(?: ?/ ?min)?,(?: used:? #,)? requested:? ~?#")

/** `requested` first, `limit` second, and a sign between them. */
const compared = ["# tokens? > # maximum", "# \\+ # > #", "limit exceeded: # > #"].map(pattern)

/** `requested` first, `limit` second. */
const requestedThenLimit = [
  "contains # tokens.{0,60}too large for model with # maximum",
  "prompt (?:token count |length )?(?:of )?#(?: tokens)? exceeds the (?:limit|maximum) (?:of )?#",
  "input token count(?: \\(#\\)| of #) exceeds the maximum number of tokens allowed \\(?#",
  "\\(length #\\) is longer than the maximum model length of #",
  "input \\(# tokens\\) is (?:too large|larger).{0,80}size: #",
  "request \\(# tokens\\) exceeds the available context size \\(# tokens",
  "n_keep: # ?>= ?n_ctx: #"
].map(pattern)

/** `limit` first, `requested` second. */
const limitThenRequested = [
  "maximum context length is # tokens.{0,60}(?:requested|resulted in|contains?|has) (?:about |at least )?# ",
  "maximum prompt length is #.{0,60}contains #",
  "cannot exceed # ?(?:tokens)? ?- ?received #",
  "limit: # ?\\(requested: #\\)",
  "must be <= #\\. given: #",
  "exceeds? the (?:context|limit).{0,60}of # .{0,40}(?:got|received|requested) #"
].map(pattern)

/** Only the window. */
const limits = [
  "maximum context length (?:of|is|:) ?#",
  "context (?:length|window|size)(?: limit)?(?: of| is|:) ?#",
  "range of input length should be \\[\\d+, ?#",
  "token limit:? #",
  "max(?:imum)? (?:size|length|allowed size|number of tokens|input tokens|prompt length)[a-z ()]{0,30}:? ?(?:is |of )?#",
  "exceeds? (?:the )?(?:maximum|limit)[a-z ()]{0,40}(?:of |: ?)#",
  "at most #",
  "limit:? (?:of )?#",
  "> # maximum"
].map(pattern)

const ceilings = [
  "at most # (?:completion|output) tokens",
  "max_?tokens: # > #",
  "\\[\\d+, ?#\\]",
  "(?:<=|less than or equal to|must be at most|no more than|lower than or equal to|cannot exceed|not exceed|up to|between \\d+ and|maximum (?:value )?(?:is|of)|capped at|limited to|limit (?:is|of)) #",
  "value <= #",
  "(?:value|number) lower than #",
  "to # \\(exclusive\\)",
  "to # \\(inclusive\\)",
  "allowed number of output tokens.{0,40}is #"
].map(pattern)

/**
 * Whether one request asks for more than the whole limit of its bucket, so that no wait can help.
 *
 * @stability experimental
 * @category predicates
 * @since 0.1.0
 */
export const neverFits = (text: string): boolean => {
  if (!text.includes("requested")) return false
  const match = bucket.exec(text)
  const limit = integer(match?.[1])
  const requested = integer(match?.[3])
  return limit !== undefined && requested !== undefined && requested > limit
}

/** Whether the quota that was hit is zero: it was never granted. @stability experimental @category predicates @since 0.1.0 */
export const zeroQuota = (values: ReadonlyMap<string, string | number>): boolean => {
  const value = values.get("quotalimitvalue")
  return value === 0 || value === "0"
}

/** The window and what was asked for, in the unit of the message. @stability experimental @category getters @since 0.1.0 */
export const window = (text: string, values: ReadonlyMap<string, string | number>): Numbers => {
  const limit = numberOf(values.get("nctx"))
  const requested = numberOf(values.get("nprompttokens"))
  const rest = /\d/.test(text) ? pair(text) : {}
  return { limit: limit ?? rest.limit, requested: requested ?? rest.requested }
}

/** The most output tokens that are possible, where named. @stability experimental @category getters @since 0.1.0 */
export const ceiling = (text: string): number | undefined => {
  for (const one of ceilings) {
    const match = one.exec(text)
    const value = integer(match?.at(-1))
    if (match !== null && value !== undefined) return match[0].includes("exclusive") ? value - 1 : value
  }
  return undefined
}

const numberOf = (value: string | number | undefined): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined

const pair = (text: string): Numbers => {
  const filled = bucket.exec(text)
  if (filled !== null) return { limit: integer(filled[1]), requested: integer(filled[3]) }
  // The text is read again for each, so those that need a sign are only asked where it stands.
  for (const one of text.includes(" > ") ? [...compared, ...requestedThenLimit] : requestedThenLimit) {
    const match = one.exec(text)
    if (match !== null)
      return sum(
        match
          .slice(1)
          .filter((digits) => digits !== undefined)
          .map(integer)
      )
  }
  for (const one of limitThenRequested) {
    const match = one.exec(text)
    if (match !== null) return { limit: integer(match[1]), requested: integer(match[2]) }
  }
  for (const one of limits) {
    const match = one.exec(text)
    if (match !== null) return { limit: integer(match[1]) }
  }
  return {}
}

/** The last number is the limit; what stands before it adds up to the request (`input + max_tokens > limit`). */
const sum = (numbers: ReadonlyArray<number | undefined>): Numbers => ({
  limit: numbers.at(-1),
  requested: numbers.slice(0, -1).reduce<number>((total, number) => total + (number ?? 0), 0)
})

/**
 * How much to think, in a word that the model takes: both of OpenAI's formats have the same ones.
 *
 * A budget in tokens becomes the nearest word: the steps that Google documents for its own OpenAI format (1024, 8192, 24576).
 */
import type { Request } from "../../../domain/Request.ts"
import type { Model } from "./Models.ts"

/** Least first. */
const ranks = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]

/**
 * The word for what a request asks for; `undefined` where nothing is said to the model. For a word that it does not know it is the next below
 * among those that it does, or its least: no reasoning becomes as little as it can, and some never becomes none. A model of an unknown name is
 * told what was asked for; that it is not to reason it is not told, for it may not know how to.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const of = (reasoning: Request["reasoning"], { efforts }: Model): string | undefined => {
  const asked = askedOf(reasoning)
  if (asked === undefined) return undefined
  if (efforts === undefined) return asked === "none" ? undefined : asked
  if (asked === "none") return efforts[0]
  const some = efforts.filter((word) => word !== "none")
  return some.findLast((word) => rankOf(word) <= rankOf(asked)) ?? some[0]
}

const askedOf = (reasoning: Request["reasoning"]): string | undefined => {
  if (reasoning?.enabled === false) return "none"
  const budget = reasoning?.budgetTokens
  if (reasoning?.effort !== undefined || budget === undefined) return reasoning?.effort
  return budget <= 4096 ? "low" : budget <= 16384 ? "medium" : "high"
}

/** A word that nobody knows stands for much. */
const rankOf = (word: string): number => ranks.indexOf(ranks.includes(word) ? word : "high")

/**
 * What an error leads to under a policy: the rows of its table in words.
 */
import * as Duration from "effect/Duration"
import * as DurationText from "../../domain/DurationText.ts"
import { tags, type Tag } from "../../domain/Reason.ts"
import * as Cooldown from "../../policy/Cooldown.ts"
import * as CooldownTables from "../../policy/CooldownTables.ts"
import type * as Disposition from "../../policy/Disposition.ts"
import type { RetryPolicy } from "../../policy/RetryPolicy.ts"

/** What one reason leads to. @stability experimental @category models @since 0.1.0 */
export interface Lead {
  readonly reason: Tag
  /** As the table has them: the first that is possible is taken. */
  readonly actions: ReadonlyArray<Disposition.Action>
  /** The same in words. */
  readonly does: string
  /** What is left alone, and how long, in words; absent where nothing is. */
  readonly parks?: string | undefined
}

/** A row that comes before the table. @stability experimental @category models @since 0.1.0 */
export interface RuleLead {
  /** Where it fits, in words. */
  readonly when: string
  readonly actions: ReadonlyArray<Disposition.Action>
  readonly does: string
}

/** The waits of a policy, in milliseconds. @stability experimental @category models @since 0.1.0 */
export interface Waits {
  /** On the last candidate. */
  readonly last: ReadonlyArray<number>
  /** On one that has others after it. */
  readonly others: ReadonlyArray<number>
}

/** Every reason once. @stability experimental @category getters @since 0.1.0 */
export const ofTable = (policy: RetryPolicy, waits: Waits): ReadonlyArray<Lead> =>
  tags.map((reason) => {
    const actions = policy.on[reason]
    const isLarger = reason === "ContextWindowExceeded" && policy.contextWindow === "larger"
    const parks = parksOf(policy, reason)
    return { reason, actions, does: words(actions, waits, isLarger), ...(parks === undefined ? {} : { parks }) }
  })

/** In order: the first that fits holds. @stability experimental @category getters @since 0.1.0 */
export const ofRules = (policy: RetryPolicy, waits: Waits): ReadonlyArray<RuleLead> =>
  policy.rules.map((rule) => ({
    when: when(rule),
    actions: rule.actions,
    does: words(rule.actions, waits, false)
  }))

/** The actions one after the other, up to the one that is always possible. */
const words = (actions: ReadonlyArray<Disposition.Action>, waits: Waits, isLarger: boolean): string => {
  const said: Array<string> = []
  for (const [index, action] of actions.entries()) {
    if (action === "abort") return said.length === 0 ? "fails" : `${said.join(", else ")}; else fails`
    const one = word(action, waits, isLarger, actions.slice(0, index).includes("nextTarget"))
    if (one !== undefined) said.push(one)
  }
  return said.length === 0 ? "fails" : `${said.join(", else ")}; else fails`
}

const word = (
  action: Exclude<Disposition.Action, "abort">,
  waits: Waits,
  isLarger: boolean,
  isLast: boolean
): string | undefined => {
  switch (action) {
    case "abortUnlessRepaired":
      return "fails where nothing was mended"
    case "nextCredential":
      return "next credential"
    case "nextTarget":
      return isLarger ? "next target with a larger context window" : "next target"
    case "repair:clampMaxTokens":
      return "again with max_tokens at the ceiling (without it where none is named)"
    case "repair:dropMaxTokens":
      return "again without max_tokens"
    case "repair:truncateHistory":
      return "again without the older half of the turns"
    case "repair:halveHistory":
      return "again without the older half of the messages"
    case "repair:describeTools":
      return "again with the tools described in the prompt"
    case "repair:moveImages":
      return "again with the images of tool results in a user's message behind them"
    default:
      return again(action, waits, isLast)
  }
}

/** Where the next target comes first, only the last candidate is asked again. */
const again = (action: "retry" | `retry:${number}`, waits: Waits, isLast: boolean): string | undefined => {
  const most = action === "retry" ? Number.POSITIVE_INFINITY : Number(action.slice("retry:".length))
  const last = waits.last.slice(0, most)
  const others = waits.others.slice(0, most)
  if (isLast || last.join() === others.join()) return last.length === 0 ? undefined : `again after ${list(last)}`
  if (others.length === 0) return `again after ${list(last)} (the last candidate only)`
  return `again after ${list(others)}${last.length === 0 ? " (not the last candidate)" : ` (the last candidate: ${list(last)})`}`
}

/** `250 ms, 500 ms, 1 s` @stability experimental @category conversions @since 0.1.0 */
export const list = (waits: ReadonlyArray<number>): string =>
  waits.length > 6
    ? `${waits.slice(0, 6).map(DurationText.of).join(", ")}, … (${waits.length} waits)`
    : waits.map(DurationText.of).join(", ")

const parked: { readonly [S in Exclude<Cooldown.Scope, "none">]: string } = {
  credential: "the credential",
  credentialModel: "the credential for this model",
  target: "the target"
}

const parksOf = (policy: RetryPolicy, tag: Tag): string | undefined => {
  if (!policy.health) return undefined
  const said = CooldownTables.rulesFor(policy.cooldowns, tag).flatMap((rule) => {
    if (rule.scope === "none") return []
    const first = Cooldown.after(rule, rule.after) ?? Duration.zero
    const count = rule.after === 1 ? "" : ` after ${rule.after} in a row`
    return [`${parked[rule.scope]} for ${DurationText.of(Duration.toMillis(first))}${count}`]
  })
  return said.length === 0 ? undefined : said.join(", ")
}

/** `RateLimited with status 4xx or 503, saying "quota"` */
const when = (rule: Disposition.Rule): string => {
  const parts = [
    rule.reasons?.join(" or ") ?? "anything",
    rule.statuses === undefined
      ? ""
      : `with status ${rule.statuses.map(pattern).join(", ")}${rule.worded === true ? " (or named in its words)" : ""}`,
    rule.codes === undefined ? "" : `with code ${rule.codes.join(", ")}`,
    rule.says === undefined ? "" : `saying ${rule.says.map(quoted).join(" and ")}`,
    rule.stream === undefined ? "" : rule.stream ? "of a stream" : "of a whole answer"
  ]
  return parts.filter((part) => part !== "").join(" ")
}

const quoted = (group: ReadonlyArray<string>): string => {
  const some = group
    .slice(0, 3)
    .map((word) => JSON.stringify(word))
    .join(" or ")
  return group.length > 3 ? `${some} or … (${group.length} wordings)` : some
}

const pattern = (status: number): string => (status < 10 ? `${status}xx` : status < 100 ? `${status}x` : String(status))

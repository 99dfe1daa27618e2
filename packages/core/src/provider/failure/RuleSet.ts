/**
 * A set of rules, ready to be asked: users' rules first, then those of the provider's family, then those for everyone.
 *
 * Rules are compiled once (codes to sets, phrases to pieces) and picked once per family and transport; asking is a walk down one
 * list, and the first rule that knows the answer speaks. Where no status is known (an event of a stream, a text somebody wrapped) and
 * none speaks, those that know words are asked once more without regard to the status that they usually come with.
 */
import type { Evidence } from "./Evidence.ts"
import { plainCode } from "./Evidence.ts"
import * as Family from "./Family.ts"
import * as Phrase from "./Phrase.ts"
import type { Rule, When } from "./Rule.ts"
import { builtIn } from "./rules/builtIn.ts"

/** Rules in the order in which they are asked. @stability stable @category models @since 0.1.0 */
export interface RuleSet {
  readonly rules: ReadonlyArray<Rule>
  /** The first rule that knows the answer. */
  readonly find: (evidence: Evidence) => Rule | undefined
}

/**
 * The rules of a user in front of those that ship with Orelse.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (userRules: ReadonlyArray<Rule> = []): RuleSet => of(userRules, builtIn)

/** Only these rules, in this order: for tests and reports. @stability experimental @category constructors @since 0.1.0 */
export const fromRules = (rules: ReadonlyArray<Rule>): RuleSet => of([], rules)

/** Rules of a user hear every word: whoever writes one knows the answers that it is for. */
const of = (users: ReadonlyArray<Rule>, shipped: ReadonlyArray<Rule>): RuleSet => {
  const rules = [...users, ...shipped]
  const compiled = rules.map((rule, at) => compile(rule, at >= users.length))
  const picked = new Map<string, Picked>()
  return {
    rules,
    find: (evidence) => {
      const key = `${evidence.input.transport} ${evidence.family} ${evidence.input.provider}`
      let own = picked.get(key)
      if (own === undefined) {
        own = pick(compiled, evidence)
        // Families and names come from the configuration, so they are few; a caller that makes them up must not fill the memory.
        if (picked.size < 500) picked.set(key, own)
      }
      const codes: Array<string> = []
      for (const code of evidence.codes) if (own.codes.has(code)) codes.push(code)
      const found = firstOf(withStatus(own, evidence.status), evidence, codes)
      return found !== undefined || evidence.status !== undefined ? found : firstOf(own.worded, evidence, codes)
    }
  }
}

/** The rules that concern a provider, in their order. */
interface Picked {
  readonly rules: ReadonlyArray<Compiled>
  /** Those that know words. */
  readonly worded: ReadonlyArray<Compiled>
  /** Those that go with a status, as one asks. */
  readonly byStatus: Map<number | undefined, ReadonlyArray<Compiled>>
  /** All codes that one of them knows: whatever else an answer names, no rule has to be asked about. */
  readonly codes: ReadonlySet<string>
}

const pick = (compiled: ReadonlyArray<Compiled>, evidence: Evidence): Picked => {
  const rules = compiled.filter((rule) => concerns(rule, evidence))
  return {
    rules,
    worded: rules.filter((rule) => rule.text !== undefined),
    byStatus: new Map(),
    codes: new Set(rules.flatMap((rule) => [...(rule.codes ?? [])]))
  }
}

const withStatus = ({ byStatus, rules }: Picked, status: number | undefined): ReadonlyArray<Compiled> => {
  const known = byStatus.get(status)
  if (known !== undefined) return known
  const own = rules.filter(({ when }) => when.status === undefined || hasStatus(when.status, status))
  // A body may name any status from 400 to 599, and a test whatever it likes.
  if (byStatus.size < 300) byStatus.set(status, own)
  return own
}

interface Compiled {
  readonly rule: Rule
  readonly when: When
  readonly families: ReadonlySet<string> | undefined
  /** The same as they are written: the names of providers. */
  readonly names: ReadonlySet<string> | undefined
  readonly codes: ReadonlySet<string> | undefined
  readonly text: Phrase.Phrases | undefined
  readonly also: Phrase.Phrases | undefined
  readonly not: Phrase.Phrases | undefined
  readonly pattern: RegExp | undefined
  readonly headers: ReadonlyArray<readonly [string, string]> | undefined
  /** Whether its words must stand outside of what the caller wrote. */
  readonly heedful: boolean
}

const compile = (rule: Rule, isShipped: boolean): Compiled => {
  const { when } = rule
  return {
    rule,
    when,
    families: when.family === undefined ? undefined : new Set(when.family.map(Family.canonical)),
    names: when.family === undefined ? undefined : new Set(when.family),
    codes: when.code === undefined ? undefined : new Set(when.code.map(plainCode)),
    text: when.text === undefined ? undefined : Phrase.compile(when.text),
    also: when.also === undefined ? undefined : Phrase.compile(when.also),
    not: when.not === undefined ? undefined : Phrase.compile(when.not),
    pattern: when.pattern === undefined ? undefined : new RegExp(when.pattern, "iu"),
    headers: when.header === undefined ? undefined : Object.entries(when.header),
    heedful: isShipped && when.text !== undefined
  }
}

/** The conditions that are the same for every answer of a provider. Network errors are spoken for by rules that name them; a family is
 * also a provider's own name, for the rules of a user. */
const concerns = ({ families, names, when }: Compiled, evidence: Evidence): boolean => {
  const { transport } = evidence.input
  if (when.transport === undefined ? transport === "network" : !when.transport.includes(transport)) return false
  return families === undefined || families.has(evidence.family) || names?.has(evidence.input.provider) === true
}

const firstOf = (
  rules: ReadonlyArray<Compiled>,
  evidence: Evidence,
  codes: ReadonlyArray<string>
): Rule | undefined => {
  for (const rule of rules) if (knows(rule, evidence, codes)) return rule.rule
  return undefined
}

/** Whether all conditions hold but that of the status, which was asked before. */
const knows = (rule: Compiled, evidence: Evidence, codes: ReadonlyArray<string>): boolean => {
  const { when } = rule
  if (when.protocol !== undefined && !when.protocol.includes(evidence.input.protocol)) return false
  if (rule.codes !== undefined && !hasCode(rule.codes, codes)) return false
  if (when.param !== undefined && !hasParam(when.param, evidence.found.params)) return false
  if (rule.headers !== undefined && !hasHeader(rule.headers, evidence.input.headers)) return false
  if (rule.text !== undefined && !Phrase.some(rule.text, evidence.text)) return false
  if (rule.also !== undefined && !Phrase.some(rule.also, evidence.text)) return false
  if (rule.not !== undefined && !rule.heedful && Phrase.some(rule.not, evidence.text)) return false
  return (
    (rule.pattern === undefined || rule.pattern.test(evidence.text.value)) &&
    (!rule.heedful || inOwnWords(rule, evidence.own()))
  )
}

/** Whether the words are the provider's own: what the caller wrote and the answer repeats means nothing. */
const inOwnWords = (rule: Compiled, own: Phrase.Text): boolean =>
  (rule.text === undefined || Phrase.some(rule.text, own)) &&
  (rule.also === undefined || Phrase.some(rule.also, own)) &&
  (rule.not === undefined || !Phrase.some(rule.not, own)) &&
  (rule.pattern === undefined || rule.pattern.test(own.value))

const hasCode = (wanted: ReadonlySet<string>, codes: ReadonlyArray<string>): boolean => {
  for (const code of codes) if (wanted.has(code)) return true
  return false
}

const hasStatus = (wanted: NonNullable<When["status"]>, status: number | undefined): boolean =>
  status !== undefined &&
  wanted.some(
    (one) => one === status || (one === "4xx" && status >= 400 && status < 500) || (one === "5xx" && status >= 500)
  )

const hasParam = (wanted: ReadonlyArray<string>, params: ReadonlyArray<string>): boolean =>
  params.some((param) =>
    wanted.some((one) => param === one || (param.startsWith(one) && /^[.[]/.test(param.slice(one.length))))
  )

const hasHeader = (
  wanted: ReadonlyArray<readonly [string, string]>,
  headers: Readonly<Record<string, string>>
): boolean =>
  wanted.every(([name, part]) => {
    const value = headers[name]
    return typeof value === "string" && (part === "*" || value.toLowerCase().includes(part.toLowerCase()))
  })

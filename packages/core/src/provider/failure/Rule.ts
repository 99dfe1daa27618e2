/**
 * A rule of the classifier, as data: which answers it knows, the reason they mean, and the recorded answers that taught it.
 *
 * The rules that ship with Orelse (`rules/`) and those that users write under `failures.rules` have this one shape. A condition
 * that is left out holds for every answer; all that are there must hold together, and in a list one entry is enough. Conditions
 * are read from structure first (family, status, codes, headers); text is for what structure does not tell.
 */
import * as Schema from "effect/Schema"
import { tags } from "../../domain/Reason.ts"
import { protocolIds } from "../../domain/Dialect.ts"

/** Reasons that only our own side can know; no answer of a provider means them. */
const own = ["LimitReached"]

/** A pattern that a user writes is refused where repetition stands inside repetition, which can take for ever on some texts. */
const isSafePattern = (source: string): boolean => {
  if (source.length > 300 || /[+*}]\)(?:[+*]|\{\d)/.test(source)) return false
  try {
    return new RegExp(source, "iu") instanceof RegExp
  } catch {
    return false
  }
}

/** What an answer must be for a rule to know it. @stability stable @category schemas @since 0.1.0 */
export const When = Schema.Struct({
  /** Provider families (profile rows), for example `groq`, or names of providers in the configuration. */
  family: Schema.optionalKey(Schema.Array(Schema.String)),
  protocol: Schema.optionalKey(Schema.Array(Schema.Literals(protocolIds))),
  transport: Schema.optionalKey(Schema.Array(Schema.Literals(["http", "stream", "network"]))),
  /** Status codes, or whole classes: `4xx`, `5xx`. Inside a stream: the status that the event names; where it names none, a rule with `text` may speak without. */
  status: Schema.optionalKey(Schema.Array(Schema.Union([Schema.Number, Schema.Literals(["4xx", "5xx"])]))),
  /** Values of `code`, `type`, `status`, `reason` and their like, anywhere in the body; case and punctuation do not matter. */
  code: Schema.optionalKey(Schema.Array(Schema.String)),
  /** The parameter that the provider names, by its first part or whole. */
  param: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Phrases of the message; ` * ` stands for at most 120 characters. */
  text: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Phrases of which one must be there as well. */
  also: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Phrases of which none may be there. */
  not: Schema.optionalKey(Schema.Array(Schema.String)),
  /** A regular expression over the message (lower case, without quotation marks and back-ticks). */
  pattern: Schema.optionalKey(
    Schema.String.check(
      Schema.makeFilter(isSafePattern, {
        expected: "a regular expression of at most 300 characters without nested repetition"
      })
    )
  ),
  /** Headers by lower-cased name with a part of their value; `*` for any value. */
  header: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})

/**
 * One rule. `learned` names the recorded answers (ids of `errors.jsonl`) that taught it, `wording:` and `found:` a provider and
 * status of the tests' other two files, or a page or thread.
 *
 * @stability stable
 * @category schemas
 * @since 0.1.0
 */
export const Rule = Schema.Struct({
  /** A short name, unique in its set: `family/what`. */
  id: Schema.String,
  when: When,
  reason: Schema.Literals(tags.filter((tag) => !own.includes(tag))),
  learned: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Facts that the rule knows and the answer need not name. */
  facts: Schema.optionalKey(
    Schema.Struct({
      limited: Schema.optionalKey(Schema.Literals(["requests", "tokens", "concurrency"])),
      phase: Schema.optionalKey(Schema.Literals(["connect", "firstContent", "idle", "total"])),
      /** `never`: whatever wait the answer names does not help. */
      wait: Schema.optionalKey(Schema.Literals(["never"]))
    })
  )
})

/** What an answer must be for a rule to know it. @stability stable @category models @since 0.1.0 */
export type When = typeof When.Type

/** One rule: the answers it knows, and the reason they mean. @stability stable @category models @since 0.1.0 */
export type Rule = typeof Rule.Type

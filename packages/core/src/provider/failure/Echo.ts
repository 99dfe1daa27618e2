/**
 * What the caller wrote and a provider repeats in its answer: quotations, addresses, names and paths. Whoever sends a picture from
 * `https://shop.example/recharge/a.png` or asks for a tool `check_overdue` finds these words in the refusal, and they say nothing of
 * an account.
 *
 * Each such piece becomes one mark, so that what is left are the provider's own words, in their order. It knows no rules: that words
 * of a rule must stand outside of these pieces is said in `RuleSet.ts`.
 */
import * as Body from "./Body.ts"

/** What stands for a piece that was taken out; no phrase has it. */
const mark = "\u2026"

/**
 * A message without what it repeats. A quotation or a single word that is the whole message is its own, and so is the value of a key
 * that holds a message, in JSON or as another language prints it.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const without = (message: string): string => {
  if (!/\s/.test(message)) return message
  let out = message
  if (quotation.test(out)) {
    out = out.replace(quotations, (piece, before: string, quote?: string, said?: string, at = 0) =>
      isOwn(message, at, piece, before) ? piece : `${before}${quote ?? ""}${kept(said ?? "")}${quote ?? ""}`
    )
  }
  if (out.includes("/")) out = out.replace(address, mark).replace(path, mark)
  if (out.includes("_")) out = out.replace(name, (piece) => (isConstant(piece) ? piece : kept(piece)))
  if (out.includes(".")) out = out.replace(steps, kept)
  return out.includes(":") ? out.replace(place, kept).replace(introduced, `$1${mark}`) : out
}

/** Whether a message begins with a place in the request, as validators put it: `moderation: Extra inputs are not permitted`. @stability experimental @category predicates @since 0.1.0 */
export const beginsWithPlace = (message: string): boolean => place.test(message)

const quotation = /["'`\u2018\u201c\u00ab\u300c]/

/** From a sign that opens, with nothing or no letter before it, to the first that closes. */
const quotations =
  /(^|[\s([{:=,])(?:(["'`])(?=[^\s"'`])([^]{1,1400}?)\2(?=$|[\s.,;:!?)\]}])|[\u2018\u201c\u00ab\u300c][^]{1,1400}?[\u2019\u201d\u00bb\u300d](?!\w))/g

const address = /\b[a-z][a-z0-9+.-]{1,10}:(?:\/\/|[a-z]{1,20}\/)\S+/gi

/** `projects/p/locations/l` */
const path = /(?<![\w./@-])[\w.@-]*\/[\w.@-]+\/[\w./@-]*/g

/** `credit_balance` */
const name = /\b[a-z0-9-]+_[\w-]*(?:\.[\w-]+)*/gi

/** `messages.0.content`, `tools[0].function.name` */
const steps = /\b[\w-]+(?:\[\d+\])?(?:\.[\w-]+(?:\[\d+\])?){2,}/g

/** Written in capitals, a name is a code or a setting of the provider's. */
const isConstant = (piece: string): boolean => piece === piece.toUpperCase()

/** What is left of a piece: the names by which a refusal says what it is about, those of counted tokens and of a place among the tools. */
const kept = (piece: string): string => subject.exec(piece)?.[0] ?? mark

const subject =
  /^(?:max_?(?:completion_?|output_?|new_?)?tokens(?:_to_sample)?|max_?gen_?len|max_length|(?:thinking\.)?budget_tokens|inputs|tools)$|(?:^|\b\w+\.)tools(?:\.\d+|\[\d+\])(?=[.[]|$)/i

const place = /^[^\s:"'`]{1,80}(?=: (?:extra inputs|field required|input should|string should|value error|this field))/i

/** A word at the end that is introduced as one of the caller's: `model: overdue`, `argument supplied: recharge`. */
const introduced =
  /(\b(?:model|argument|parameter|field|key|property|role|tool|function|name|value|supplied|received|got|specified): )[^\s"'`]{1,80}$/i

/** The whole message, behind its status at most, or the value of a key that holds one. */
const isOwn = (message: string, at: number, piece: string, before: string): boolean =>
  (at + piece.length === message.length && status.test(message.slice(0, at))) ||
  isMessage(message.slice(Math.max(0, at - 40), at + before.length))

const status = /^[\s\d:]{0,8}$/

const key = /["']([\w -]{1,30})["']\s?:\s?$/

const isMessage = (before: string): boolean => {
  const match = key.exec(before)
  return match !== null && Body.isMessageKey(match[1]!)
}

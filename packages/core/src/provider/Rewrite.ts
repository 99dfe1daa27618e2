/**
 * Edits of a JSON text that keep every byte they do not mean: key order, spaces, large integers, unknown fields.
 *
 * Pass-through uses it to put another `model` into a caller's body without building the body anew. One pass over the text finds the
 * members of the outermost object (strings are jumped over, so the cost is that of `indexOf`); nothing is parsed but odd keys. A key that
 * stands twice is edited twice, because parsers keep the last. It does not validate: the text has been parsed before.
 */
import * as Json from "../domain/Json.ts"

/**
 * What a member becomes: given the JSON text of its value (`undefined` where it is absent), the new JSON text, or `undefined`
 * to have none.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export type Change = (value: string | undefined) => string | undefined

/** Changes by name of the member. @stability stable @category models @since 0.1.0 */
export type Changes = Readonly<Record<string, Change>>

/** The member gets this value, whatever it had. @stability stable @category constructors @since 0.1.0 */
export const set = (value: Json.Json): Change => {
  const text = typeof value === "string" ? Json.quoted(value) : JSON.stringify(value)
  return () => text
}

/** The member goes away. @stability stable @category constructors @since 0.1.0 */
export const remove: Change = () => undefined

/** The member is an object that is edited in its turn; where it is none, it becomes one. @stability stable @category constructors @since 0.1.0 */
export const nested =
  (changes: Changes): Change =>
  (value) =>
    edit(value?.startsWith("{") === true ? value : "{}", changes)

/**
 * The member is a list, and each item is changed on its own; what is no list is changed as its only item. Items that become nothing go
 * away, and with the last of them the member.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const each =
  (change: Change): Change =>
  (value) => {
    const items = value === undefined ? undefined : itemsOf(value)
    if (items === undefined) return value === undefined ? undefined : change(value)
    const changed = items.map(change)
    if (changed.every((item, at) => item === items[at])) return value
    const left = changed.filter((item) => item !== undefined)
    return left.length === 0 ? undefined : `[${left.join(",")}]`
  }

/** An object that goes away with this member of it. @stability stable @category constructors @since 0.1.0 */
export const only =
  (key: string, change: Change): Change =>
  (value) => {
    if (value?.startsWith("{") !== true) return value
    let isGone = false
    const changed = edit(value, {
      [key]: (had) => {
        const has = change(had)
        isGone = had !== undefined && has === undefined
        return has
      }
    })
    return isGone ? undefined : changed
  }

/**
 * The text of a JSON object with these members changed. Members that are absent and come to exist are added at the end.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const edit = (text: string, changes: Changes): string => {
  const found = scan(text, Object.keys(changes))
  return found === undefined ? rebuilt(text, changes) : spliced(text, found, changes)
}

/**
 * The text of a JSON value with each of its strings changed, names of members among them: given a string as it is written, the one that
 * stands in its place. One pass, however many are changed.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const strings = (text: string, change: (written: string) => string): string => {
  let out = ""
  let copied = 0
  for (let at = text.indexOf('"'); at >= 0;) {
    const end = skipString(text, at)
    if (end === 0) break
    const written = text.slice(at, end)
    const changed = change(written)
    if (changed !== written) {
      out += text.slice(copied, at) + changed
      copied = end
    }
    at = text.indexOf('"', end)
  }
  return out + text.slice(copied)
}

/** Where a member stands that is to change: `start` and `end` hold its spaces too, but no comma. */
interface Member {
  readonly key: string
  /** How many members stand before it. */
  readonly ordinal: number
  readonly start: number
  readonly valueStart: number
  readonly valueEnd: number
  readonly end: number
}

/** What is to change in an object. */
interface Found {
  readonly members: ReadonlyArray<Member>
  /** How many members it has, the others among them. */
  readonly count: number
  /** Where the value of the last one ends; where the object begins, if it has none. */
  readonly lastEnd: number
  /** Where its brace closes. */
  readonly close: number
}

const spliced = (text: string, { close, count, lastEnd, members }: Found, changes: Changes): string => {
  let out = ""
  let copied = 0
  let removed = 0
  for (const { end, key, ordinal, start, valueEnd, valueStart } of members) {
    const value = changes[key]!(text.slice(valueStart, valueEnd))
    if (value !== undefined) {
      out += text.slice(copied, valueStart) + value
      copied = valueEnd
      continue
    }
    // With it goes the comma before it; where nothing before it stays, the one behind it.
    const isFirst = ordinal === removed
    out += text.slice(copied, isFirst ? start : start - 1)
    copied = isFirst && end < close ? end + 1 : end
    removed += 1
  }
  const added = additions(changes, members)
  if (added.length === 0) return out + text.slice(copied)
  const at = removed === 0 && count > 0 ? lastEnd : close
  return `${out}${text.slice(copied, at)}${count === removed ? "" : ","}${added.join(",")}${text.slice(at)}`
}

const additions = (changes: Changes, members: ReadonlyArray<Member>): Array<string> => {
  const added: Array<string> = []
  for (const key in changes) {
    const value = members.some((member) => member.key === key) ? undefined : changes[key]!(undefined)
    if (value !== undefined) added.push(`${Json.quoted(key)}:${value}`)
  }
  return added
}

/** The way for a text that the scanner does not understand; large integers may change here. */
const rebuilt = (text: string, changes: Changes): string => {
  const object: Record<string, unknown> = { ...Json.parseObject(text) }
  for (const key of Object.keys(changes)) {
    const value = changes[key]!(object[key] === undefined ? undefined : JSON.stringify(object[key]))
    if (value === undefined) delete object[key]
    else object[key] = Json.parse(value)
  }
  return JSON.stringify(object)
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** Those members of the outermost object that have one of these keys; `undefined` where the text is no object. */
const scan = (text: string, keys: ReadonlyArray<string>): Found | undefined => {
  let start = skipSpace(text, 0) + 1
  if (text.charCodeAt(start - 1) !== openBrace) return undefined
  const members: Array<Member> = []
  let at = skipSpace(text, start)
  if (text.charCodeAt(at) === closeBrace) return { members, count: 0, lastEnd: start, close: at }
  for (let ordinal = 0; ; ordinal++) {
    if (text.charCodeAt(at) !== quote) return undefined
    const keyEnd = skipString(text, at)
    const colonAt = skipSpace(text, keyEnd)
    if (keyEnd === 0 || text.charCodeAt(colonAt) !== colon) return undefined
    const valueStart = skipSpace(text, colonAt + 1)
    const valueEnd = skipValue(text, valueStart)
    const end = skipSpace(text, valueEnd)
    const key = keyAmong(keys, text, at + 1, keyEnd - 1)
    if (key !== undefined) members.push({ key, ordinal, start, valueStart, valueEnd, end })
    const next = text.charCodeAt(end)
    if (next === closeBrace) return { members, count: ordinal + 1, lastEnd: valueEnd, close: end }
    if (next !== comma) return undefined
    start = end + 1
    at = skipSpace(text, start)
  }
}

/** The one that stands there, as it is or with escapes. */
const keyAmong = (keys: ReadonlyArray<string>, text: string, from: number, to: number): string | undefined => {
  for (const key of keys) if (key.length === to - from && text.startsWith(key, from)) return key
  const raw = text.slice(from - 1, to + 1)
  if (!raw.includes("\\")) return undefined
  const key = Json.parse(raw)
  return keys.find((one) => one === key)
}

/** The items of a list, without the spaces between them; `undefined` where the text is none. */
const itemsOf = (text: string): ReadonlyArray<string> | undefined => {
  if (text.charCodeAt(0) !== openBracket) return undefined
  const items: Array<string> = []
  let at = skipSpace(text, 1)
  while (at < text.length && text.charCodeAt(at) !== closeBracket) {
    const end = skipValue(text, at)
    items.push(text.slice(at, end))
    const next = skipSpace(text, end)
    if (text.charCodeAt(next) !== comma) return items
    at = skipSpace(text, next + 1)
  }
  return items
}

const skipSpace = (text: string, from: number): number => {
  let at = from
  for (;;) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at
    at += 1
  }
}

/** The position after the string that begins at `from`; 0 where it does not end. */
const skipString = (text: string, from: number): number => {
  let at = from
  for (;;) {
    at = text.indexOf('"', at + 1)
    if (at < 0) return 0
    let slashes = at - 1
    while (text.charCodeAt(slashes) === backslash) slashes -= 1
    if ((at - slashes) % 2 === 1) return at + 1
  }
}

const skipValue = (text: string, from: number): number => {
  const code = text.charCodeAt(from)
  if (code === quote) return skipString(text, from)
  if (code === openBrace || code === openBracket) return skipNested(text, from)
  let at = from
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === comma || code === closeBrace || code <= 0x20 || Number.isNaN(code)) return at
    at += 1
  }
}

const skipNested = (text: string, from: number): number => {
  let depth = 0
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const after = skipString(text, at)
      if (after === 0) return text.length
      at = after
      continue
    }
    if (code === openBrace || code === openBracket) depth += 1
    else if (code === closeBrace || code === closeBracket) {
      depth -= 1
      if (depth === 0) return at + 1
    }
    at += 1
  }
  return text.length
}

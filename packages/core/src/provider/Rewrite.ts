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
  const text = JSON.stringify(value)
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
  const members = scan(text)
  return members === undefined ? rebuilt(text, changes) : spliced(text, members, changes)
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

/** Where a member stands: `start` and `end` hold its spaces too, but no comma. */
interface Member {
  readonly key: string
  readonly start: number
  readonly valueStart: number
  readonly valueEnd: number
  readonly end: number
}

const spliced = (text: string, members: ReadonlyArray<Member>, changes: Changes): string => {
  let out = ""
  let copied = 0
  let kept = 0
  for (const member of members) {
    const change = Object.hasOwn(changes, member.key) ? changes[member.key] : undefined
    if (change === undefined) {
      kept += 1
      continue
    }
    const value = change(text.slice(member.valueStart, member.valueEnd))
    if (value === undefined) return without(text, members, changes)
    out += text.slice(copied, member.valueStart) + value
    copied = member.valueEnd
    kept += 1
  }
  const last = members.at(-1)
  const added = additions(changes, members)
  if (added.length === 0) return out + text.slice(copied)
  const close = last === undefined ? text.lastIndexOf("}") : last.valueEnd
  return `${out}${text.slice(copied, close)}${kept === 0 ? "" : ","}${added.join(",")}${text.slice(close)}`
}

/** The slower way, for when a member goes: the members that stay are put together again, each with its own spaces. */
const without = (text: string, members: ReadonlyArray<Member>, changes: Changes): string => {
  const first = members[0]!
  const pieces: Array<string> = []
  for (const member of members) {
    const change = Object.hasOwn(changes, member.key) ? changes[member.key] : undefined
    if (change === undefined) {
      pieces.push(text.slice(member.start, member.end))
      continue
    }
    const value = change(text.slice(member.valueStart, member.valueEnd))
    if (value !== undefined)
      pieces.push(text.slice(member.start, member.valueStart) + value + text.slice(member.valueEnd, member.end))
  }
  pieces.push(...additions(changes, members))
  return text.slice(0, first.start) + pieces.join(",") + text.slice(members.at(-1)!.end)
}

const additions = (changes: Changes, members: ReadonlyArray<Member>): Array<string> => {
  const added: Array<string> = []
  for (const key of Object.keys(changes)) {
    const value = members.some((member) => member.key === key) ? undefined : changes[key]!(undefined)
    if (value !== undefined) added.push(`${JSON.stringify(key)}:${value}`)
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

/** The members of the outermost object; `undefined` where the text is not one. */
const scan = (text: string): ReadonlyArray<Member> | undefined => {
  let at = skipSpace(text, 0)
  if (text.charCodeAt(at) !== openBrace) return undefined
  const members: Array<Member> = []
  let start = at + 1
  at = skipSpace(text, start)
  if (text.charCodeAt(at) === closeBrace) return members
  for (;;) {
    if (text.charCodeAt(at) !== quote) return undefined
    const keyEnd = skipString(text, at)
    const colonAt = skipSpace(text, keyEnd)
    if (keyEnd === 0 || text.charCodeAt(colonAt) !== colon) return undefined
    const valueStart = skipSpace(text, colonAt + 1)
    const valueEnd = skipValue(text, valueStart)
    const end = skipSpace(text, valueEnd)
    members.push({ key: keyOf(text.slice(at + 1, keyEnd - 1)), start, valueStart, valueEnd, end })
    const next = text.charCodeAt(end)
    if (next === closeBrace) return members
    if (next !== comma) return undefined
    start = end + 1
    at = skipSpace(text, start)
  }
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

const keyOf = (raw: string): string => (raw.includes("\\") ? (Json.string(Json.parse(`"${raw}"`)) ?? raw) : raw)

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

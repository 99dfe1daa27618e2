/**
 * JSON as it comes off the wire: unknown in shape, read field by field and leniently.
 *
 * Providers add fields, rename them and change their types without notice, so nothing of theirs is
 * decoded by a strict schema: these readers answer `undefined` for whatever is not there or is of
 * another type. What users write (configuration, routes) is strict and decoded by Schema instead.
 */

import { isBlank, pastBlanks } from "./Blanks.ts"
import * as EscapedKeys from "./EscapedKeys.ts"

/** Any JSON value. @stability stable @category models @since 0.1.0 */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject

/** A JSON object; a key that is not there is `undefined`. @stability stable @category models @since 0.1.0 */
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/**
 * Parses a text as JSON; `undefined` where it is not JSON, or nested deeper than so many levels (default 1000): what writes or walks a
 * value calls itself, and would run out of stack on one that somebody nested on purpose. The one place where `JSON.parse` is called for
 * a whole text, and where what it misreads is put right (`EscapedKeys.ts`).
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const parse = (text: string, levels: number = deepest): Json | undefined => {
  if (!mayBeJson(text)) return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    const value = (EscapedKeys.has(text) ? EscapedKeys.read(text) : parsed) as Json
    return text.length >= 2 * levels && isDeeper(value, levels) ? undefined : value
  } catch {
    return undefined
  }
}

/** A quarter of what V8's own writer can do. Each level opens and closes, so that shorter texts than two of each need no look. */
const deepest = 1000

/** Whether its first two characters and its last are ones that JSON can have: an exception costs a hundred times as much as this look. */
const mayBeJson = (text: string): boolean => {
  const start = pastBlanks(text, 0)
  let end = text.length - 1
  while (end > start && isBlank(text.charCodeAt(end))) end--
  const first = text.charCodeAt(start)
  const last = text.charCodeAt(end)
  if (first === 0x7b) return last === 0x7d && isAnyOf('"}', text.charCodeAt(pastBlanks(text, start + 1)))
  if (first === 0x5b) return last === 0x5d && isAnyOf(`${begins}]`, text.charCodeAt(pastBlanks(text, start + 1)))
  return first === 0x22 ? last === 0x22 && end > start : isAnyOf(begins, first) && isAnyOf("0123456789el", last)
}

/** What a value begins with. */
const begins = '{["-0123456789tfn'

const isAnyOf = (characters: string, code: number): boolean =>
  !Number.isNaN(code) && characters.includes(String.fromCharCode(code))

/** Parses a text as a JSON object; `undefined` for everything else. @stability stable @category constructors @since 0.1.0 */
export const parseObject = (text: string): JsonObject | undefined => object(parse(text))

/** The value, if it is a JSON object. @stability stable @category getters @since 0.1.0 */
export const object = (value: unknown): JsonObject | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined

/** The value, if it is an array; else an empty one. @stability stable @category getters @since 0.1.0 */
export const array = (value: unknown): ReadonlyArray<Json> =>
  Array.isArray(value) ? (value as ReadonlyArray<Json>) : []

/** The value, if it is a string. @stability stable @category getters @since 0.1.0 */
export const string = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

/** The value, if it is a finite number. @stability stable @category getters @since 0.1.0 */
export const number = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined

/** The value, if it is a boolean. @stability stable @category getters @since 0.1.0 */
export const boolean = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined)

/** A text as JSON. @stability stable @category conversions @since 0.1.0 */
export const quoted = (text: string): string => (isPlain(text) ? `"${text}"` : JSON.stringify(text))

/** In characters: what is longer is as quickly written as it is looked at. */
const longestName = 64

/** Whether it is short and nothing in it is written otherwise within quotes: names mostly are, and V8's writer costs ten times this look. */
const isPlain = (text: string): boolean => {
  if (text.length > longestName) return false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false
  }
  return true
}

/**
 * Walks into objects and arrays; `undefined` where a step does not exist.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const at = (value: unknown, ...path: ReadonlyArray<string | number>): Json | undefined => {
  let current: unknown = value
  for (const step of path) {
    if (typeof current !== "object" || current === null) return undefined
    current = (current as Record<string | number, unknown>)[step]
  }
  return current as Json | undefined
}

/**
 * A copy without the fields that are `undefined`, so that optional fields can be written in one literal.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const compact = <A extends object>(fields: A): { [K in keyof A]: Exclude<A[K], undefined> } => {
  const out: Record<string, unknown> = {}
  for (const key in fields) if (fields[key] !== undefined) out[key] = fields[key]
  return out as { [K in keyof A]: Exclude<A[K], undefined> }
}

/** The object; `undefined` where it has no fields. @stability stable @category combinators @since 0.1.0 */
export const unlessEmpty = <A extends object>(fields: A): A | undefined =>
  Object.keys(fields).length === 0 ? undefined : fields

/**
 * Whether objects and lists stand within each other deeper than so many levels. What walks a value by calling itself would run out of
 * stack on one that somebody nested on purpose.
 *
 * @stability stable
 * @category predicates
 * @since 0.1.0
 */
export const isDeeper = (value: unknown, levels: number): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) {
    // Most of what is long is numbers.
    for (const inner of value) if (typeof inner === "object" && isDeeper(inner, levels - 1)) return true
  } else {
    for (const key in value) if (isDeeper((value as Record<string, unknown>)[key], levels - 1)) return true
  }
  return false
}

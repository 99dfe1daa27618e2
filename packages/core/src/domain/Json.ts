/**
 * JSON as it comes off the wire: unknown in shape, read field by field and leniently.
 *
 * Providers add fields, rename them and change their types without notice, so nothing of theirs is
 * decoded by a strict schema: these readers answer `undefined` for whatever is not there or is of
 * another type. What users write (configuration, routes) is strict and decoded by Schema instead.
 */

/** @stability stable @category models @since 0.1.0 */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject

/** @stability stable @category models @since 0.1.0 */
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/**
 * Parses a text as JSON; `undefined` where it is not JSON. The one place where `JSON.parse` is called.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const parse = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

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
  return Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

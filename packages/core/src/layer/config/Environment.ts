/**
 * References to the environment: `${NAME}` and `${NAME:-default}` in any string; `$${` is a plain `${`.
 *
 * A variable that is empty, or holds blanks only, counts as not set. What follows from one that is not set is decided where the value is used: this
 * file only keeps the paths.
 */
import * as Json from "../../domain/Json.ts"
import type { Path } from "./Problem.ts"

/** The environment, passed in: nothing here reads the process. @stability stable @category models @since 0.1.0 */
export type Environment = Readonly<Record<string, string | undefined>>

/** A reference whose variable is not set and that has no default. @stability experimental @category models @since 0.1.0 */
export interface Unset {
  readonly path: Path
  readonly name: string
}

/** @stability experimental @category models @since 0.1.0 */
export interface Expanded {
  readonly value: unknown
  /** In these places the text still holds its reference. */
  readonly unset: ReadonlyArray<Unset>
  /** In these places an empty default left nothing of the text. */
  readonly blank: ReadonlyArray<Blank>
  /** In these places something begins as a reference and is none. */
  readonly malformed: ReadonlyArray<Path>
}

/** What counts as unset where no empty text may be. @stability experimental @category models @since 0.1.0 */
export interface Blank extends Unset {
  /** As it is written. */
  readonly text: string
}

const reference = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g

/**
 * What a variable holds, without the line ends that files bring along (an `.env` of Windows in Docker); `undefined` where that is nothing.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const valueOf = (env: Environment, name: string): string | undefined => {
  const value = env[name]
  return value === undefined || value.trim() === "" ? undefined : value.replace(/[\r\n]+$/, "")
}

/**
 * Replaces the references of every string in a plain value (not of its keys).
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const expand = (value: unknown, env: Environment): Expanded => {
  const unset: Array<Unset> = []
  const blank: Array<Blank> = []
  const malformed: Array<Path> = []
  const walk = (node: unknown, path: Path): unknown => {
    if (typeof node === "string") {
      const { emptied, isMalformed, missing, text } = expandText(node, env)
      unset.push(...missing.map((name) => ({ path, name })))
      if (text === "") blank.push(...emptied.map((name) => ({ path, name, text: node })))
      if (isMalformed) malformed.push(path)
      return text
    }
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]))
    const object = Json.object(node)
    if (object === undefined) return node
    return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, walk(item, [...path, key])]))
  }
  return { value: walk(value, []), unset, blank, malformed }
}

/** With the names of variables that are not set and have no default, and of those whose default is empty. */
const expandText = (written: string, env: Environment) => {
  const missing: Array<string> = []
  const emptied: Array<string> = []
  let isMalformed = false
  const text = written.replaceAll(
    reference,
    (whole: string, name: string | undefined, otherwise: string | undefined) => {
      if (name === undefined) {
        isMalformed ||= whole === "${"
        return "${"
      }
      // A default ends at the first brace: one with a reference in it would leave half of that behind.
      isMalformed ||= otherwise?.includes("${") === true
      const value = valueOf(env, name)
      if (value !== undefined) return value
      if (otherwise === undefined) missing.push(name)
      if (otherwise === "") emptied.push(name)
      return otherwise ?? whole
    }
  )
  return { text, missing, emptied, isMalformed }
}

/** The reason that goes into `disabled`. @stability experimental @category getters @since 0.1.0 */
export const reason = (names: Iterable<string>): string => {
  const list = [...new Set(names)]
  return list.length === 1 ? `${list[0]} is not set` : `${list.join(", ")} are not set`
}

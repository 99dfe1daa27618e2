/**
 * References to the environment: `${NAME}` and `${NAME:-default}` in any string; `$${` is a plain `${`.
 *
 * A variable that is empty counts as not set. What follows from one that is not set is decided where the value is used: this
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
}

const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

/**
 * Replaces the references of every string in a plain value (not of its keys).
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const expand = (value: unknown, env: Environment): Expanded => {
  const unset: Array<Unset> = []
  const walk = (node: unknown, path: Path): unknown => {
    if (typeof node === "string") return expandText(node, env, (name) => unset.push({ path, name }))
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]))
    const object = Json.object(node)
    if (object === undefined) return node
    return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, walk(item, [...path, key])]))
  }
  return { value: walk(value, []), unset }
}

const expandText = (text: string, env: Environment, onUnset: (name: string) => void): string =>
  text.replaceAll(reference, (whole: string, name: string | undefined, otherwise: string | undefined) => {
    if (name === undefined) return "${"
    const value = env[name]
    if (value !== undefined && value !== "") return value
    if (otherwise !== undefined) return otherwise
    onUnset(name)
    return whole
  })

/** The reason that goes into `disabled`. @stability experimental @category getters @since 0.1.0 */
export const reason = (names: Iterable<string>): string => {
  const list = [...new Set(names)]
  return list.length === 1 ? `${list[0]} is not set` : `${list.join(", ")} are not set`
}

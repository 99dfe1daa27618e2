/**
 * What a new configuration changes: for a reload that says what it did, and keeps what did not change.
 *
 * Secrets are compared and never shown: only names of what changed come out.
 */
import * as Duration from "effect/Duration"
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import type { Config } from "./Types.ts"

/** Names that came, went, or mean something else now. @stability stable @category models @since 0.1.0 */
export interface Names {
  readonly added: ReadonlyArray<string>
  readonly removed: ReadonlyArray<string>
  readonly changed: ReadonlyArray<string>
}

/** What a new configuration adds, takes away and changes, by name. @stability stable @category models @since 0.1.0 */
export interface Diff {
  readonly providers: Names
  readonly routes: Names
  readonly policies: Names
  readonly callers: Names
  /** Of `server`, `ledger`, `state`, `telemetry`, `failures`: those that changed. */
  readonly parts: ReadonlyArray<"server" | "ledger" | "state" | "telemetry" | "failures">
  /** Whether nothing changed. */
  readonly same: boolean
}

const parts = ["server", "ledger", "state", "telemetry", "failures"] as const

/**
 * The difference between the configuration in force and the one that follows.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const diff = (before: Config, after: Config): Diff => {
  const callers = (config: Config) => new Map(config.callers.map((caller) => [caller.name, caller]))
  const names = {
    providers: compare(before.providers, after.providers),
    routes: compare(before.routes, after.routes),
    policies: compare(before.policies, after.policies),
    callers: compare(callers(before), callers(after))
  }
  const changed = parts.filter((part) => !same(before[part], after[part]))
  const untouched = Object.values(names).every(
    ({ added, changed, removed }) => added.length + removed.length + changed.length === 0
  )
  return { ...names, parts: changed, same: untouched && changed.length === 0 }
}

const compare = (before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): Names => ({
  added: [...after.keys()].filter((name) => !before.has(name)),
  removed: [...before.keys()].filter((name) => !after.has(name)),
  changed: [...after.keys()].filter((name) => before.has(name) && !same(before.get(name), after.get(name)))
})

/** Equal as data; functions (a route's `pipe`) are not data. */
const same = (a: unknown, b: unknown): boolean => {
  if (a === b || (typeof a === "function" && typeof b === "function")) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Duration.isDuration(a) || Redacted.isRedacted(a)) return Equal.equals(a, b)
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => same(Reflect.get(a, key), Reflect.get(b, key)))
}

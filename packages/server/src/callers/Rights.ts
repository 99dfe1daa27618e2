/**
 * What the keys file says a caller may do, and what another word on it changes.
 *
 * Rights belong to the caller, not to the key: what is said with a new key holds for those that are out already. So what is not said stays as it
 * is, and what changes is told. It does not know how rights are written on a command line.
 */
import * as Schema from "effect/Schema"
import * as KeysFile from "./KeysFile.ts"

/** @stability experimental @category models @since 0.1.0 */
export type Rights = KeysFile.Kept["callers"][number]

/** A right that is another one now, in words. @stability experimental @category models @since 0.1.0 */
export interface Change {
  readonly right: "routes" | "requests" | "tokens" | "concurrency" | "budget"
  readonly from: string
  readonly to: string
}

/** What is said with a key: rights, and restrictions that hold no more. @stability experimental @category models @since 0.1.0 */
export interface Said {
  readonly rights: Rights
  readonly lifted: ReadonlyArray<Change["right"]>
}

/** Right by right: those that are named or lifted, the others as they were. @stability experimental @category combinators @since 0.1.0 */
export const merge = (before: Rights | undefined, { lifted, rights }: Said): Rights => {
  const isKept = ([right]: readonly [string, unknown]) => !lifted.some((one) => one === right)
  const limits = Object.fromEntries(Object.entries({ ...before?.limits, ...rights.limits }).filter(isKept))
  const { limits: _, ...own } = { ...before, ...rights }
  const kept = { name: rights.name, ...Object.fromEntries(Object.entries(own).filter(isKept)) }
  return Object.keys(limits).length === 0 ? kept : { ...kept, limits }
}

/** What became different; `undefined` is a caller that nobody knew. @stability experimental @category getters @since 0.1.0 */
export const changes = (before: Rights | undefined, after: Rights): ReadonlyArray<Change> => {
  const from = before === undefined ? { ...words({ name: after.name }), routes: "nothing" } : words(before)
  const to = words(after)
  return order.flatMap((right) => (from[right] === to[right] ? [] : [{ right, from: from[right], to: to[right] }]))
}

/** Every right, in the order in which they are told. @stability experimental @category constants @since 0.1.0 */
export const order = ["routes", "requests", "tokens", "concurrency", "budget"] as const

const words = (rights: Rights): Readonly<Record<Change["right"], string>> => {
  const { budget, limits, routes } = Schema.encodeSync(KeysFile.Rights)(rights)
  return {
    routes: routes === undefined ? "everything" : routes.join(", ") || "nothing",
    requests: limits?.requests ?? "no limit",
    tokens: limits?.tokens ?? "no limit",
    concurrency: String(limits?.concurrency ?? "no limit"),
    budget: budget === undefined ? "none" : `${budget.usd}/${budget.per}`
  }
}

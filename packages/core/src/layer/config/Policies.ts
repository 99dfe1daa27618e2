/**
 * `policies:` from the file to `RetryPolicy`: what is left out comes from `from`, row by row and field by field.
 */
import * as Json from "../../domain/Json.ts"
import * as Nearest from "../../domain/Nearest.ts"
import * as Disposition from "../../policy/Disposition.ts"
import * as chronicle from "../../policy/presets/chronicle.ts"
import * as failover from "../../policy/presets/failover.ts"
import * as minimal from "../../policy/presets/minimal.ts"
import * as pool from "../../policy/presets/pool.ts"
import * as reliable from "../../policy/presets/reliable.ts"
import * as RetryPolicy from "../../policy/RetryPolicy.ts"
import * as Circles from "../../route/Circles.ts"
import type { Path } from "./Problem.ts"
import type { Reader } from "./Reader.ts"
import type { Policy } from "./schema/Policy.ts"

/** Policies that exist without being configured. @stability experimental @category constants @since 0.1.0 */
export const builtIn: ReadonlyMap<string, RetryPolicy.RetryPolicy> = new Map([
  ["recommended", RetryPolicy.recommended],
  ["chronicle", chronicle.policy()],
  ["reliable", reliable.policy()],
  ["minimal", minimal.policy],
  ["pool", pool.policy()],
  ["failover", failover.policy()]
])

/**
 * Every policy by name: the built-in ones, then the file's.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const read = (reader: Reader): ReadonlyMap<string, RetryPolicy.RetryPolicy> => {
  const entries = reader.file.policies ?? {}
  const written = Object.keys(Json.object(Json.at(reader.raw, "policies")) ?? {})
  const done = new Map(builtIn)
  const depths = Circles.walk(
    Object.keys(entries),
    (name) => fromOf(entries, name),
    () => {}
  )
  const resolve = (name: string, seen: ReadonlyArray<string>): RetryPolicy.RetryPolicy => {
    const ready = done.get(name)
    const entry = entries[name]
    if (ready !== undefined || entry === undefined) return ready ?? RetryPolicy.recommended
    const policy = make(entry, name, resolveFrom(name, entry, seen))
    done.set(name, policy)
    return policy
  }
  const resolveFrom = (name: string, entry: Policy, seen: ReadonlyArray<string>): RetryPolicy.RetryPolicy => {
    const from = entry.from ?? "recommended"
    const path = ["policies", name, "from"]
    if (from === name || seen.includes(from)) {
      const found = [...seen, name, from].map((one) => `"${one}"`).join(" → ")
      reader.report({
        path,
        at: "value",
        found: `a circle: ${found}`,
        expected: "a policy that does not come back to itself"
      })
      return RetryPolicy.recommended
    }
    const depth = depths.get(from) ?? 0
    if (depth >= Circles.deepest) {
      const found = `more than ${Circles.deepest} policies, each from the next`
      if (depth === Circles.deepest) reader.report({ path, at: "value", found, expected: "fewer" })
      return RetryPolicy.recommended
    }
    if (!done.has(from) && !written.includes(from))
      reportUnknown(reader, path, from, [...done.keys(), ...Object.keys(entries)])
    return resolve(from, [...seen, name])
  }
  for (const name of Object.keys(entries)) {
    if (builtIn.has(name)) {
      const found = `the name "${name}" of a built-in policy`
      reader.report({ path: ["policies", name], at: "key", found, expected: `another name, with "from: ${name}"` })
    } else resolve(name, [])
  }
  for (const name of written) if (!done.has(name)) done.set(name, RetryPolicy.recommended)
  return done
}

const fromOf = (entries: Readonly<Record<string, Policy>>, name: string): ReadonlyArray<Circles.Lead> => {
  const from = Object.hasOwn(entries, name) ? entries[name]?.from : undefined
  return from === undefined || !Object.hasOwn(entries, from) ? [] : [{ to: from }]
}

/**
 * One policy on top of another.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (entry: Policy, name: string, from: RetryPolicy.RetryPolicy): RetryPolicy.RetryPolicy => {
  const { name: own, from: _, on, retry, backoff, retryAfter, timeouts, commit, repairs, rules, waits, ...rest } = entry
  return RetryPolicy.make(from, {
    ...rest,
    name: own ?? name,
    on: on === undefined ? from.on : Disposition.override(from.on, on),
    retry: { ...from.retry, ...retry },
    backoff: { ...from.backoff, ...backoff },
    retryAfter: { ...from.retryAfter, ...retryAfter },
    timeouts: { ...from.timeouts, ...timeouts },
    commit: { ...from.commit, ...commit },
    waits: { ...from.waits, ...waits },
    repairs: { ...from.repairs, ...repairs },
    rules: rules ?? from.rules
  })
}

/** @stability experimental @category errors @since 0.1.0 */
export const reportUnknown = (reader: Reader, path: Path, name: string, known: ReadonlyArray<string>): void =>
  reader.report({
    path,
    at: "value",
    found: `"${name}", which is no policy`,
    expected: `one of ${known.join(", ")}`,
    nearest: Nearest.of(name, known)
  })

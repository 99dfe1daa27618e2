/**
 * What a query of an admin endpoint asks for: the filter that it stands for, or what is wrong with it, in words.
 */
import type { CallRow, FailureFilter, Filter } from "@orelse/core/layer/Ledger"
import * as LedgerCursor from "@orelse/core/layer/LedgerCursor"
import * as Moment from "@orelse/core/domain/Moment"
import * as Reasons from "../ledger/Reasons.ts"

const words = ["route", "provider", "outcome", "reason", "caller", "cursor"]

const outcomes: ReadonlyArray<string> = [
  "answered",
  "failed",
  "cancelled",
  "unfinished",
  "running"
] satisfies ReadonlyArray<CallRow["outcome"]>

/** Which calls (`GET /admin/calls`). */
export const calls = (query: URLSearchParams): Filter | string => {
  // By any name, `__proto__` too: a filter that got lost would find everything.
  const metadata = new Map<string, string>()
  const filter = read(query, words, (name, value) => {
    if (!name.startsWith("metadata.")) return false
    metadata.set(name.slice("metadata.".length), value)
    return true
  })
  return typeof filter === "string" || metadata.size === 0
    ? filter
    : { ...filter, metadata: Object.fromEntries(metadata) }
}

/** Which answers that no rule knew (`GET /admin/failures`). */
export const failures = (query: URLSearchParams): FailureFilter | string => read(query, ["provider"])

type Fields = Readonly<Record<string, string | number>>

/** Times, the limit and the fields of these names; `other` takes names that it knows. */
const read = (
  query: URLSearchParams,
  names: ReadonlyArray<string>,
  other?: (name: string, value: string) => boolean
): Fields | string => {
  const filter: Record<string, string | number> = {}
  for (const [name, value] of query) {
    // No text of the ledger's holds one, and PostgreSQL takes none.
    if (name.includes("\0") || value.includes("\0")) return `a filter holds no NUL, as ${JSON.stringify(name)} does`
    if (other?.(name, value) === true) continue
    const read = (names.includes(name) ? (narrower[name] ?? asText) : numberOf(name))?.(value)
    if (read === undefined) return unknown(name, names, other !== undefined)
    if (typeof read === "object") return read.wrong
    filter[name] = read
  }
  return filter
}

const unknown = (name: string, names: ReadonlyArray<string>, hasMetadata: boolean): string => {
  const all = ["since", "until", "limit", ...names]
  const last = hasMetadata ? "metadata.NAME" : all.pop()
  return `no filter "${name}"; there are ${all.join(", ")} and ${last}`
}

interface Wrong {
  readonly wrong: string
}

const time =
  (name: string) =>
  (value: string): number | Wrong => {
    const at = /^\d{1,15}$/.test(value) ? Number(value) : Moment.read(value)
    return at ?? { wrong: `${name} must be epoch milliseconds or an ISO 8601 time, got "${value}"` }
  }

const asText = (value: string): string | Wrong => value

/** Words of which not every one has a meaning: a wrong one would find nothing, or everything, without a word. */
const narrower: Readonly<Record<string, typeof asText | undefined>> = {
  outcome: (value) =>
    outcomes.includes(value) ? value : { wrong: `outcome must be one of ${outcomes.join(", ")}, got "${value}"` },
  reason: (value) => {
    const wrong = Reasons.wrong(value)
    return wrong === undefined ? value : { wrong }
  },
  cursor: (value) => (LedgerCursor.read(value) === undefined ? { wrong: LedgerCursor.refused(value) } : value)
}

const numbers: Readonly<Record<string, (value: string) => number | Wrong>> = {
  since: time("since"),
  until: time("until"),
  limit: (value) => {
    const limit = Number(value)
    return Number.isInteger(limit) && limit >= 1 && limit <= 1000
      ? limit
      : { wrong: `limit must be a whole number from 1 to 1000, got "${value}"` }
  }
}

const numberOf = (name: string) => (Object.hasOwn(numbers, name) ? numbers[name] : undefined)

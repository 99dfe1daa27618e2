/**
 * What is in the ledger's tables, read with plain SQL beside the ledger's own code, and what is wrong with it.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Reactivity from "effect/reactivity/Reactivity"
import { DatabaseSync } from "node:sqlite"
import type { Told } from "./Callers.ts"
import type { Seen } from "./Provider.ts"

export interface Where {
  readonly store: "sqlite" | "postgres"
  /** SQLite's file, or PostgreSQL's address. */
  readonly at: string
}

interface CallRow {
  readonly id: string
  readonly n: string
  readonly outcome: string
  readonly attempts: number | null
  /** Present where its only attempt stands in this row. */
  readonly sole_started_at: unknown
}

interface AttemptRow {
  readonly call_id: string
  readonly ordinal: number
  readonly provider: string
  readonly outcome: string
}

/** The tables as they are. */
export interface Record {
  readonly calls: ReadonlyArray<CallRow>
  readonly attempts: ReadonlyArray<AttemptRow>
}

const callsSql = "SELECT id, metadata ->> 'n' AS n, outcome, attempts, sole_started_at FROM calls"
const attemptsSql = "SELECT call_id, ordinal, provider, outcome FROM attempts ORDER BY call_id, ordinal"

export const read = async ({ at, store }: Where): Promise<Record> => {
  if (store === "sqlite") {
    const db = new DatabaseSync(at, { readOnly: true })
    const all = <A>(sql: string) => db.prepare(sql).all() as unknown as ReadonlyArray<A>
    const found = { calls: all<CallRow>(callsSql), attempts: all<AttemptRow>(attemptsSql) }
    db.close()
    return found
  }
  return Effect.runPromise(
    Effect.gen(function* () {
      const sql = yield* PgClient.make({ url: Redacted.make(at) })
      const calls = yield* sql.unsafe<CallRow>(callsSql)
      return { calls, attempts: yield* sql.unsafe<AttemptRow>(attemptsSql) }
    }).pipe(Effect.scoped, Effect.provideServiceEffect(Reactivity.Reactivity, Reactivity.make), Effect.orDie)
  )
}

/** What is on record, and what of it is missing or too much: both lists are empty where the ledger is right. */
export interface Verdict {
  readonly calls: number
  readonly attempts: number
  /** Calls whose only attempt stands in their row. */
  readonly sole: number
  readonly outcomes: Readonly<{ [outcome: string]: number }>
  /** A row too many, or one that contradicts another. */
  readonly wrong: ReadonlyArray<string>
  /** Requests that a provider got, and answers that a caller got, of which the ledger knows nothing: when they came. */
  readonly missing: ReadonlyArray<Missing>
}

export interface Missing {
  readonly call: string
  readonly what: string
  readonly at: number
}

/** Holds the tables against what the provider saw and what the callers were told. */
export const judge = (record: Record, seen: ReadonlyArray<Seen>, told: ReadonlyArray<Told>): Verdict => {
  const wrong: Array<string> = []
  const byCall = new Map<string, CallRow>()
  for (const row of record.calls) {
    if (byCall.has(row.n)) wrong.push(`call ${row.n} is there twice`)
    byCall.set(row.n, row)
  }
  const attempts = Map.groupBy(record.attempts, (row) => row.call_id)
  for (const row of record.calls) wrong.push(...contradictions(row, attempts.get(row.id) ?? []))
  const requests = Map.groupBy(seen, ({ call }) => call)
  const missing: Array<Missing> = []
  for (const [call, asked] of requests) {
    const row = byCall.get(call)
    const rows = row === undefined ? [] : (attempts.get(row.id) ?? [])
    missing.push(...unrecorded(asked, rows))
    if (row !== undefined && certain.has(row.outcome) && rows.length > asked.length)
      wrong.push(`call ${call}: ${rows.length} attempts on record, ${asked.length} were sent`)
  }
  for (const { at, call, id, outcome } of told) {
    if (id === undefined || outcome === "left" || outcome === "broken") continue
    const row = byCall.get(call)
    if (row?.outcome !== outcome)
      missing.push({ call, what: `call ${call} ${outcome}, on record: ${row?.outcome}`, at })
  }
  const outcomes = Object.fromEntries(
    [...Map.groupBy(record.calls, ({ outcome }) => outcome)].map(([outcome, rows]) => [outcome, rows.length])
  )
  const sole = record.calls.filter((row) => row.sole_started_at !== null).length
  return { calls: record.calls.length, attempts: record.attempts.length, sole, outcomes, wrong, missing }
}

/** Of these it is known that every attempt on record arrived; one that a caller or a crash ended may have ended on its way. */
const certain: ReadonlySet<string> = new Set(["answered", "failed"])

const contradictions = (call: CallRow, rows: ReadonlyArray<AttemptRow>): ReadonlyArray<string> => {
  const wrong: Array<string> = []
  if (call.outcome === "running" || rows.some(({ outcome }) => outcome === "running"))
    wrong.push(`call ${call.n} is open`)
  if (call.attempts !== rows.length)
    wrong.push(`call ${call.n} says ${call.attempts} attempts, ${rows.length} are there`)
  if (rows.some(({ ordinal }, index) => ordinal !== index + 1)) wrong.push(`call ${call.n} has a gap in its attempts`)
  return wrong
}

/** Requests beyond the attempts on record, provider by provider; the last ones, for those before are on record. */
const unrecorded = (asked: ReadonlyArray<Seen>, rows: ReadonlyArray<AttemptRow>) =>
  [...Map.groupBy(asked, ({ provider }) => provider)].flatMap(([provider, requests]) =>
    requests
      .slice(rows.filter((row) => row.provider === provider).length)
      .map(({ at, call }) => ({ call, what: `call ${call}, an attempt at ${provider}`, at }))
  )

/**
 * Who writes: each process has an id of its own on the rows it opens, so that several may share a store, and a crash can be told from a slow call.
 *
 * On one machine a process is alive when its number is, with the same time of start (numbers are reused). Of another
 * machine nothing can be asked: its heartbeat in `orelse_owners` tells. Containers are machines of their own.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"
import { type Row, statement, type Statement, type Store, type StoreError } from "./Store.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Owner {
  readonly id: string
  /** Host name and process namespace. */
  readonly machine: string
  /** Number and time of start: `4711@88231`. */
  readonly process: string
}

/** A new owner, until the scope closes; every ledger that a process opens is one of its own. @stability experimental @category constructors @since 0.1.0 */
export const make: Effect.Effect<Owner, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const id = randomUUID()
    living.add(id)
    return { id, machine: `${hostname()} ${namespace()}`, process: thisProcess() }
  }),
  ({ id }) => Effect.sync(() => living.delete(id))
)

/** Whether an owner of this machine still lives. @stability experimental @category guards @since 0.1.0 */
export const livesHere = (id: string, processName: string): boolean =>
  processName === thisProcess() ? living.has(id) : runs(processName)

/** The owners of this process. */
const living = new Set<string>()

const thisProcess = (): string => `${process.pid}@${startTime(process.pid) ?? 0}`

const runs = (processName: string): boolean => {
  const [pid, start] = processName.split("@").map(Number)
  if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, under another user.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false
  }
  const now = startTime(pid)
  return now === undefined || start === 0 || now === start
}

/** How long a process of another machine may be silent before its calls are given up. */
const silenceMs = 60_000

/**
 * Says that this process lives, and makes `unfinished` what dead ones left open. Safe to run from many processes at once:
 * where a call was given up too early, its end corrects the row.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const heartbeat = Effect.fnUntraced(function* (store: Store, self: Owner): Effect.fn.Return<number, StoreError> {
  const now = yield* Clock.currentTimeMillis
  yield* store.run([
    statement(
      `INSERT INTO orelse_owners (id, machine, process, heartbeat_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at`,
      self.id,
      self.machine,
      self.process,
      now
    )
  ])
  const others = yield* store.read(
    statement("SELECT id, machine, process, heartbeat_at FROM orelse_owners WHERE id <> ?", self.id)
  )
  const dead = others.filter((row) => isDead(row, self, now)).map((row) => String(row["id"]))
  return yield* store.run([...dead.map(goodbye), ...giveUp(now)])
})

/** Takes an owner out; what it left open is given up by the next heartbeat. @stability experimental @category constructors @since 0.1.0 */
export const goodbye = (id: string): Statement => statement("DELETE FROM orelse_owners WHERE id = ?", id)

const isDead = (row: Row, self: Owner, now: number): boolean =>
  row["machine"] === self.machine
    ? !livesHere(String(row["id"]), String(row["process"]))
    : now - Number(row["heartbeat_at"]) > silenceMs

/** Calls that are open and whose owner is gone. The attempts first: they are found by their open call. */
const giveUp = (now: number): ReadonlyArray<Statement> => {
  const abandoned = "outcome = 'running' AND owner NOT IN (SELECT id FROM orelse_owners)"
  return [
    statement(
      `UPDATE attempt_rows SET outcome = 'unfinished' WHERE outcome = 'running' AND call_id IN (SELECT id FROM calls WHERE ${abandoned})`
    ),
    statement(
      `UPDATE calls SET outcome = 'unfinished', ended_at = ?, cost_basis = 'unknown',
       attempts = (SELECT count(*) FROM attempt_rows WHERE call_id = calls.id) WHERE ${abandoned}`,
      now
    )
  ]
}

/**
 * For calls whose rows came after their owner had been given up (a spool that it left): attempts of a call that is
 * `unfinished` are not open either, and they count.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const mend = (ids: ReadonlyArray<string>): ReadonlyArray<Statement> => {
  const abandoned = `SELECT id FROM calls WHERE outcome = 'unfinished' AND id IN (${ids.map(() => "?").join(", ")})`
  return [
    statement(
      `UPDATE attempt_rows SET outcome = 'unfinished' WHERE outcome = 'running' AND call_id IN (${abandoned})`,
      ...ids
    ),
    statement(
      `UPDATE calls SET attempts = (SELECT count(*) FROM attempt_rows WHERE call_id = calls.id) WHERE id IN (${abandoned})`,
      ...ids
    )
  ]
}

/** Clock ticks after boot, from /proc; `undefined` where there is no /proc. */
const startTime = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The name (2nd field) may hold spaces; the time of start is the 22nd.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19])
  } catch {
    return undefined
  }
}

const namespace = (): string => {
  try {
    return readlinkSync("/proc/self/ns/pid")
  } catch {
    return "-"
  }
}

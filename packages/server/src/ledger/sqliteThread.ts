/**
 * The other thread of the SQLite store (started by `SqliteWorker.ts`): checkpoints and reading, each on its own connection.
 *
 * It imports nothing of ours, so that Node can start it as it is, compiled or not.
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite"
import { parentPort, workerData } from "node:worker_threads"

interface Question {
  readonly id: number
  readonly sql?: string
  readonly values?: ReadonlyArray<SQLInputValue>
}

const { path } = workerData as { readonly path: string }
const reader = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
let writer: DatabaseSync | undefined

/**
 * Repeated until nothing was written meanwhile, five times at most: a log is begun anew where all of it is in the table when the next writer
 * comes, and grows for as long as it is not.
 */
const checkpoint = (): void => {
  writer ??= new DatabaseSync(path, { timeout: 0 })
  let before: unknown
  for (let turn = 0; turn < 5; turn++) {
    const { busy, log } = writer.prepare("PRAGMA wal_checkpoint(PASSIVE)").get() ?? {}
    if (busy === 1 || log === before) return
    before = log
  }
}

parentPort?.on("message", ({ id, sql, values }: Question) => {
  try {
    if (sql === undefined) checkpoint()
    const rows = sql === undefined ? [] : reader.prepare(sql).all(...(values ?? []))
    // Rows have no prototype; as plain objects they cross over.
    parentPort?.postMessage({ id, rows: rows.map((row) => ({ ...row })) })
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) })
  }
})

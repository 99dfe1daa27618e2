/**
 * What stands at a ledger's path, seen before anything there is changed: `SqliteStore.ts` turns a file into WAL mode and makes its tables there,
 * which nobody may do to another program's database.
 */
import { existsSync, realpathSync, statSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { pathToFileURL } from "node:url"
import { StoreError } from "./Store.ts"
import * as Tables from "./Tables.ts"

/**
 * Throws where no ledger of this version can be there: a folder, no database, another program's, or one that a newer Orelse made. Writes
 * nothing. An empty file may become a ledger, and so may one that is not there yet.
 *
 * @stability experimental
 * @category guards
 * @since 0.1.0
 */
export const assertFit = (path: string): void => {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || stat.size === 0) return
  if (stat.isDirectory()) throw refused("it is a folder", "name a file in ledger.path")
  const db = new DatabaseSync(unchanged(path), { readOnly: true })
  try {
    const done = applied(db)
    if (done > Tables.migrations.length) throw refused(Tables.tooNew(done))
    if (done === 0 && hasTables(db))
      throw refused("it is another program's database, and was left as it is", "name a file of its own in ledger.path")
  } finally {
    db.close()
  }
}

/** The last migration that was applied; 0 where there was none. @stability experimental @category getters @since 0.1.0 */
export const applied = (db: DatabaseSync): number => {
  const has = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'orelse_migrations'").get()
  return has === undefined
    ? 0
    : Number(db.prepare("SELECT coalesce(max(id), 0) AS id FROM orelse_migrations").get()?.["id"])
}

const hasTables = (db: DatabaseSync): boolean => db.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get() !== undefined

const refused = (message: string, next?: string) => new StoreError({ kind: "away", message, next })

/**
 * How the file is named to a reader that leaves no trace. Without a log nobody is writing to it in WAL mode, and it is read as one that does not
 * change: else SQLite would make the shared files beside it, and leave them there. The log stands beside the file itself, not beside a link to it.
 */
const unchanged = (path: string): string => {
  const file = realpathSync(path)
  return existsSync(`${file}-wal`) ? file : `${pathToFileURL(file).href}?immutable=1`
}

/**
 * The ledger's store on SQLite, by Node's own `node:sqlite`: one file in WAL mode, prepared statements, one transaction a batch.
 *
 * Writing is synchronous, on the thread that serves calls: 256 rows take under a millisecond, less than handing them to
 * another thread would cost. What can take long happens elsewhere (`sqliteThread.ts`): checkpoints with their disk
 * syncs, and reading. The database never waits for another process's lock; it is asked again a little later, so that no
 * call stands still. Several processes may share a file.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { closeSync, existsSync, openSync, statSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync, type StatementSync } from "node:sqlite"
import { pathToFileURL } from "node:url"
import * as Folder from "./Folder.ts"
import * as SqliteFile from "./SqliteFile.ts"
import * as SqliteWrites from "./SqliteWrites.ts"
import * as SqliteWorker from "./SqliteWorker.ts"
import { type Row, type Statement, type Store, StoreError } from "./Store.ts"
import * as Tables from "./Tables.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Options {
  /** A file (its folder is made), or `:memory:`. */
  readonly path: string
  /** `full`: a commit survives the loss of power; `normal`: it survives the death of the process. */
  readonly synchronous: "normal" | "full"
  /** Nothing is created, migrated or written. */
  readonly readOnly?: boolean | undefined
}

/**
 * Opens the file, and closes it with the scope. Fails with `away` where it cannot be opened.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Store, StoreError, Scope.Scope> {
  const opened = yield* Effect.acquireRelease(
    Effect.map(
      onceFree(() => hold(options)),
      (held): Opened => ({ held, lost: undefined })
    ),
    ({ held }) => Effect.sync(() => held.db.close())
  )
  const readable =
    options.readOnly === true ? yield* attempt(() => readableAs(opened.held.db, options.path)) : options.path
  const worker = options.path === inMemory ? undefined : yield* SqliteWorker.make(readable)
  const cached = (sql: string): StatementSync => {
    const { db, statements } = opened.held
    let found = statements.get(sql)
    if (found === undefined) {
      if (statements.size >= 200) statements.clear()
      statements.set(sql, (found = db.prepare(sql)))
    }
    return found
  }
  const follow = worker === undefined || options.readOnly === true ? undefined : followFile(opened, options, worker)
  const changed =
    worker === undefined || follow === undefined ? () => {} : yield* checkpoints(worker, Effect.ignore(follow))
  const transaction = <A>(body: () => A): Effect.Effect<A, StoreError> =>
    attempt(() => {
      if (opened.lost !== undefined) throw opened.lost
      const result = inTransaction(opened.held.db, body)
      changed()
      return result
    }).pipe(Effect.retry({ while: (error) => error.kind === "locked", schedule: lockedSchedule }))
  return {
    dialect: "sqlite",
    where: options.path,
    ready: follow ?? Effect.void,
    write: (batch, owner) => transaction(() => opened.held.writes?.(batch, owner)),
    run: (list) =>
      transaction(() => {
        let changes = 0
        for (const { sql, values } of list) changes = Number(cached(sql).run(...values).changes)
        return changes
      }),
    read: (statement: Statement) =>
      worker === undefined
        ? attempt((): ReadonlyArray<Row> => cached(statement.sql).all(...statement.values))
        : Effect.suspend(() => (opened.lost === undefined ? worker.read(statement) : Effect.fail(opened.lost)))
  }
})

/**
 * Whether a gateway could begin with the file at this path, without touching it. Fails where it is no ledger, or one of a later version.
 *
 * @stability experimental
 * @category guards
 * @since 0.1.0
 */
export const check = (path: string): Effect.Effect<void, StoreError> =>
  path === inMemory ? Effect.void : onceFree(() => SqliteFile.assertFit(path))

const inMemory = ":memory:"

/** What opens a file that another process may be making at this moment. */
const onceFree = <A>(body: () => A): Effect.Effect<A, StoreError> =>
  Effect.retry(attempt(body), { while: (error) => error.kind === "locked", schedule: openingSchedule })

/** Another process holds the lock: 2 ms, 4, 8 … up to 50 ms; for so long together. */
const lockedFor = (duration: Duration.Input) =>
  Schedule.min([Schedule.exponential("2 millis"), Schedule.spaced("50 millis")]).pipe(Schedule.upTo({ duration }))

const lockedSchedule = lockedFor("1 second")
const openingSchedule = lockedFor("5 seconds")

/** The file that is written to. */
interface Opened {
  held: Held
  /** Why nothing is written: something else stands at its path, and cannot be opened. */
  lost: StoreError | undefined
}

/** An open file, and what was made for it. */
interface Held {
  readonly db: DatabaseSync
  /** Which file it is; absent for one in memory. */
  readonly file: string | undefined
  readonly writes: ReturnType<typeof SqliteWrites.make> | undefined
  readonly statements: Map<string, StatementSync>
}

const hold = (options: Options): Held => {
  const db = open(options)
  try {
    const writes = options.readOnly === true ? undefined : SqliteWrites.make(db)
    return { db, file: fileAt(options.path), writes, statements: new Map() }
  } catch (error) {
    db.close()
    throw error
  }
}

const fileAt = (path: string): string | undefined => {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`
}

/**
 * Goes over to the file that stands at the path now, where the one that is open was moved away, removed or replaced: rows would go on into a
 * file that nobody finds, and be gone with the process. Fails, and so does all writing, while what stands there cannot be opened.
 */
const followFile = (
  opened: Opened,
  options: Options,
  worker: SqliteWorker.SqliteWorker
): Effect.Effect<void, StoreError> =>
  attempt(() => {
    const isOther = fileAt(options.path) !== opened.held.file
    if (isOther) {
      const before = opened.held.db
      opened.held = hold(options)
      before.close()
    }
    opened.lost = undefined
    return isOther
  }).pipe(
    Effect.catch(({ message }) => {
      opened.lost = new StoreError({ kind: "away", message: lostAs(options.path, message) })
      return Effect.fail(opened.lost)
    }),
    Effect.flatMap((isOther) =>
      isOther
        ? Effect.andThen(
            worker.renew,
            Effect.logWarning(`Ledger: ${options.path} is another file than before, and calls are on record there now`)
          )
        : Effect.void
    )
  )

const lostAs = (path: string, why: string): string =>
  `${path} was moved away, removed or replaced, and what stands there now cannot be opened (${why}): put a ledger back, or take away what is in its place`

const open = (options: Options): DatabaseSync => {
  if (options.readOnly === true) return new DatabaseSync(options.path, { timeout: 5_000, readOnly: true })
  if (options.path !== inMemory) {
    SqliteFile.assertFit(options.path)
    Folder.make(dirname(options.path))
    begin(options.path)
  }
  const db = new DatabaseSync(options.path, { timeout: 0 })
  try {
    // Checkpoints are the worker's; where it cannot keep up (80 MiB), the writer helps.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 20000; PRAGMA cache_size = -8000`)
    db.exec(`PRAGMA synchronous = ${options.synchronous === "full" ? "FULL" : "NORMAL"}`)
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/**
 * A new file is its owner's alone, for it may hold what was asked and answered; its log gets its mode from SQLite. One that is there is not
 * opened here: closing it would end the locks of this process on it.
 */
const begin = (path: string): void => {
  try {
    closeSync(openSync(path, "wx", 0o600))
  } catch {
    // It is there, or SQLite says why it cannot be.
  }
}

/**
 * How a file is named to a reader. Where nobody writes, a reader makes the shared files that it wants beside it; who may not do that reads it
 * as a file that does not change. Where there is a log, it would be left out: then it is for SQLite to say.
 */
const readableAs = (db: DatabaseSync, path: string): string => {
  try {
    db.prepare("SELECT 1 FROM sqlite_master").get()
    return path
  } catch (error) {
    if (fieldOf(error, "errcode") !== readOnlyDirectory || existsSync(`${path}-wal`)) throw error
    return `${pathToFileURL(path).href}?immutable=1`
  }
}

/** SQLITE_READONLY_DIRECTORY. */
const readOnlyDirectory = 1544

/** Takes the lock only where there is something to do: a locked file that is up to date opens. */
const migrate = (db: DatabaseSync): void => {
  if (SqliteFile.applied(db) === Tables.migrations.length) return
  inTransaction(db, () => {
    db.exec(Tables.bookkeeping)
    const done = SqliteFile.applied(db)
    if (done > Tables.migrations.length) throw new Error(Tables.tooNew(done))
    for (const { id, name, statements } of Tables.migrations.slice(done)) {
      for (const sql of statements("sqlite")) db.exec(sql)
      db.prepare("INSERT INTO orelse_migrations (id, name, applied_at) VALUES (?, ?, unixepoch() * 1000)").run(id, name)
    }
  })
}

const inTransaction = <A>(db: DatabaseSync, body: () => A): A => {
  db.exec("BEGIN IMMEDIATE")
  try {
    const result = body()
    db.exec("COMMIT")
    return result
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK")
    throw error
  }
}

/**
 * Has the worker move the log into the table a second after something was written, and looks `before` that whether the file is still the same.
 * Answers what a writer calls.
 */
const checkpoints = Effect.fnUntraced(function* (worker: SqliteWorker.SqliteWorker, before: Effect.Effect<void>) {
  let dirty = false
  yield* Effect.sleep("1 second").pipe(
    Effect.andThen(before),
    Effect.andThen(
      Effect.suspend(() => {
        if (!dirty) return Effect.void
        dirty = false
        return Effect.ignore(worker.checkpoint)
      })
    ),
    Effect.forever,
    Effect.forkScoped
  )
  return () => {
    dirty = true
  }
})

/** SQLite's result codes (sqlite.org/rescode.html): what a batch itself is to blame for; all else is the database's state. */
const rejections = new Set([18, 19, 20])

const attempt = <A>(body: () => A): Effect.Effect<A, StoreError> => Effect.try({ try: body, catch: toStoreError })

const toStoreError = (cause: unknown): StoreError => {
  if (cause instanceof StoreError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const result = fieldOf(cause, "errcode")
  const code = typeof result === "number" ? result & 0xff : undefined
  if (code === 5 || code === 6) return new StoreError({ kind: "locked", message: `SQLite: ${message}` })
  // Without a code it is Node that does not take a value, or a database that was closed.
  const isRejected = code === undefined ? fieldOf(cause, "code") !== "ERR_INVALID_STATE" : rejections.has(code)
  return new StoreError({ kind: isRejected ? "rejected" : "away", message: `SQLite: ${message}` })
}

const fieldOf = (cause: unknown, field: string): unknown =>
  typeof cause === "object" && cause !== null && field in cause ? (cause as Record<string, unknown>)[field] : undefined

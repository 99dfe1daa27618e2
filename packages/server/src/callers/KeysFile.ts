/**
 * The keys that `orelse keys` makes, in a file beside the ledger: hashes, never keys.
 *
 * A file and not a table, so that callers are known while a database is away, and without one (decision of 2026-11-21, callers). It is
 * replaced whole, under a lock; the gateway looks at it every second. What a caller may do stands in the configuration; for callers that
 * are not there, the file keeps it too.
 */
import { Caller } from "@orelse/core/layer/config/schema/Caller"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { randomUUID } from "node:crypto"
import { open, readFile, rename, rm, stat } from "node:fs/promises"
import { dirname } from "node:path"
import * as Folder from "../ledger/Folder.ts"

const Key = Schema.Struct({
  id: Schema.NonEmptyString,
  caller: Schema.NonEmptyString,
  hash: Schema.String.check(Schema.isPattern(/^sha256:[0-9a-f]{64}$/)),
  /** The first letters of the key. */
  begins: Schema.String,
  /** ISO 8601, as all times here. */
  createdAt: Schema.String,
  revokedAt: Schema.optionalKey(Schema.String)
})

/** What a caller may do, as the file has it. @stability experimental @category schemas @since 0.1.0 */
export const Rights = Schema.Struct(Struct.omit(Caller.fields, ["key"]))

const Contents = Schema.Struct({
  version: Schema.Literal(1),
  callers: Schema.Array(Rights),
  keys: Schema.Array(Key)
})

/** A key as it is kept. @stability experimental @category models @since 0.1.0 */
export type KeptKey = typeof Key.Type

/** What the file holds; `exists` is false where there is no file. @stability experimental @category models @since 0.1.0 */
export interface Kept {
  readonly exists: boolean
  readonly callers: (typeof Contents.Type)["callers"]
  readonly keys: ReadonlyArray<KeptKey>
}

/** The file cannot be read or written; it says which, why and what to do. @stability experimental @category errors @since 0.1.0 */
export class KeysFileError extends Data.TaggedError("KeysFileError")<{ readonly message: string }> {}

/** There is no file. @stability experimental @category constants @since 0.1.0 */
export const none: Kept = { exists: false, callers: [], keys: [] }

/** Where it is for a ledger at this path: `orelse.db` → `orelse.keys.json`. @stability experimental @category getters @since 0.1.0 */
export const pathOf = (ledgerPath: string): string =>
  ledgerPath === ":memory:" ? "orelse.keys.json" : `${ledgerPath.replace(/\.(?:db|sqlite3?)$/, "")}.keys.json`

/** What it holds; `none` where there is no file. @stability experimental @category getters @since 0.1.0 */
export const read = (path: string): Effect.Effect<Kept, KeysFileError> =>
  Effect.tryPromise({ try: () => readFile(path, "utf8"), catch: failed }).pipe(
    Effect.matchEffect({
      onSuccess: (text) => decode(path, text),
      onFailure: ({ cause, code }) => (code === "ENOENT" ? Effect.succeed(none) : Effect.fail(refused(path, cause)))
    })
  )

const decode = (path: string, text: string): Effect.Effect<Kept, KeysFileError> =>
  Schema.decodeUnknownEffect(Schema.fromJsonString(Contents))(text).pipe(
    Effect.map(({ callers, keys }) => ({ exists: true, callers, keys })),
    Effect.mapError(
      (issue) =>
        new KeysFileError({ message: `${path} is not a keys file: ${issue.message}; restore it, or remove it` })
    )
  )

/** When it was last replaced, or given to somebody else, as a text to compare; "" where there is no file. @stability experimental @category getters @since 0.1.0 */
export const stamp = (path: string): Effect.Effect<string> =>
  Effect.tryPromise(() => stat(path, { bigint: true })).pipe(
    Effect.map(({ ctimeNs, ino, mtimeNs, size }) => `${mtimeNs}.${ctimeNs}.${ino}.${size}`),
    Effect.orElseSucceed(() => "")
  )

/**
 * Changes it: reads, lets `change` make what is to be kept, replaces the file. One process at a time.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const update = <A, E>(
  path: string,
  change: (kept: Kept) => Effect.Effect<readonly [Omit<Kept, "exists">, A], E>
): Effect.Effect<A, E | KeysFileError> =>
  Effect.acquireUseRelease(
    lock(path),
    () =>
      Effect.gen(function* () {
        const [{ callers, keys }, answer] = yield* Effect.flatMap(read(path), change)
        yield* replace(path, yield* encode({ version: 1, callers, keys }))
        return answer
      }),
    () => Effect.promise(() => rm(`${path}.lock`, { force: true }))
  )

const encode = (contents: typeof Contents.Type) =>
  Effect.map(Effect.orDie(Schema.encodeEffect(Contents)(contents)), (json) => `${JSON.stringify(json, null, 2)}\n`)

/** Whole or not at all, and for its owner alone, who stays: the gateway reads what `sudo orelse keys` wrote. */
const replace = (path: string, text: string) =>
  io(path, async () => {
    const next = `${path}.${randomUUID()}`
    const before = await stat(path).catch(() => undefined)
    const file = await open(next, "wx", 0o600)
    try {
      // Only root may give a file away; anybody else's stays its own.
      if (before !== undefined) await file.chown(before.uid, before.gid).catch(() => {})
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(next, path)
  })

/** A lock that is older than this was left behind. */
const staleMs = 10_000

/** Waits two seconds for another process at most. */
const lock = (path: string): Effect.Effect<void, KeysFileError> =>
  Effect.tryPromise({
    try: async () => {
      Folder.make(dirname(path))
      await (await open(`${path}.lock`, "wx", 0o600)).close()
    },
    catch: failed
  }).pipe(
    Effect.tapError(() => removeStale(`${path}.lock`)),
    Effect.retry({
      while: ({ code }) => code === "EEXIST",
      schedule: Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 40 }))
    }),
    Effect.mapError(({ cause }) => refused(path, cause))
  )

const removeStale = (path: string) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Effect.ignore(
      Effect.tryPromise(async () => {
        if (now - (await stat(path)).mtimeMs > staleMs) await rm(path, { force: true })
      })
    )
  )

const io = <A>(path: string, body: () => Promise<A>): Effect.Effect<A, KeysFileError> =>
  Effect.tryPromise({ try: body, catch: (cause) => refused(path, cause) })

const refused = (path: string, cause: unknown) =>
  new KeysFileError({
    message: `The keys file ${path} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}; check who may read and write there`
  })

/** What the file system said, and its code. */
const failed = (cause: unknown): { readonly cause: unknown; readonly code: unknown } => ({
  cause,
  code: typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
})

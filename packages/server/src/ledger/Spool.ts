/**
 * Where batches wait while the store is away: files of JSON lines in a folder, bounded, read back in order.
 *
 * A batch counts as kept once it is written, which the death of the process does not undo; with `sync`, once the disk says so. Files are closed at 256 KiB, so that reading back goes in
 * portions. What a process that died left behind is taken over by the next one that opens the folder, under the name of
 * the dead one: its open calls are not ours. The folder is made when it is first needed, and belongs to one machine; who made it may read it alone.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type * as Scope from "effect/Scope"
import { closeSync, fdatasync, openSync, writeFileSync } from "node:fs"
import { open, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import * as Batch from "./Batch.ts"
import * as Folder from "./Folder.ts"
import type * as Owner from "./Owner.ts"
import * as SpoolFile from "./SpoolFile.ts"

/** No room, or the disk does not take it. @stability experimental @category errors @since 0.1.0 */
export class SpoolError extends Data.TaggedError("SpoolError")<{ readonly message: string }> {}

/** @stability experimental @category models @since 0.1.0 */
export interface Spool {
  /** Keeps a batch. */
  readonly keep: (batch: Batch.Batch) => Effect.Effect<void, SpoolError>
  /** The oldest portion, or nothing. It stays until `done`. */
  readonly oldest: Effect.Effect<Portion | undefined, SpoolError>
  /** Sets a batch aside that no store takes, for a person to look at. */
  readonly setAside: (batch: Batch.Batch) => Effect.Effect<void, SpoolError>
  readonly isEmpty: () => boolean
  /** Rows that wait. */
  readonly rows: () => number
  readonly bytes: () => number
}

/** @stability experimental @category models @since 0.1.0 */
export interface Portion {
  readonly batch: Batch.Batch
  /** Who wrote it. */
  readonly owner: string
  /** It is in the store: forget it. */
  readonly done: Effect.Effect<void, SpoolError>
}

/** @stability experimental @category models @since 0.1.0 */
export interface Options {
  readonly folder: string
  /** Bytes at most. */
  readonly maxBytes: number
  /** Whether a batch survives the loss of power as well; slower. */
  readonly sync: boolean
  /** Whose files are written. */
  readonly owner: Owner.Owner
}

/** A portion is some hundred calls: a store takes it within milliseconds. */
const portionBytes = 256 * 1024

/**
 * The spool of this folder, with what others left in it. Never fails: what cannot be read is left where it lies, and the log says so.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Spool, never, Scope.Scope> {
  const { files, unread } = yield* Effect.catch(
    io(() => SpoolFile.leftBehind(options.folder)),
    ({ message }) => Effect.succeed<SpoolFile.LeftBehind>({ files: [], unread: [message] })
  )
  if (unread.length > 0) yield* Effect.logWarning(unreadable(unread))
  const state: State = { options, files, current: undefined, begun: 0 }
  // A file that is on its way to the disk is not closed meanwhile.
  const alone = Semaphore.makeUnsafe(1).withPermits(1)
  yield* Effect.addFinalizer(() => Effect.sync(() => close(state)))
  const keep = (batch: Batch.Batch, text: Buffer): Effect.Effect<void, SpoolError> =>
    options.sync
      ? alone(io(() => sync(write(state, batch, text)).then(() => closeFull(state))))
      : Effect.try({
          try: () => {
            write(state, batch, text)
            closeFull(state)
          },
          catch: toSpoolError
        })
  return {
    keep: (batch) =>
      Effect.suspend(() => {
        const text = Buffer.from(`\n${Batch.toLines(batch)}`)
        return total(state, "bytes") + text.byteLength > options.maxBytes
          ? Effect.fail(new SpoolError({ message: `the spool ${options.folder} is full (${options.maxBytes} bytes)` }))
          : keep(batch, text)
      }),
    oldest: alone(io(() => oldest(state))),
    setAside: (batch) => io(() => setAside(options.folder, batch)),
    isEmpty: () => state.files.length === 0,
    rows: () => total(state, "rows"),
    bytes: () => total(state, "bytes")
  }
})

const unreadable = (why: ReadonlyArray<string>): string =>
  `What an earlier process left for the ledger cannot be read and is not in it: ${why.join("; ")}. Make it readable and start again, or move it away`

interface State {
  readonly options: Options
  /** Oldest first. */
  readonly files: Array<SpoolFile.SpoolFile>
  /** The last of the files, while it is open for more. */
  current: { readonly file: SpoolFile.SpoolFile; readonly descriptor: number } | undefined
  /** Files that were begun. */
  begun: number
}

const total = ({ files }: State, of: "rows" | "bytes"): number => files.reduce((sum, file) => sum + file[of], 0)

/** At once, for it goes into the system's memory: a turn of the event loop each for opening and writing would take longer. */
const write = (state: State, batch: Batch.Batch, text: Buffer): number => {
  state.current ??= openNext(state)
  const { descriptor, file } = state.current
  // A write that fails half-way leaves half a line, which reading leaves out; the batch is then written again, whole.
  writeFileSync(descriptor, text)
  file.rows += batch.rows
  file.bytes += text.byteLength
  return descriptor
}

const openNext = (state: State) => {
  const { folder, owner } = state.options
  Folder.make(folder)
  const file = SpoolFile.make(folder, owner, ++state.begun)
  const descriptor = openSync(file.path, "a", 0o600)
  state.files.push(file)
  return { file, descriptor }
}

const closeFull = (state: State): void => {
  if (state.current !== undefined && state.current.file.bytes >= portionBytes) close(state)
}

const close = (state: State): void => {
  const closing = state.current
  state.current = undefined
  if (closing !== undefined) closeSync(closing.descriptor)
}

const oldest = async (state: State): Promise<Portion | undefined> => {
  const { files } = state
  const [file] = files
  if (file === undefined) return undefined
  if (state.current?.file === file) close(state)
  const batch = Batch.fromLines(await readFile(file.path, "utf8"))
  const done = io(async () => {
    await rm(file.path, { force: true })
    files.splice(files.indexOf(file), 1)
  })
  return { batch, owner: file.owner, done }
}

const setAside = async (folder: string, batch: Batch.Batch): Promise<void> => {
  Folder.make(folder)
  const handle = await open(join(folder, "rejected.jsonl"), "a", 0o600)
  await handle.write(Batch.toLines(batch))
  await handle.close()
}

const io = <A>(body: () => Promise<A>): Effect.Effect<A, SpoolError> =>
  Effect.tryPromise({ try: body, catch: toSpoolError })

const toSpoolError = (cause: unknown): SpoolError =>
  new SpoolError({ message: cause instanceof Error ? cause.message : String(cause) })

const sync = promisify(fdatasync)

/**
 * Where batches wait while the store is away: files of JSON lines in a folder, bounded, read back in order.
 *
 * A batch counts as kept once it is written, which the death of the process does not undo; with `sync`, once the disk says so. Files are closed at 256 KiB, so that reading back goes in
 * portions. What a process that died left behind is taken over by the next one that opens the folder, under the name of
 * the dead one: its open calls are not ours. The folder is made when it is first needed, and belongs to one machine.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type * as Scope from "effect/Scope"
import { closeSync, fdatasync, mkdirSync, openSync, writeFileSync } from "node:fs"
import { mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import * as Batch from "./Batch.ts"
import * as Owner from "./Owner.ts"

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

interface File {
  readonly path: string
  readonly owner: string
  rows: number
  bytes: number
}

/** A portion is some hundred calls: a store takes it within milliseconds. */
const portionBytes = 256 * 1024

/**
 * The spool of this folder, with what others left in it. Never fails: a folder that cannot be read is as good as empty.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Spool, never, Scope.Scope> {
  const files: Array<File> = yield* Effect.orElseSucceed(
    io(() => leftBehind(options.folder)),
    () => []
  )
  let current: { readonly file: File; readonly descriptor: number } | undefined
  let sequence = 0
  const total = (of: "rows" | "bytes") => () => files.reduce((sum, file) => sum + file[of], 0)
  const bytes = total("bytes")
  const openNext = () => {
    mkdirSync(options.folder, { recursive: true })
    const name = `${String(++sequence).padStart(9, "0")}.${options.owner.process}.${options.owner.id}${extension}`
    const file: File = { path: join(options.folder, name), owner: options.owner.id, rows: 0, bytes: 0 }
    const descriptor = openSync(file.path, "a")
    files.push(file)
    return { file, descriptor }
  }
  const close = () => {
    const closing = current
    current = undefined
    if (closing !== undefined) closeSync(closing.descriptor)
  }
  /** At once, for it goes into the system's memory: a turn of the event loop each for opening and writing would take longer. */
  const write = (batch: Batch.Batch, text: Buffer) => {
    current ??= openNext()
    const { descriptor, file } = current
    // A write that fails half-way leaves half a line, which reading leaves out; the batch is then written again, whole.
    writeFileSync(descriptor, text)
    file.rows += batch.rows
    file.bytes += text.byteLength
    return descriptor
  }
  const closeFull = () => {
    if (current !== undefined && current.file.bytes >= portionBytes) close()
  }
  const keep = (batch: Batch.Batch, text: Buffer): Effect.Effect<void, SpoolError> =>
    options.sync
      ? alone(io(() => sync(write(batch, text)).then(closeFull)))
      : Effect.try({
          try: () => {
            write(batch, text)
            closeFull()
          },
          catch: toSpoolError
        })
  // A file that is on its way to the disk is not closed meanwhile.
  const alone = Semaphore.makeUnsafe(1).withPermits(1)
  yield* Effect.addFinalizer(() => Effect.sync(close))
  return {
    keep: (batch) =>
      Effect.suspend(() => {
        const text = Buffer.from(`\n${Batch.toLines(batch)}`)
        if (bytes() + text.byteLength > options.maxBytes)
          return Effect.fail(
            new SpoolError({ message: `the spool ${options.folder} is full (${options.maxBytes} bytes)` })
          )
        return keep(batch, text)
      }),
    oldest: alone(
      io(async () => {
        const [file] = files
        if (file === undefined) return undefined
        if (current?.file === file) close()
        const batch = Batch.fromLines(await readFile(file.path, "utf8"))
        const done = io(async () => {
          await rm(file.path, { force: true })
          files.splice(files.indexOf(file), 1)
        })
        return { batch, owner: file.owner, done }
      })
    ),
    setAside: (batch) =>
      io(async () => {
        await mkdir(options.folder, { recursive: true })
        const handle = await open(join(options.folder, "rejected.jsonl"), "a")
        await handle.write(Batch.toLines(batch))
        await handle.close()
      }),
    isEmpty: () => files.length === 0,
    rows: total("rows"),
    bytes
  }
})

const extension = ".spool.jsonl"

/** Files of processes that no longer run, oldest first. */
const leftBehind = async (folder: string): Promise<Array<File>> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith(extension) && !isOwned(name))
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      const text = await readFile(path, "utf8")
      const { mtimeMs, size } = await stat(path)
      return { path, name, mtimeMs, bytes: size, rows: Batch.fromLines(text).rows }
    })
  )
  return found
    .toSorted((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1))
    .map(({ bytes, name, path, rows }) => ({ bytes, path, rows, owner: ownerOf(name) }))
}

/** `000000001.4711@88231.ID.spool.jsonl`. */
const ownerOf = (name: string): string => name.split(".")[2] ?? ""

/** Whether its process still writes it. */
const isOwned = (name: string): boolean => {
  const [, process] = name.split(".")
  return Owner.livesHere(ownerOf(name), process ?? "")
}

const io = <A>(body: () => Promise<A>): Effect.Effect<A, SpoolError> =>
  Effect.tryPromise({ try: body, catch: toSpoolError })

const toSpoolError = (cause: unknown): SpoolError =>
  new SpoolError({ message: cause instanceof Error ? cause.message : String(cause) })

const sync = promisify(fdatasync)

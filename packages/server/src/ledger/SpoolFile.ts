/**
 * A file of the spool: its name, which says whose it is, and how many rows and bytes it holds. `Spool.ts` writes and reads them.
 */
import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import * as Batch from "./Batch.ts"
import * as Owner from "./Owner.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface SpoolFile {
  readonly path: string
  readonly owner: string
  rows: number
  bytes: number
}

/** The n-th of an owner, empty; nothing is made on the disk. @stability experimental @category constructors @since 0.1.0 */
export const make = (folder: string, owner: Owner.Owner, n: number): SpoolFile => {
  const name = `${String(n).padStart(9, "0")}.${owner.process}.${owner.id}${extension}`
  return { path: join(folder, name), owner: owner.id, rows: 0, bytes: 0 }
}

/** What a folder holds. @stability experimental @category models @since 0.1.0 */
export interface LeftBehind {
  /** Oldest first. */
  readonly files: Array<SpoolFile>
  /** Why not, of each that cannot be read. */
  readonly unread: ReadonlyArray<string>
}

/**
 * Files of processes that no longer run. A folder that is not there holds none; fails where it cannot be read.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const leftBehind = async (folder: string): Promise<LeftBehind> => {
  const names = (await readdir(folder).catch(orNothing([]))).filter(
    (name) => name.endsWith(extension) && !isOwned(name)
  )
  const found = await Promise.all(names.map((name) => look(folder, name)))
  const files = found
    .flatMap((one) => (typeof one === "object" ? [one] : []))
    .toSorted((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1))
    .map(({ bytes, name, path, rows }) => ({ bytes, path, rows, owner: ownerOf(name) }))
  return { files, unread: found.filter((one) => typeof one === "string") }
}

/** What it holds, or why that cannot be told; nothing where another process has taken it over meanwhile. */
const look = async (folder: string, name: string) => {
  const path = join(folder, name)
  const read = async () => {
    const text = await readFile(path, "utf8")
    const { mtimeMs, size } = await stat(path)
    return { path, name, mtimeMs, bytes: size, rows: Batch.fromLines(text).rows }
  }
  return read()
    .catch(orNothing(undefined))
    .catch((error: Error) => `${path}: ${error.message}`)
}

const orNothing =
  <A>(nothing: A) =>
  (error: NodeJS.ErrnoException): A => {
    if (error.code === "ENOENT") return nothing
    throw error
  }

const extension = ".spool.jsonl"

/** `000000001.4711@88231.ID.spool.jsonl`. */
const ownerOf = (name: string): string => name.split(".")[2] ?? ""

/** Whether its process still writes it. */
const isOwned = (name: string): boolean => {
  const [, process] = name.split(".")
  return Owner.livesHere(ownerOf(name), process ?? "")
}

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

/**
 * Files of processes that no longer run, oldest first. Fails where the folder or one of them cannot be read.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const leftBehind = async (folder: string): Promise<Array<SpoolFile>> => {
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

const extension = ".spool.jsonl"

/** `000000001.4711@88231.ID.spool.jsonl`. */
const ownerOf = (name: string): string => name.split(".")[2] ?? ""

/** Whether its process still writes it. */
const isOwned = (name: string): boolean => {
  const [, process] = name.split(".")
  return Owner.livesHere(ownerOf(name), process ?? "")
}

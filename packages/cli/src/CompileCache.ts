/**
 * Node's own cache of compiled code, in a folder of this user's alone.
 *
 * Node's default is one folder for everybody below `/tmp`, and it runs what lies there without asking whose it is: whoever made the folder first
 * would run code in the process that holds the keys. So the folder is ours, or nothing is kept. `NODE_COMPILE_CACHE` names another one.
 */
import { lstatSync, mkdirSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Switches it on, where there is a place for it. */
export const enable = (): void => {
  const uid = process.getuid?.()
  // Elsewhere than on Unix the folder for temporary files is the user's own.
  if (uid === undefined || Boolean(process.env["NODE_COMPILE_CACHE"])) enableCompileCache()
  else {
    const own = folder(tmpdir(), uid)
    if (own !== undefined) enableCompileCache(own)
  }
}

/** The folder of this user in one that all may write to, made where it is not there; `undefined` where others can write to it. */
export const folder = (parent: string, uid: number): string | undefined => {
  const path = join(parent, `orelse-${uid}`)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch {
    // It is there, or cannot be.
  }
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === uid && (found.mode & 0o022) === 0 ? path : undefined
}

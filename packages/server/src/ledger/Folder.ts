/**
 * Makes a folder and those above it, for their owner alone; one that is there stays as it is.
 *
 * Node's own `recursive` never comes back where a file system says of a folder in one that is there that there is none above it, as /proc does.
 */
import { mkdirSync, statSync } from "node:fs"
import { dirname } from "node:path"

/** Throws why it cannot be. @stability experimental @category constructors @since 0.1.0 */
export const make = (path: string): void => {
  const above = dirname(path)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (isFolder(path)) return
    if (codeOf(error) !== "ENOENT" || isFolder(above) || above === path) throw error
    make(above)
    make(path)
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined)

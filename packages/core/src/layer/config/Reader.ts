/**
 * What every part of the decoding shares: the checked file, where its references are unset, and where findings and notes go.
 */
import type { Finding } from "./Issues.ts"
import * as Environment from "./Environment.ts"
import { renderPath, type Path } from "./Problem.ts"
import type { File } from "./schema/File.ts"
import type { Note } from "./Types.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Reader {
  readonly file: File
  /** What stands in the file, references included. */
  readonly raw: unknown
  readonly unset: ReadonlyArray<Environment.Unset>
  readonly env: Environment.Environment
  /** Reports something that makes the file unusable. */
  readonly report: (finding: Finding) => void
  /** Keeps the reason why something valid is off. */
  readonly note: (path: Path, reason: string) => void
}

/** A reader with the lists that it fills. @stability experimental @category constructors @since 0.1.0 */
export const make = (options: Omit<Reader, "report" | "note">) => {
  const findings: Array<Finding> = []
  const notes = new Map<string, Note>()
  const reader: Reader = {
    ...options,
    report: (finding) => void findings.push(finding),
    note: (path, reason) => {
      const note = { path: renderPath(path), reason }
      notes.set(`${note.path}\n${reason}`, note)
    }
  }
  return { reader, findings, notes }
}

/**
 * Why what stands at a path, or below it, cannot be used: the variables that are not set. `undefined` where all are.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const unsetAt = (reader: Pick<Reader, "unset">, path: Path): string | undefined => {
  const names = reader.unset.filter((one) => startsWith(one.path, path)).map((one) => one.name)
  return names.length === 0 ? undefined : Environment.reason(names)
}

/** @stability experimental @category getters @since 0.1.0 */
export const startsWith = (path: Path, start: Path): boolean => start.every((step, index) => path[index] === step)

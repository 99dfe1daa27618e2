/**
 * Whether what the file gives can go over HTTP at all: names and values of headers, and keys as a bearer shows them.
 *
 * What it refuses would fail with every request, and only then. It knows no provider and no caller.
 */
import * as Field from "../../provider/http1/Field.ts"
import type { Path, Problem } from "./Problem.ts"
import { unsetAt, type Reader } from "./Reader.ts"

/** Where an exchange goes is said by its url. */
const written = new Set([...Field.written, "host"])

/**
 * Headers without the end of line that files of secrets bring along.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const headers = (
  reader: Reader,
  path: Path,
  entries: Readonly<Record<string, string>> = {}
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(entries).map(([name, value]) => {
      const here = [...path, name]
      const problem = headerName(reader, here, "key", name) ? valueProblem(value) : undefined
      if (problem !== undefined) reader.report({ path: here, at: "value", ...problem })
      return [name, value.trim()]
    })
  )

/** Whether it is a header that may be set; reports it where it is not. @stability experimental @category decoding @since 0.1.0 */
export const headerName = (reader: Reader, path: Path, at: "key" | "value", name: string): boolean => {
  const problem = nameProblem(name)
  if (problem !== undefined) reader.report({ path, at, ...problem })
  return problem === undefined
}

/** What is there instead of what can be sent. @stability experimental @category models @since 0.1.0 */
export type Unsendable = Pick<Problem, "found" | "expected">

/** What is wrong with the name of a header. @stability experimental @category getters @since 0.1.0 */
export const nameProblem = (name: string): Unsendable | undefined => {
  if (!Field.isName(name)) return { found: "no name of a header", expected: "letters, digits and hyphens" }
  if (written.has(name.toLowerCase()))
    return { found: "a header that the exchange itself writes", expected: "another header" }
  return undefined
}

/** What is wrong with the value of a header. @stability experimental @category getters @since 0.1.0 */
export const valueProblem = (value: string): Unsendable | undefined =>
  /[^\t\x20-\x7e]/.test(value.trim())
    ? { found: "text that no header takes", expected: "ASCII without line ends" }
    : undefined

/**
 * A key that is shown to the gateway, without the end of line; what no bearer can carry is reported. `undefined` where there is none, or where
 * it is not set.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const key = (reader: Reader, path: Path, value: string | undefined): string | undefined => {
  if (value === undefined || unsetAt(reader, path) !== undefined) return undefined
  const text = value.trim()
  if (/^[\x21-\x7e]+$/.test(text)) return text
  const found = text === "" ? "an empty text" : "a key with spaces or characters that no key has"
  reader.report({ path, at: "value", found, expected: "a key of ASCII letters, digits and signs" })
  return undefined
}

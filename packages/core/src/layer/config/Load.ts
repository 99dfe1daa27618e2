/**
 * Finds the configuration file and reads it. The file system is touched here and nowhere else in this folder.
 */
import { isUtf8 } from "node:buffer"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { isAbsolute, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Decode from "./Decode.ts"
import type { Environment } from "./Environment.ts"
import type { Problem } from "./Problem.ts"
import { ConfigError } from "./Problem.ts"
import type { Config } from "./Types.ts"

/** Where a file is looked for, and what its references mean. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** The file that was asked for (`--config`); comes before everything else. */
  readonly file?: string | undefined
  /** Where relative paths start. */
  readonly cwd: string
  readonly env: Environment
  /** What the file holds, where it cannot be opened by its path: a socket on standard input. */
  readonly contents?: Effect.Effect<string> | undefined
}

const names = ["orelse.yaml", "orelse.yml", "orelse.json"]

/**
 * The file that will be read: the one asked for, else `$ORELSE_CONFIG`, else `orelse.yaml`, `orelse.yml` or `orelse.json` in the
 * working directory; `undefined` where there is none, and the embedded default holds.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const find = (options: Options): string | undefined => {
  const asked = options.file ?? (options.env["ORELSE_CONFIG"] === "" ? undefined : options.env["ORELSE_CONFIG"])
  return asked ?? names.find((name) => existsSync(join(options.cwd, name)))
}

/**
 * The configuration that holds here. Fails with every problem of the file, or with the one that it cannot be read.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const load = (options: Options): Effect.Effect<Config, ConfigError> =>
  Effect.suspend(() => {
    const file = find(options)
    if (file === undefined) return Effect.succeed(Decode.embedded(options.env))
    return Effect.flatMap(options.contents ?? read(file, options), (text) =>
      Result.match(Decode.decode(text, { file, env: options.env }), {
        onSuccess: Effect.succeed,
        onFailure: (problems) => Effect.fail(new ConfigError({ file, problems }))
      })
    )
  })

const read = (file: string, options: Options): Effect.Effect<string, ConfigError> =>
  Effect.tryPromise({
    try: () => readFile(isAbsolute(file) ? file : join(options.cwd, file)),
    catch: (cause) => unreadable(file, cause, options)
  }).pipe(
    Effect.flatMap((bytes) => {
      const text = bytes.toString("utf8")
      return isUtf8(bytes)
        ? Effect.succeed(text)
        : Effect.fail(new ConfigError({ file, problems: [otherwiseEncoded(file, bytes, text)] }))
    })
  )

/** As some programs of Windows write it: read as UTF-8 it would be a file with other names. */
const otherwiseEncoded = (file: string, bytes: Uint8Array, text: string): Problem => {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? true : bytes[0] === 0xfe && bytes[1] === 0xff
  const before = mark ? "" : text.slice(0, text.indexOf("\ufffd"))
  const line = before.split("\n").length
  return {
    file,
    line,
    column: before.length - before.lastIndexOf("\n"),
    path: [],
    found: mark ? "a text in UTF-16" : "a byte that is no UTF-8",
    expected: "a file that is saved as UTF-8"
  }
}

const unreadable = (file: string, cause: unknown, options: Options): ConfigError => {
  const from = options.file === undefined && options.env["ORELSE_CONFIG"] === file ? " (from $ORELSE_CONFIG)" : ""
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause)
  const why: Readonly<Record<string, string>> = {
    ENOENT: "no such file",
    EISDIR: "a directory",
    EACCES: "a file that may not be read"
  }
  const expected = "a configuration file; without one the embedded default holds"
  return new ConfigError({
    file,
    problems: [{ file, line: 0, column: 0, path: [], found: `${why[code] ?? code}${from}`, expected }]
  })
}

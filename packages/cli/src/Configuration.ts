/**
 * The configuration, as commands load it. The decoder is imported only when a command needs it, so that help starts at once.
 */
import { fstatSync, statSync } from "node:fs"
import { isAbsolute, relative, resolve } from "node:path"
import type * as Decoder from "@orelse/core/layer/config/Config"
import type { Config } from "@orelse/core/layer/config/Types"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Failure } from "./Failure.ts"
import { count as counted } from "./render/text.ts"
import { root } from "./Root.ts"
import { Screen } from "./Screen.ts"

/** Where the configuration comes from: what was asked for, and the process. */
export const options = Effect.gen(function* () {
  const { config } = yield* root
  const { cwd, env } = yield* Screen
  return { file: Option.getOrUndefined(Option.map(config, (file) => shorten(file, cwd))), cwd, env }
})

/** A file below the working directory is named as it was typed. */
const shorten = (file: string, cwd: string): string => {
  const short = relative(cwd, file)
  return short === "" || short.startsWith("..") || isAbsolute(short) ? file : short
}

/** The module that decodes. What it reads from a pipe it reads once: there is nothing in it the second time. */
export const module = Effect.gen(function* () {
  const decoder = yield* Effect.promise(() => import("@orelse/core/layer/config/Config"))
  const { input } = yield* Screen
  return { ...decoder, load: oncePerPipe(decoder, input) }
})

/** What came out of pipes, by their paths. */
const piped = new Map<string, Config>()

const oncePerPipe =
  ({ find, load }: Pick<typeof Decoder, "find" | "load">, input: Effect.Effect<string>): typeof Decoder.load =>
  (options) => {
    const file = find(options)
    const path = file === undefined ? "" : resolve(options.cwd, file)
    if (file === undefined || !isPipe(path)) return load(options)
    const known = piped.get(file)
    if (known !== undefined) return Effect.succeed(known)
    return load(isSocketOnInput(path) ? { ...options, contents: input } : options).pipe(
      Effect.tap((config) => Effect.sync(() => piped.set(file, config)))
    )
  }

/** `-c /dev/stdin` under ssh, or under a program of Node: a socket is no file that could be opened once more. */
const isSocketOnInput = (path: string): boolean => {
  try {
    const [named, input] = [statSync(path), fstatSync(0)]
    return named.isSocket() && named.dev === input.dev && named.ino === input.ino
  } catch {
    return false
  }
}

/** Whether this is neither a file nor a folder: `-c <(…)`, `-c /dev/stdin`. */
export const isPipe = (path: string): boolean => {
  try {
    const found = statSync(path)
    return !found.isFile() && !found.isDirectory()
  } catch {
    return false
  }
}

/** The configuration that holds here, or every problem of it. */
export const load = Effect.gen(function* () {
  const { load } = yield* module
  const asked = yield* options
  return yield* load(asked).pipe(Effect.mapError((error) => toFailure(error, asked.file)))
}) satisfies Effect.Effect<Config, Failure, unknown>

type Problems = { readonly message: string; readonly problems: ReadonlyArray<unknown> }

const toFailure = ({ message, problems }: Problems, asked: string | undefined): Failure => {
  const flag = asked === undefined ? "" : ` --config ${quoted(asked)}`
  const next = `The configuration is not used: ${counted(problems.length, "problem")}. Mend the file, then run: orelse check${flag}`
  return new Failure({ message, next })
}

/** As a shell takes it. */
const quoted = (text: string): string =>
  /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`

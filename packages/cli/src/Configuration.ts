/**
 * The configuration, as commands load it. The decoder is imported only when a command needs it, so that help starts at once.
 */
import { statSync } from "node:fs"
import { isAbsolute, relative, resolve } from "node:path"
import type * as Decoder from "@orelse/core/layer/config/Config"
import type { Config } from "@orelse/core/layer/config/Types"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Failure } from "./Failure.ts"
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
export const module = Effect.map(
  Effect.promise(() => import("@orelse/core/layer/config/Config")),
  (decoder) => ({ ...decoder, load: oncePerPipe(decoder) })
)

/** What came out of pipes, by their paths. */
const piped = new Map<string, Config>()

const oncePerPipe =
  ({ find, load }: Pick<typeof Decoder, "find" | "load">): typeof Decoder.load =>
  (options) => {
    const file = find(options)
    if (file === undefined || !isPipe(resolve(options.cwd, file))) return load(options)
    const known = piped.get(file)
    if (known !== undefined) return Effect.succeed(known)
    return Effect.tap(load(options), (config) => Effect.sync(() => piped.set(file, config)))
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
  return yield* load(yield* options).pipe(Effect.mapError(toFailure))
}) satisfies Effect.Effect<Config, Failure, unknown>

const toFailure = (error: { readonly message: string; readonly problems: ReadonlyArray<unknown> }): Failure => {
  const count = error.problems.length
  return new Failure({
    message: error.message,
    next: `The configuration is not used: ${count === 1 ? "1 problem" : `${count} problems`}. Mend the file, then run: orelse check`
  })
}

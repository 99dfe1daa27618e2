/**
 * The configuration, as commands load it. The decoder is imported only when a command needs it, so that help starts at once.
 */
import { isAbsolute, relative } from "node:path"
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

/** The module that decodes. */
export const module = Effect.promise(() => import("@orelse/core/layer/config/Config"))

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

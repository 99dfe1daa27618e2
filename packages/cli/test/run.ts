import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestConsole from "effect/testing/TestConsole"
import { orelse } from "../src/orelse.ts"
import * as Main from "../src/Main.ts"
import { Screen } from "../src/Screen.ts"

/** What a command line did. */
export interface Ran {
  readonly code: number
  /** Standard output. */
  readonly out: string
  /** Standard error. */
  readonly err: string
}

/** Runs a command line in this process, with an environment, a directory and an input of its own. */
export const run = (args: ReadonlyArray<string>, screen: Partial<Screen> = {}): Effect.Effect<Ran> =>
  Effect.gen(function* () {
    const written: Array<string> = []
    const own: Screen = {
      env: {},
      cwd: "/nowhere",
      color: false,
      terminal: false,
      interactive: true,
      input: Effect.succeed(""),
      stop: Effect.void,
      ...screen,
      log: (text) => void written.push(text),
      write: (text) => Effect.sync(() => void written.push(text)),
      deliver: screen.deliver ?? ((text) => Effect.sync(() => void written.push(text)))
    }
    const code = yield* Main.run(orelse, "1.2.3", args).pipe(Effect.provideService(Screen, own))
    const lines = (list: ReadonlyArray<unknown>) => list.map((line) => `${String(line)}\n`).join("")
    return {
      code,
      out: written.join("") + lines(yield* TestConsole.logLines),
      err: lines(yield* TestConsole.errorLines)
    }
  }).pipe(Effect.provide([Layer.fresh(TestConsole.layer), NodeServices.layer]))

/**
 * Where the process touches the outside: environment, working directory, standard input and output. Everything else of the command
 * line gets them from here, so that tests can give their own.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Delivery from "./Delivery.ts"
import * as LogStream from "./LogStream.ts"
import * as Signals from "./Signals.ts"

/** What a command sees of the process it runs in. */
export interface Screen {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Whether standard output is a terminal that shows colours: not in a pipe, not with `NO_COLOR`. */
  readonly color: boolean
  /** Whether a person reads standard output: it is a terminal. */
  readonly terminal: boolean
  /** Whether standard input is a terminal, so that nothing is to be read from it. */
  readonly interactive: boolean
  /** Text on standard output as it is, without a line's end of its own. */
  readonly write: (text: string) => Effect.Effect<void>
  /** The same for text that must not be lost: fails where it cannot be written, and whoever wrote it says so. */
  readonly deliver: (text: string) => Effect.Effect<void, Delivery.Undelivered>
  /** The same as `write` at once, for lines that nobody waits for. */
  readonly log: (text: string) => void
  /** Everything on standard input. */
  readonly input: Effect.Effect<string>
  /** Waits until the process is asked to stop (SIGINT, SIGTERM). */
  readonly stop: Effect.Effect<void>
}

/** The real process, unless a test says otherwise. */
export const Screen: Context.Reference<Screen> = Context.Reference("@orelse/cli/Screen", {
  defaultValue: () => ofProcess
})

const ofProcess: Screen = {
  env: process.env,
  cwd: process.cwd(),
  color: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb",
  terminal: process.stdout.isTTY,
  interactive: process.stdin.isTTY,
  log: LogStream.make(process.stdout, () => new Date()),
  write: (text) =>
    Effect.callback((resume) => {
      // Also called where it failed; what then is the process's to say.
      process.stdout.write(text, () => resume(Effect.void))
    }),
  deliver: Delivery.to(process.stdout),
  stop: Signals.stop,
  input: Effect.promise(async () => {
    const chunks: Array<Buffer> = []
    for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array))
    return Buffer.concat(chunks).toString("utf8")
  })
}

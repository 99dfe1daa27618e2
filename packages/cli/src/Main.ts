/**
 * Runs a command line and says how it ended: 0 done, 1 failed, 2 usage, 130 interrupted.
 *
 * Errors go to standard error, as one clear line and the next step; what was asked for goes to standard output.
 */
import * as Command from "effect/cli/Command"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Failure, render } from "./Failure.ts"
import { Screen } from "./Screen.ts"

/** What a process ends with. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Runs the arguments after the program's name; the result is the exit code. */
export const run = <Name extends string, Input, Context, E, R>(
  command: Command.Command<Name, Input, Context, E, R>,
  version: string,
  args: ReadonlyArray<string>
) =>
  Command.runWith(command, { version })(args).pipe(
    Effect.provide([CliOutput.layerPresenter(presenter), CliConfig.layer({ builtIns })]),
    Effect.exit,
    Effect.flatMap(report)
  )

/** What works with every command. */
const builtIns = [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions, GlobalFlag.LogLevel] as const

/** Usage errors in short: no page of help between the mistake and the prompt. */
const presenter: CliOutput.Presenter = {
  present: (event) => {
    if (event._tag !== "InvalidInvocation") return CliOutput.defaultPresenter.present(event)
    const command = event.commandPath.join(" ")
    const errors = event.errors.map((error) => `${command}: ${plain(error.message)}`)
    return Effect.flatMap(asTyped(`See: ${command} --help`), (see) =>
      Console.error([...new Set(errors), see].join("\n"))
    )
  }
}

/** A next step as it is typed here: in a checkout there is no `orelse`, but `npm run orelse --` (`scripts/run.mjs`). */
const asTyped = (step: string): Effect.Effect<string> =>
  Effect.map(Screen, ({ env }) =>
    step.replaceAll(/\borelse (?=[a-z-])/g, () => `${env["ORELSE_PROGRAM"] ?? "orelse"} `)
  )

/** What a schema expects says so itself; every number of the command line is a whole one; and what the system says of a path is told in words. */
const plain = (message: string): string =>
  message
    .replace(
      /Expected: Failed to check path existence: PermissionDenied.*/s,
      "Expected a file that this user may reach"
    )
    .replace(/Expected: Failed to check path existence: .*/s, "Expected a path that leads to a file")
    .replace("Expected: Schema validation failed: Expected", "Expected")
    .replace("Expected a string representing a finite number", "Expected an integer")

const report = Effect.fnUntraced(function* (exit: Exit.Exit<void, unknown>) {
  if (Exit.isSuccess(exit)) return exitCodes.done
  if (Cause.hasInterruptsOnly(exit.cause)) return exitCodes.interrupted
  const error = Cause.squash(exit.cause)
  if (CliError.isCliError(error)) {
    const usage = error._tag !== "ShowHelp" || error.errors.length > 0
    return usage ? exitCodes.usage : exitCodes.done
  }
  const { message, next } =
    error instanceof Failure ? error : { message: `orelse failed: ${messageOf(error)}`, next: bug }
  yield* Console.error(render({ message, next: next === undefined ? undefined : yield* asTyped(next) }))
  return error instanceof Failure && error.isUsage === true ? exitCodes.usage : exitCodes.failed
})

const bug = "This is a mistake of Orelse itself; please report it with the command that you ran."

const messageOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

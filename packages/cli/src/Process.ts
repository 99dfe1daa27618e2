/**
 * Runs the program as a process: signals interrupt it, and its result is the exit code.
 */
import * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import { exitCodes } from "./Main.ts"
import * as Signals from "./Signals.ts"

/** Ends the process with the effect's result. */
export const runMain = (program: Effect.Effect<number>): void => {
  process.stdout.on("error", onOutputError)
  process.stderr.on("error", onOutputError)
  Runtime.makeRunMain(({ fiber, teardown }) => {
    Signals.install({
      interrupt: () => fiber.interruptUnsafe(fiber.id),
      end: () => process.exit(exitCodes.interrupted)
    })
    fiber.addObserver((exit) => teardown(exit, (code) => process.exit(code)))
  })(program, {
    disableErrorReporting: true,
    teardown: (exit, onExit) => {
      if (Exit.isSuccess(exit)) return onExit(Number(exit.value))
      if (Cause.hasInterruptsOnly(exit.cause)) return onExit(exitCodes.interrupted)
      process.stderr.write(`orelse failed: ${Cause.pretty(exit.cause)}\n`)
      onExit(exitCodes.failed)
    }
  })
}

/** The reader of our output has gone (`orelse calls | head`): nothing is left to say. */
const onOutputError = (error: NodeJS.ErrnoException): void => {
  if (error.code === "EPIPE") process.exit(exitCodes.done)
}

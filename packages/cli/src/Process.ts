/**
 * Runs the program as a process: signals interrupt it, and its result is the exit code. What cannot be written is a failure, but for a
 * gateway, which serves on, and for what a command hears of itself (`Delivery.ts`).
 */
import * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import * as Delivery from "./Delivery.ts"
import { exitCodes } from "./Main.ts"
import { lines } from "./render/text.ts"
import * as Signals from "./Signals.ts"

/** Ends the process with the effect's result. */
export const runMain = (program: Effect.Effect<number>): void => {
  process.stdout.on("error", onOutputError)
  process.stderr.on("error", onMessageError)
  Runtime.makeRunMain(({ fiber, teardown }) => {
    Signals.install({
      interrupt: () => fiber.interruptUnsafe(fiber.id),
      end: () => process.exit(exitCodes.interrupted)
    })
    fiber.addObserver((exit) => teardown(exit, end))
  })(program, {
    disableErrorReporting: true,
    teardown: (exit, onExit) => {
      if (Exit.isSuccess(exit)) return onExit(Number(exit.value))
      if (Cause.hasInterruptsOnly(exit.cause)) return onExit(exitCodes.interrupted)
      process.stderr.write(`${lines(`orelse failed: ${Cause.pretty(exit.cause)}`)}\n`)
      onExit(exitCodes.failed)
    }
  })
}

/** How long a gateway that has ended waits for whoever reads its log. */
const patience = 1000

/**
 * Ends once all is written: a pipe takes 64 KiB at a time, and what its reader has not taken yet (`orelse calls --json | jq`) would be lost. A
 * reader may take its time, but that of a gateway's log; a signal ends it at once. A stream tells of its error a moment later; what was written
 * last may have failed already.
 */
const end = (code: number): void => {
  if (process.stdout.errored !== null) onOutputError(process.stdout.errored)
  if (code === exitCodes.interrupted) process.exit(code)
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(exitCodes.interrupted))
  if (Signals.wasAwaited()) setTimeout(() => process.exit(code), patience)
  process.stderr.write("", () => process.stdout.write("", () => process.exit(code)))
}

/**
 * The reader of our output has gone (`orelse calls | head`): nothing is left to say. Else, such as on a full disk, it is lost. A gateway is
 * not there for its log.
 */
const onOutputError = (error: NodeJS.ErrnoException): void => {
  if (Signals.isAwaited() || Delivery.isHeardOf()) return
  if (error.code === "EPIPE") process.exit(exitCodes.done)
  process.stderr.write(`Standard output cannot be written: ${error.message}\n`)
  process.exit(exitCodes.failed)
}

/** Without a place for messages the work goes on. */
const onMessageError = (error: NodeJS.ErrnoException): void => {
  if (error.code === "EPIPE" && !Signals.isAwaited()) process.exit(exitCodes.done)
}

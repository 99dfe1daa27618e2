/**
 * How a command fails: what went wrong and what to do next, for a person.
 */
import * as Data from "effect/Data"
import { lines } from "./render/text.ts"

/** One clear line (or several), and the next step where there is one. */
export class Failure extends Data.TaggedError("CommandFailure")<{
  readonly message: string
  readonly next?: string | undefined
  /** Whether the command line itself is wrong: the exit code is 2 then. */
  readonly isUsage?: boolean | undefined
}> {}

/** As standard error shows it. */
export const render = (failure: Pick<Failure, "message" | "next">): string =>
  lines(failure.next === undefined ? failure.message : `${failure.message}\n${failure.next}`)

/** Every message in a chain of causes, outermost first, and the codes of system errors among them. */
export const causes = (
  error: unknown
): ReadonlyArray<{ readonly message: string; readonly code: string | undefined }> => {
  if (!(error instanceof Error)) return []
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined
  return [{ message: error.message, code }, ...causes(error.cause)]
}

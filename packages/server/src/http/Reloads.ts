/**
 * What came of reading the configuration again, whoever asked for it: counted, logged, and kept for readiness.
 *
 * Names and problems are said, values are not: a problem shows what stands in the file, never what a reference stands for.
 */
import type { Diff } from "@orelse/core/layer/config/Config"
import { Telemetry } from "@orelse/core/layer/Telemetry"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/**
 * Names of what changed, and of changed settings that hold after a restart only; or every problem of the new file.
 *
 * @stability experimental
 * @category models
 * @since 0.1.0
 */
export type Reloaded =
  | { readonly taken: true; readonly change: Diff; readonly restart: ReadonlyArray<string> }
  | { readonly taken: false; readonly problems: ReadonlyArray<string> }

/**
 * How the configuration in force stands to its file. Times are epoch milliseconds; `problems` is how many there are.
 *
 * @stability experimental
 * @category models
 * @since 0.1.0
 */
export type Status =
  | { readonly status: "in force"; readonly since: number }
  | {
      readonly status: "refused"
      readonly since: number
      readonly refusedAt: number
      readonly problems: number
      readonly detail: string
    }

/** @stability experimental @category models @since 0.1.0 */
export interface Reloads {
  readonly status: () => Status
  /** Reports one reload. */
  readonly report: (outcome: Reloaded) => Effect.Effect<void>
}

/** The configuration of the start is in force. @stability experimental @category constructors @since 0.1.0 */
export const make: Effect.Effect<Reloads, never, Telemetry | Scope.Scope> = Effect.gen(function* () {
  const telemetry = yield* Telemetry
  let status: Status = { status: "in force", since: yield* Clock.currentTimeMillis }
  const count = telemetry.instruments.counter({
    name: "orelse.config.reloads",
    help: "Reloads of the configuration, by outcome: taken, unchanged or refused.",
    labels: ["outcome"]
  })
  yield* telemetry.gauge({
    name: "orelse.config.last_reload_successful",
    help: "1 while the file's last version is in force, 0 while it was refused.",
    read: () => (status.status === "in force" ? 1 : 0)
  })
  yield* telemetry.gauge({
    name: "orelse.config.in_force_since_timestamp_seconds",
    help: "When the configuration in force took effect.",
    read: () => status.since / 1000
  })
  return {
    status: () => status,
    report: (outcome) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const before = status
        count(labelOf(outcome)).add(1)
        if (!outcome.taken) {
          status = refused(before.since, now, outcome.problems.length)
          return Effect.logWarning(
            "The new configuration has problems; the one before stays in force",
            outcome.problems
          )
        }
        status = { status: "in force", since: outcome.change.same ? before.since : now }
        return Effect.andThen(said(outcome.change, before), pending(outcome.restart))
      })
  }
})

const labelOf = (outcome: Reloaded): string =>
  outcome.taken ? (outcome.change.same ? "unchanged" : "taken") : "refused"

const refused = (since: number, refusedAt: number, problems: number): Status => ({
  status: "refused",
  since,
  refusedAt,
  problems,
  detail:
    "the last version of the file has problems, and the one before stays in force; the log and orelse check name them"
})

const said = (change: Diff, before: Status): Effect.Effect<void> => {
  if (!change.same) return Effect.logInfo("The configuration was read again and is in force", change)
  return before.status === "refused"
    ? Effect.logInfo("The file says again what is in force; its problems are gone")
    : Effect.void
}

const pending = (restart: ReadonlyArray<string>): Effect.Effect<void> =>
  restart.length === 0
    ? Effect.void
    : Effect.logWarning(`Holds after a restart only: ${restart.join(", ")}; everything else is in force`)

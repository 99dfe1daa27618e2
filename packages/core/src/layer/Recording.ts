/**
 * The recorder of a running program: the ledger keeps, telemetry counts, prices cost.
 *
 * Telemetry wants finished calls: their story comes with their end.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Entry } from "../domain/Entry.ts"
import { Recorder, type Story } from "../target/Recorder.ts"
import * as Cost from "./Cost.ts"
import { Ledger } from "./Ledger.ts"
import * as Shortage from "./Shortage.ts"
import { Telemetry } from "./Telemetry.ts"

/**
 * Records into the ledger and telemetry.
 *
 * @stability stable
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Recorder, never, Ledger | Telemetry> = Layer.effect(
  Recorder,
  Effect.gen(function* () {
    const ledger = yield* Ledger
    const telemetry = yield* Telemetry
    const shortage = yield* Shortage.make
    return Recorder.of({
      append: (entry, story) => {
        count(telemetry, entry, story)
        if (entry._tag === "AttemptEnd") shortage(entry.attempt)
        return ledger.append(entry)
      },
      costOf: Cost.ofModel
    })
  })
)

const count = (telemetry: Telemetry["Service"], entry: Entry, story: Story | undefined): void => {
  switch (entry._tag) {
    case "CallStart":
      return telemetry.callStart(entry)
    case "AttemptEnd":
      if (entry.attempt.reason === "UnknownFailure") telemetry.unknownFailure(entry.attempt.provider)
      return telemetry.attemptEnd(entry.attempt)
    case "CallEnd":
      return story && telemetry.callEnd({ start: story.start, end: entry, attempts: story.attempts })
    case "AttemptStart":
    case "AppEvent":
      return undefined
  }
}

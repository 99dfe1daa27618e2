/**
 * The recorder of a running program: the ledger keeps, telemetry counts, prices cost.
 *
 * Entries come one by one; telemetry wants finished calls, so what is under way is held here until its end.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Attempt } from "../domain/Attempt.ts"
import type { CallStart, Entry } from "../domain/Entry.ts"
import { Recorder } from "../target/Recorder.ts"
import * as Cost from "./Cost.ts"
import { Ledger } from "./Ledger.ts"
import { Telemetry } from "./Telemetry.ts"

interface UnderWay {
  readonly start: CallStart
  readonly attempts: Array<Attempt>
}

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
    const underWay = new Map<string, UnderWay>()
    return Recorder.of({
      append: (entry) => {
        count(telemetry, underWay, entry)
        return ledger.append(entry)
      },
      costOf: (provider, model, usage) =>
        Cost.of({ provider: provider.id, family: provider.family, model, usage, override: provider.models[model] })
    })
  })
)

const count = (telemetry: Telemetry["Service"], underWay: Map<string, UnderWay>, entry: Entry): void => {
  switch (entry._tag) {
    case "CallStart":
      underWay.set(entry.id, { start: entry, attempts: [] })
      return telemetry.callStart(entry)
    case "AttemptEnd":
      underWay.get(entry.callId)?.attempts.push(entry.attempt)
      if (entry.attempt.reason === "UnknownFailure") telemetry.unknownFailure(entry.attempt.provider)
      return telemetry.attemptEnd(entry.attempt)
    case "CallEnd": {
      const call = underWay.get(entry.id)
      underWay.delete(entry.id)
      return call === undefined
        ? undefined
        : telemetry.callEnd({ start: call.start, end: entry, attempts: call.attempts })
    }
    case "AttemptStart":
    case "AppEvent":
      return undefined
  }
}

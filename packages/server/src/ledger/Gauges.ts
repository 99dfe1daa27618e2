/**
 * The ledger's health among the metrics: entries that wait in memory, rows that wait on disk, and whether the store is there.
 */
import { Ledger } from "@orelse/core/layer/Ledger"
import { Telemetry } from "@orelse/core/layer/Telemetry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** @stability stable @category layers @since 0.1.0 */
export const layer: Layer.Layer<never, never, Ledger | Telemetry> = Layer.effectDiscard(
  Effect.gen(function* () {
    const { status } = yield* Ledger
    const telemetry = yield* Telemetry
    // All stores tell from memory.
    const now = () => Effect.runSync(status)
    yield* telemetry.gauge({
      name: "orelse.ledger.queue",
      help: "Entries of the ledger that wait in memory.",
      read: () => now().queued
    })
    yield* telemetry.gauge({
      name: "orelse.ledger.spool",
      help: "Rows of the ledger that wait on disk, because its store is away.",
      read: () => now().spooled
    })
    yield* telemetry.gauge({
      name: "orelse.ledger.healthy",
      help: "1 while the ledger's store takes rows, else 0.",
      read: () => (now().healthy ? 1 : 0)
    })
  })
)

/**
 * What this process takes, among the metrics: under the names that dashboards for Node know (`process_resident_memory_bytes`,
 * `nodejs_heap_size_used_bytes`, `process_start_time_seconds`). Each worker shows its own.
 */
import { type Gauge, Telemetry } from "@orelse/core/layer/Telemetry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { getHeapStatistics } from "node:v8"

const startedAt = performance.timeOrigin / 1000

const gauges: ReadonlyArray<Gauge> = [
  {
    name: "process.resident_memory",
    help: "Memory of this process that is resident.",
    unit: "By",
    read: () => process.memoryUsage.rss()
  },
  {
    name: "nodejs.heap_size_used",
    help: "What is used of the JavaScript heap.",
    unit: "By",
    read: () => getHeapStatistics().used_heap_size
  },
  {
    name: "process.start_time",
    help: "When this process began, in seconds since 1970.",
    unit: "s",
    read: () => startedAt
  }
]

/** @stability stable @category layers @since 0.1.0 */
export const layer: Layer.Layer<never, never, Telemetry> = Layer.effectDiscard(
  Effect.flatMap(Telemetry, (telemetry) => Effect.forEach(gauges, telemetry.gauge, { discard: true }))
)

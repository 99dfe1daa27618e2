/**
 * `ledger:`, `state:` and `telemetry:` where records, shared state and traces go.
 */
import * as Schema from "effect/Schema"
import * as Scalar from "./Scalar.ts"

/** @stability experimental @category schemas @since 0.1.0 */
export const Ledger = Schema.Struct({
  store: Scalar.key("sqlite (default), postgres or none", Scalar.oneOf(["sqlite", "postgres", "none"])),
  path: Scalar.key("The SQLite file; default ./orelse.db", Scalar.text),
  url: Scalar.key("The PostgreSQL database", Scalar.text),
  bodies: Scalar.key("Whether requests and answers are kept; default none", Scalar.oneOf(["none", "full"])),
  durability: Scalar.key(
    "batched (default) or strict: an attempt is on record before it is sent",
    Scalar.oneOf(["batched", "strict"])
  ),
  retention: Scalar.key("How long calls are kept; default 30d", Scalar.positiveDuration)
}).annotate({ description: "Where every call and attempt is on record" })

/** @stability experimental @category schemas @since 0.1.0 */
export const State = Schema.Struct({
  store: Scalar.key("memory (default), or redis: shared by all processes", Scalar.oneOf(["memory", "redis"])),
  url: Scalar.key("The Redis server", Scalar.text)
}).annotate({ description: "Where limits, cooldowns and breakers live" })

/** @stability experimental @category schemas @since 0.1.0 */
export const Telemetry = Schema.Struct({
  otlp: Scalar.key("Base URL of an OTLP collector over HTTP", Scalar.text),
  serviceName: Scalar.key("Name of this service in traces; default orelse", Scalar.text),
  headers: Scalar.key("Headers for the collector", Schema.Record(Schema.String, Schema.String))
}).annotate({ description: "Where traces and metrics go" })

/**
 * `ledger:`, `state:` and `telemetry:` where records, shared state and traces go.
 */
import * as Schema from "effect/Schema"
import * as Scalar from "./Scalar.ts"

/** @stability experimental @category schemas @since 0.1.0 */
export const Ledger = Schema.Struct({
  store: Schema.optionalKey(Scalar.oneOf(["sqlite", "postgres", "none"])),
  /** The SQLite file; default ./orelse.db. */
  path: Schema.optionalKey(Scalar.text),
  /** The PostgreSQL database; only with `store: postgres`. */
  url: Schema.optionalKey(Scalar.text),
  bodies: Schema.optionalKey(Scalar.oneOf(["none", "full"])),
  durability: Schema.optionalKey(Scalar.oneOf(["batched", "strict"])),
  retention: Schema.optionalKey(Scalar.positiveDuration)
}).annotate({ description: "Where every call and attempt is on record" })

/** @stability experimental @category schemas @since 0.1.0 */
export const State = Schema.Struct({
  store: Schema.optionalKey(Scalar.oneOf(["memory", "redis"])),
  /** Only with `store: redis`. */
  url: Schema.optionalKey(Scalar.text)
}).annotate({ description: "Where limits, cooldowns and breakers live" })

/** @stability experimental @category schemas @since 0.1.0 */
export const Telemetry = Schema.Struct({
  /** Base URL of an OTLP collector over HTTP. */
  otlp: Schema.optionalKey(Scalar.text),
  serviceName: Schema.optionalKey(Scalar.text),
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
}).annotate({ description: "Where traces and metrics go" })

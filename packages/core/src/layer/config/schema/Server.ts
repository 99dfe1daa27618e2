/**
 * `server:` where the gateway listens and what it accepts.
 */
import * as Schema from "effect/Schema"
import * as Scalar from "./Scalar.ts"

/** @stability experimental @category schemas @since 0.1.0 */
export const Server = Schema.Struct({
  /** Default 127.0.0.1: this machine only. */
  host: Schema.optionalKey(Scalar.text),
  /** Default 4100; 0 takes any free port. */
  port: Schema.optionalKey(
    Scalar.number({ expected: "a port from 0 to 65535", minimum: 0, maximum: 65535, integer: true })
  ),
  /** Default 32MiB. */
  maxBodySize: Schema.optionalKey(Scalar.size),
  /** How long running calls may take to finish after SIGTERM. Default 30s. */
  drainTimeout: Schema.optionalKey(Scalar.duration),
  /** How often a comment keeps an idle stream awake. Default 15s. */
  keepAlive: Schema.optionalKey(Scalar.positiveDuration),
  /** How long a client may take to send its headers. Default 30s. */
  headersTimeout: Schema.optionalKey(Scalar.positiveDuration),
  /** Opens /admin to whoever sends it; without one only this machine may. */
  adminKey: Schema.optionalKey(Scalar.text),
  /** Origins that browsers may call from; default none. */
  cors: Schema.optionalKey(Schema.Array(Scalar.text)),
  /** Hides providers' names and account states from callers. Default false. */
  sanitize: Schema.optionalKey(Scalar.boolean)
}).annotate({ description: "Where the gateway listens and what it accepts" })

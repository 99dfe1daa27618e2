/**
 * `server:` where the gateway listens and what it accepts.
 */
import * as Schema from "effect/Schema"
import * as Scalar from "./Scalar.ts"

/** @stability experimental @category schemas @since 0.1.0 */
export const Server = Schema.Struct({
  host: Scalar.key("Address to listen on; default 127.0.0.1, this machine only", Scalar.text),
  port: Scalar.key(
    "Port to listen on; default 4100, 0 takes a free one",
    Scalar.number({ expected: "a port from 0 to 65535", minimum: 0, maximum: 65535, integer: true })
  ),
  maxBodySize: Scalar.key("Largest request body; default 32MiB", Scalar.size),
  drainTimeout: Scalar.key("How long running calls may take to finish after SIGTERM; default 30s", Scalar.duration),
  keepAlive: Scalar.key("How often a comment keeps an idle stream awake; default 15s", Scalar.positiveDuration),
  headersTimeout: Scalar.key("How long a client may take to send its headers; default 30s", Scalar.positiveDuration),
  requestTimeout: Scalar.key(
    "How long a client may take to send its whole request; default 2m, at least headersTimeout",
    Scalar.positiveDuration
  ),
  adminKey: Scalar.key("Opens /admin to whoever sends it; without one only this machine may", Scalar.text),
  cors: Scalar.key("Origins that browsers may call from; default none", Schema.Array(Scalar.text)),
  sanitize: Scalar.key("Hides providers' names and account states from callers; default false", Scalar.boolean)
}).annotate({ description: "Where the gateway listens and what it accepts" })

/**
 * The whole file. Every key is optional: what is absent has the value of the embedded default.
 */
import * as Schema from "effect/Schema"
import { Callers } from "./Caller.ts"
import { Policies } from "./Policy.ts"
import { Providers } from "./Provider.ts"
import { Routes } from "./Route.ts"
import { Server } from "./Server.ts"
import { Failures } from "./Failures.ts"
import { Ledger, State, Telemetry } from "./Storage.ts"

/** @stability experimental @category schemas @since 0.1.0 */
export const File = Schema.Struct({
  /** For editors: where the JSON Schema is. */
  $schema: Schema.optionalKey(Schema.String),
  server: Schema.optionalKey(Server),
  providers: Schema.optionalKey(Providers),
  routes: Schema.optionalKey(Routes),
  policies: Schema.optionalKey(Policies),
  callers: Schema.optionalKey(Callers),
  ledger: Schema.optionalKey(Ledger),
  state: Schema.optionalKey(State),
  telemetry: Schema.optionalKey(Telemetry),
  failures: Schema.optionalKey(Failures)
}).annotate({ description: "Configuration of Orelse" })

/** @stability experimental @category models @since 0.1.0 */
export type File = typeof File.Type

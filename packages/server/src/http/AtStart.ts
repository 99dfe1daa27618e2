/**
 * What a reload cannot change: the port, the stores and the exporter are opened once, when the gateway starts.
 *
 * A new value of them is no problem of the file. It is named, and holds after the next restart.
 */
import type { Config } from "@orelse/core/layer/config/Types"
import * as Equal from "effect/Equal"

const settings: ReadonlyArray<readonly [name: string, read: (config: Config) => unknown]> = [
  ["server.host", ({ server }) => server.host],
  ["server.port", ({ server }) => server.port],
  ["server.drainTimeout", ({ server }) => server.drainTimeout],
  ["server.headersTimeout", ({ server }) => server.headersTimeout],
  ["server.requestTimeout", ({ server }) => server.requestTimeout],
  // Whether bodies are kept is asked call by call.
  ["ledger", ({ ledger }) => ({ ...ledger, bodies: undefined })],
  ["state", ({ state }) => state],
  ["telemetry", ({ telemetry }) => telemetry]
]

/**
 * Names of the settings in which a configuration differs from the one that the gateway started with.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const changed = (started: Config, now: Config): ReadonlyArray<string> =>
  settings.flatMap(([name, read]) => (Equal.equals(read(started), read(now)) ? [] : [name]))

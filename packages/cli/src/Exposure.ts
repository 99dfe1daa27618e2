/**
 * Whether other machines reach a gateway that asks nobody for a key: a note of the configuration, for the address that is really in use.
 *
 * The file alone does not tell: `--host` comes before it, and keys made by `orelse keys` close a gateway whose file has no callers.
 */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import type { Config } from "@orelse/core/layer/config/Types"
import * as Effect from "effect/Effect"
import { Screen } from "./Screen.ts"

/** Whether calls need a key because of keys that `orelse keys` made. */
export const hasKeys = Effect.fnUntraced(function* (config: Config) {
  const { cwd } = yield* Screen
  const KeysFile = yield* Effect.promise(() => import("@orelse/server/callers/KeysFile"))
  return existsSync(resolve(cwd, KeysFile.pathOf(config.ledger.path)))
})

/** The configuration with that note, where it is so on this address. */
export const noted = Effect.fnUntraced(function* (config: Config, host: string) {
  if (isLoopback(host) || config.callers.length > 0 || (yield* hasKeys(config))) return config
  const path = host === config.server.host ? "server.host" : "--host"
  const reason = "other machines reach this port, and without callers anybody may call"
  return { ...config, notes: [...config.notes, { path, reason }] }
})

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|::1|\[::1\])$/i.test(host)

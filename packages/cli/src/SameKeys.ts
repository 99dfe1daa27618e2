/**
 * Keys that stand both in the configuration and in the file of `orelse keys`. Such a key belongs to the caller of the configuration, and
 * revoking it in the file does not take it away: that is said where it can be seen.
 */
import * as KeyHash from "@orelse/core/layer/config/KeyHash"
import type { Config } from "@orelse/core/layer/config/Types"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { resolve } from "node:path"
import { Screen } from "./Screen.ts"

/** The callers of the configuration by the hashes of their keys. */
export const byHash = ({ callers }: Pick<Config, "callers">): ReadonlyMap<string, string> =>
  new Map(
    callers.flatMap(({ key, name }) => (key === undefined ? [] : [[KeyHash.of(Redacted.value(key)), name] as const]))
  )

/** The configuration with a note for each such key. A keys file that cannot be read is not for here: no gateway starts with it (`Beside.ts`). */
export const noted = Effect.fnUntraced(function* (config: Config) {
  const { cwd } = yield* Screen
  const KeysFile = yield* Effect.promise(() => import("@orelse/server/callers/KeysFile"))
  const path = KeysFile.pathOf(config.ledger.path)
  const names = byHash(config)
  return yield* KeysFile.read(resolve(cwd, path)).pipe(
    Effect.map(({ keys }) => keys.filter(({ hash }) => names.has(hash))),
    Effect.map((same) =>
      same.map(({ hash, id }) => ({ path, reason: `${id} stands in the configuration too, as ${names.get(hash)}'s` }))
    ),
    Effect.orElseSucceed(() => []),
    Effect.map((notes) => ({ ...config, notes: [...config.notes, ...notes] }))
  )
})

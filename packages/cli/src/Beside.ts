/**
 * What lies beside a valid configuration and keeps a gateway from starting with it: a ledger or a keys file that is none. It is only looked at;
 * whether the port is free is for the start to say, for a gateway may be running.
 */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import type { Config } from "@orelse/core/layer/config/Types"
import * as Effect from "effect/Effect"
import { Screen } from "./Screen.ts"

/** A file that a gateway does not start with. */
export interface Refused {
  /** As the configuration names it. */
  readonly file: string
  /** Which, why, and what to do. */
  readonly message: string
}

/** Each of them; none where a gateway starts. */
export const refused = Effect.fnUntraced(function* ({ ledger }: Pick<Config, "ledger">) {
  const { cwd } = yield* Screen
  const KeysFile = yield* Effect.promise(() => import("@orelse/server/callers/KeysFile"))
  const keys = KeysFile.pathOf(ledger.path)
  const found: ReadonlyArray<ReadonlyArray<Refused>> = [
    yield* told(keys, KeysFile.read(resolve(cwd, keys))),
    yield* told(ledger.path, ledgerAt(ledger, resolve(cwd, ledger.path)))
  ]
  return found.flat()
})

/** The drivers of the ledger are loaded only where there is something to look at. */
const ledgerAt = ({ store }: Config["ledger"], path: string) =>
  existsSync(path)
    ? Effect.flatMap(
        Effect.promise(() => import("@orelse/server/ledger/LedgerStore")),
        ({ check }) => check({ store, path })
      )
    : Effect.void

const told = <E extends { readonly message: string }>(file: string, looked: Effect.Effect<unknown, E>) =>
  Effect.match(looked, {
    onSuccess: (): ReadonlyArray<Refused> => [],
    onFailure: ({ message }): ReadonlyArray<Refused> => [{ file, message }]
  })

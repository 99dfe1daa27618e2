/**
 * Asks the ledger of the configuration, without writing to it; says what to do where there is none.
 */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import type { Ledger, LedgerUnavailable } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import * as Configuration from "./Configuration.ts"
import { Failure } from "./Failure.ts"
import { Screen } from "./Screen.ts"

/** What is asked of the ledger, with the ledger. The store's driver is loaded here. */
export const ask = <A, R>(question: Effect.Effect<A, Failure | LedgerUnavailable, R | Ledger>) =>
  Effect.gen(function* () {
    const config = yield* Configuration.load
    if (config.ledger.store === "none") return yield* noLedger(config.notes)
    const { cwd } = yield* Screen
    if (config.ledger.store === "sqlite" && !existsSync(resolve(cwd, config.ledger.path))) {
      return yield* nothingYet(config.ledger.path)
    }
    const LedgerStore = yield* Effect.promise(() => import("@orelse/server/ledger/LedgerStore"))
    return yield* question.pipe(
      Effect.provide(LedgerStore.readOnly(config.ledger)),
      Effect.catchTag("LedgerUnavailable", ({ message }) => Effect.fail(new Failure({ message })))
    )
  })

const nothingYet = (path: string) =>
  new Failure({
    message: `There is no ledger at ${path} yet.`,
    next: "It begins with the gateway's first call: orelse serve"
  })

const noLedger = (notes: ReadonlyArray<{ readonly path: string; readonly reason: string }>) => {
  const why = notes.find((note) => note.path === "ledger")?.reason ?? "ledger.store is none"
  return new Failure({ message: `No calls are kept: ${why}.`, next: "Keep them: ledger: { store: sqlite }" })
}

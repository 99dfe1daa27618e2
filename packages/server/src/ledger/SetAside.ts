/**
 * Writes a batch into the store; what it rejects for good is set aside beside the spool, row by row, for a person to look at.
 */
import * as Effect from "effect/Effect"
import * as Batch from "./Batch.ts"
import type { Spool } from "./Spool.ts"
import type { Store, StoreError } from "./Store.ts"

/** Fails only where the store is away. @stability experimental @category models @since 0.1.0 */
export type Write = (batch: Batch.Batch, owner: string) => Effect.Effect<void, StoreError>

/** @stability experimental @category constructors @since 0.1.0 */
export const writer = (store: Store, spool: Spool): Write => {
  const write: Write = (batch, owner) =>
    Effect.catch(store.write(batch, owner), (error) => {
      if (error.kind !== "rejected") return Effect.fail(error)
      if (Batch.size(batch) > 1)
        return Effect.forEach(Batch.halves(batch), (half) => write(half, owner), { discard: true })
      return Effect.logError(
        `Ledger: ${store.where} rejects a row; it is set aside in rejected.jsonl`,
        error.message
      ).pipe(
        Effect.andThen(spool.setAside(batch)),
        Effect.catch((failure) => Effect.logError("Ledger: a rejected row could not be set aside", failure.message))
      )
    })
  return write
}

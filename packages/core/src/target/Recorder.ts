/**
 * Where the engine tells what happens: one service in front of the ledger, telemetry and prices, which live on the floor above.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Attempt } from "../domain/Attempt.ts"
import type { CallStart, Entry } from "../domain/Entry.ts"
import type { Usage } from "../domain/Usage.ts"
import type { Provider } from "../provider/Provider.ts"

/** What a call was, told with its end, so that nobody has to remember calls under way. @stability stable @category models @since 0.1.0 */
export interface Story {
  readonly start: CallStart
  /** Those that have ended, in order. */
  readonly attempts: ReadonlyArray<Attempt>
}

/**
 * The recorder. Without a layer of its own nothing is kept and every cost is unknown.
 *
 * @stability stable
 * @category services
 * @since 0.1.0
 */
export class Recorder extends Context.Service<
  Recorder,
  {
    /** Records at once; the effect is what there is to wait for, and never fails. It may suspend where the ledger's queue is full or its durability is `strict`. */
    readonly append: (entry: Entry, story?: Story) => Effect.Effect<void>
    readonly costOf: (
      provider: Provider,
      model: string,
      usage: Usage | undefined
    ) => Pick<Attempt, "costUsd" | "costBasis">
  }
>()("@orelse/core/target/Recorder") {
  /** Keeps nothing. */
  static readonly none: Recorder["Service"] = { append: () => Effect.void, costOf: () => ({ costBasis: "unknown" }) }
}

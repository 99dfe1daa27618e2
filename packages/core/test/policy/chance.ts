import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** Every draw is this number, from 0 to (just below) 1. */
export const drawing =
  (chance: number) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(self, Random.Random, { nextDoubleUnsafe: () => chance, nextIntUnsafe: () => 0 })

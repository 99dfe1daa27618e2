/**
 * Services as if what they know were elsewhere: for tests of what waits for them, and of who interrupts it meanwhile.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Limits } from "../target/Limits.ts"

/** Limits that take and give back when waited for, and no sooner. @stability experimental @category layers @since 0.1.0 */
export const limits: Layer.Layer<Limits> = Layer.effect(
  Limits,
  Effect.map(Limits, (limits) => ({
    ...limits,
    acquire: (...asked: Parameters<typeof limits.acquire>) =>
      Effect.map(
        Effect.suspend(() => limits.acquire(...asked)),
        (permit) => ({ ...permit, release: () => Effect.suspend(permit.release) })
      )
  }))
).pipe(Layer.provide(Limits.layerMemory))

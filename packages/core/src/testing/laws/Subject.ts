/**
 * What the laws are held against: the engine of Orelse, unless a test brings another (to see that a law would notice).
 */
import * as Layer from "effect/Layer"
import * as Failure from "../../provider/Failure.ts"
import type { ProviderRegistry } from "../../provider/Provider.ts"
import type { Route } from "../../route/Route.ts"
import { Router } from "../../route/Router.ts"
import { Health } from "../../target/Health.ts"
import { Limits } from "../../target/Limits.ts"
import type { Recorder } from "../../target/Recorder.ts"

/** What is tried: Orelse's engine, or another in its place. @stability experimental @category models @since 0.1.0 */
export interface Subject {
  /** A router over named routes, with health and limits of its own each time it is built. */
  readonly layer: (
    named: Readonly<Record<string, Route>>
  ) => Layer.Layer<Router | Health | Limits, never, ProviderRegistry | Recorder>
  /** What a failed answer means. */
  readonly classify: (input: Failure.Input) => ReturnType<typeof Failure.classify>
}

/** The engine as it ships, with state in memory. @stability experimental @category constructors @since 0.1.0 */
export const orelse: Subject = {
  layer: (named) => Router.layerRoutes(named).pipe(Layer.provideMerge([Health.layerMemory, Limits.layerMemory])),
  classify: (input) => Failure.classify(input)
}

/**
 * The laws that every route keeps, to try on your own: random weather, timings and callers, under a virtual clock.
 *
 * This is the face of the folder. A law is one file beside it; what is tried is `Subject.ts`, where it is tried is `World.ts`.
 *
 * ```ts doctest
 * import { Route } from "@orelse/core"
 * import { Laws } from "@orelse/core/testing"
 * import * as Effect from "effect/Effect"
 *
 * const smart = Route.target("anthropic/claude-opus-4-5").pipe(Route.orElse(Route.target("openai/gpt-5.2")))
 *
 * for (const law of Laws.all) await Effect.runPromise(Laws.check(law, { route: smart, cases: 20, seed: 1 }))
 * Laws.all.length // => 10
 * ```
 */
export { all } from "./all.ts"
export { Broken, check } from "./Law.ts"
export type { Kept, Law, Options } from "./Law.ts"
export { orelse } from "./Subject.ts"
export type { Subject } from "./Subject.ts"
export type { World } from "./World.ts"

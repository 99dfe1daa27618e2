/** Law 10: a full context window, an output limit, an empty account and a throttle are four kinds. */
import * as Effect from "effect/Effect"
import type { Law } from "./Law.ts"
import type { Subject } from "./Subject.ts"
import { type Vector, vectors } from "./vectors.ts"
import type { World } from "./World.ts"

/**
 * Real answers, two in each world, with what proxies and new versions of an API add to them: fields and headers that mean nothing,
 * another layout.
 *
 * @stability experimental
 * @category laws
 * @since 0.1.0
 */
export const law: Law = {
  number: 10,
  says: "context overflow, output limit, empty account and throttle are told apart, as real providers word them",
  broken: (subject, world) =>
    Effect.sync(() => wrong(subject, world, world.chance) ?? wrong(subject, world, world.chance + world.attempts))
}

const wrong = (subject: Subject, world: World, at: number): string | undefined => {
  const vector = vectors[at % vectors.length]!
  const found = subject.classify(inputOf(vector, world))
  return found._tag === vector.kind
    ? undefined
    : `${vector.family} said ${JSON.stringify(vector.body)}: that is ${vector.kind}, not ${found._tag}`
}

const inputOf = (vector: Vector, world: World) => ({
  provider: vector.family,
  family: vector.family,
  protocol: vector.protocol,
  transport: "http" as const,
  status: vector.status,
  headers: {
    "content-type": "application/json",
    "x-served-by": `edge-${world.deadline}`,
    "x-trace": String(world.chance)
  },
  body: JSON.stringify(
    world.calls.length % 2 === 0 ? vector.body : { ...vector.body, trace_id: `t-${world.chance}`, region: "eu-4" },
    null,
    world.attempts % 4
  ),
  now: world.deadline
})

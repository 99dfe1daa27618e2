/**
 * Cooldowns that are one over all processes.
 *
 * Each process keeps the whole table itself (core's, in memory) and looks only there, so that no call waits for Redis. What happens
 * to a target is applied at once, and told to the others by a stream in Redis, which also brings a process that starts, or was
 * cut off, up to date. Only the half-open probe is asked for before it is taken (`claim`): it is a lock in Redis, for one call of
 * all processes. Clocks of machines are taken to agree within a second.
 */
import { Health } from "@orelse/core/target/Health"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import type { Connection } from "./Connection.ts"
import * as Feed from "./Feed.ts"
import * as HealthEvent from "./HealthEvent.ts"
import * as Probes from "./Probes.ts"

/**
 * Over this connection.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  connection: Connection
): Effect.fn.Return<Health["Service"], never, Scope.Scope> {
  const local = yield* Effect.provide(Health, yield* Layer.build(Health.layerMemory))
  const self = randomUUID()
  const feed = yield* Feed.make(connection, (text) => {
    const told = HealthEvent.decode(text)
    if (told !== undefined && told.from !== self) HealthEvent.apply(local, told.event)
  })
  const probes = yield* Probes.make(connection, local)
  const tell = (event: HealthEvent.HealthEvent) => {
    HealthEvent.apply(local, event)
    feed.tell(HealthEvent.encode(self, event))
  }
  return {
    rows: local.rows,
    due: local.due,
    claim: probes.claim,
    begin: (key, now) => {
      const end = local.begin(key, now)
      if (end === undefined) {
        probes.leave(key)
        return undefined
      }
      const giveBack = probes.take(key)
      return () => {
        giveBack()
        end()
      }
    },
    verdict: (key, now) => {
      const verdict = local.verdict(key, now)
      return verdict.state === "healthy" && probes.isElsewhere(key, now)
        ? { state: "probing", reason: undefined }
        : verdict
    },
    success: (key, startedAt) => {
      // Nearly every success: nothing was known against it, and there is nothing to tell.
      const wasKnown = local.success(key, startedAt)
      if (wasKnown) feed.tell(HealthEvent.encode(self, { _tag: "success", key, at: startedAt }))
      return wasKnown
    },
    failure: (key, reason, now, parking) =>
      tell({ _tag: "failure", key, reason, at: now, ...(parking === undefined ? {} : { parking }) }),
    reset: (provider, model) => {
      const wasKnown = local.rows(0).some((row) => row.provider === provider && (row.model ?? model) === model)
      tell({ _tag: "reset", provider, model })
      return wasKnown
    }
  }
})

/**
 * What a worker answers when another asks: it reloads, forgets a target, or says what it counted.
 */
import { Telemetry } from "@orelse/core/layer/Telemetry"
import { Health } from "@orelse/core/target/Health"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Gateway } from "../http/Gateway.ts"
import type { Question } from "./Message.ts"
import { Peers } from "./Peers.ts"

/**
 * Answers as long as the scope is open; in a process that is no worker nobody asks.
 *
 * @stability experimental
 * @category layers
 * @since 0.1.0
 */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const health = yield* Health
    const telemetry = yield* Telemetry
    const peers = yield* Peers
    const read = (question: Question): Effect.Effect<string> => {
      switch (question._tag) {
        case "reload":
          return Effect.map(gateway.reload, JSON.stringify)
        case "metrics":
          return Effect.sync(() => telemetry.prometheus())
        case "reset":
          return Effect.sync(() => String(health.reset(question.provider, question.model)))
      }
    }
    if (peers.number === undefined) return
    yield* telemetry.gauge({ name: "orelse.process_id", help: "Process of the worker.", read: () => process.pid })
    yield* Effect.forkScoped(peers.answer(read))
  })
)

/**
 * What a call puts on its record, waited for no longer than the call has time.
 *
 * The recorder takes an entry at once, and may then make a call wait: its queue is full, or an attempt is to be committed before it is sent. Where
 * neither store nor spool takes a row that wait has no end of its own; the deadline of a call holds for it as for any other. What comes at
 * the end of a call or of its stream makes nobody wait: whoever begins the next call does. What was taken stays, whoever goes on, and a recorder
 * that does its work in the effect does it to its end then.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Elapsed from "../domain/Elapsed.ts"
import type { Entry } from "../domain/Entry.ts"
import * as InTurn from "../domain/InTurn.ts"
import type { CallState } from "./CallState.ts"
import type { Engine } from "./Engine.ts"
import type { Story } from "./Recorder.ts"

/**
 * Records at once. The effect is what there is to wait for: until it may go on, or until the call's deadline.
 *
 * @stability experimental
 * @category recording
 * @since 0.1.0
 */
export const append = (engine: Engine, state: CallState, entry: Entry, story?: Story): Effect.Effect<void> => {
  const waiting = engine.recorder.append(entry, story)
  return InTurn.left(waiting) === undefined ? waiting : within(engine, state, waiting)
}

/** What ends it now is told without a wait: the answer is there, or nobody wants it any more. @stability experimental @category recording @since 0.1.0 */
export const waitNoMore = (state: CallState): void => {
  state.waitsUntil = Number.NEGATIVE_INFINITY
}

/** A recorder that does its work in the effect has done it in the first step, however late it is. */
const within = (engine: Engine, state: CallState, waiting: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (state.waitsUntil === Number.POSITIVE_INFINITY) return waiting
    return Effect.flatMap(Effect.forkDetach(waiting, { startImmediately: true }), (fiber) => {
      const ended = fiber.pollUnsafe()
      if (ended !== undefined) return ended
      const left = state.waitsUntil - Elapsed.millis(engine.clock)
      if (left <= 0) return Effect.void
      return Effect.ensuring(Effect.raceFirst(Fiber.join(fiber), Effect.sleep(left)), Fiber.interrupt(fiber))
    })
  })

/**
 * Finished calls, a few milliseconds' worth at a time: for whoever has work with each that no caller should wait for.
 *
 * One after the other they cost half of what they cost one by one, and the next call does not stand behind the last one's span.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type EndedCall, Telemetry } from "../Telemetry.ts"
import * as Guarded from "./Guarded.ts"

/** So many are handed on at once, however young. */
const most = 256

/** How long the first of them waits. */
const wait = "5 millis"

/**
 * Hands them on until the scope closes, and what waits then. Those that are not taken, because that throws, are lost; the next ones come.
 *
 * @stability experimental
 * @category running
 * @since 0.1.0
 */
export const run = Effect.fnUntraced(function* (
  hear: (calls: ReadonlyArray<EndedCall>) => void
): Effect.fn.Return<void, never, Telemetry | Scope.Scope> {
  const telemetry = yield* Telemetry
  const guarded = yield* Guarded.make(hear)
  let waiting: Array<EndedCall> = []
  let wake: (() => void) | undefined
  const handOn = () => {
    if (waiting.length === 0) return
    const calls = waiting
    waiting = []
    guarded(calls)
  }
  const flush = Effect.sync(handOn)
  const untilSome = Effect.callback<void>((resume) => {
    if (waiting.length > 0) return resume(Effect.void)
    wake = () => resume(Effect.void)
  })
  yield* Effect.addFinalizer(() => flush)
  yield* Effect.forkScoped(Effect.forever(untilSome.pipe(Effect.andThen(Effect.sleep(wait)), Effect.andThen(flush))))
  yield* telemetry.listen((call) => {
    if (waiting.push(call) >= most) handOn()
    wake?.()
    wake = undefined
  })
})

/**
 * SIGINT and SIGTERM. A program is interrupted by the first, unless it waits for it to end in order; the second ends it at once.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const waiting = new Set<() => void>()
let awaited = false

/** Waits for the first signal, which then does not interrupt. */
export const stop: Effect.Effect<void> = Effect.callback((resume) => {
  const onSignal = () => resume(Effect.void)
  waiting.add(onSignal)
  awaited = true
  return Effect.sync(() => void waiting.delete(onSignal))
})

/** Whether somebody waits for a signal: the program serves until it comes. */
export const isAwaited = (): boolean => waiting.size > 0

/** Whether somebody has waited for a signal: the program has served. */
export const wasAwaited = (): boolean => awaited

/** Hears a signal until the scope closes. */
export const on = (signal: NodeJS.Signals, handler: () => void): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => void process.on(signal, handler)),
    () => Effect.sync(() => void process.off(signal, handler))
  )

/**
 * What asks for something else than the end ends no process while this lasts, though nobody listens (yet): SIGHUP for the configuration to
 * be read again, SIGUSR2 for new workers.
 */
export const othersAreNoEnd: Effect.Effect<void, never, Scope.Scope> = Effect.suspend(() =>
  Effect.andThen(on("SIGHUP", nothing), on("SIGUSR2", nothing))
)

const nothing = () => {}

/** Handles the process's signals: `interrupt` where nobody waits, `end` on the second. */
export const install = (handlers: { readonly interrupt: () => void; readonly end: () => void }): void => {
  let received = 0
  const onSignal = () => {
    received += 1
    if (received > 1) return handlers.end()
    if (waiting.size === 0) return handlers.interrupt()
    for (const onStop of waiting) onStop()
  }
  process.on("SIGINT", onSignal)
  process.on("SIGTERM", onSignal)
}

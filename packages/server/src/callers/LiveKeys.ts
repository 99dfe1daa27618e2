/**
 * The keys file as it is now: looked at every second, so that a new key works and a revoked one does not without a restart.
 *
 * A file that is there closes the gateway; one that cannot be read (any more) is logged, and read when that is mended: until then the keys before
 * stay in force. One that vanishes takes its keys with it, but does not open a gateway that it closed: that needs a restart.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as KeysFile from "./KeysFile.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface LiveKeys {
  readonly kept: () => KeysFile.Kept
  /** Another number for other keys. */
  readonly version: () => number
  /** Whether calls need a key because there is a file, or was one. */
  readonly closed: () => boolean
}

/** Reads the file, and again whenever it was replaced. Fails where it is there and cannot be read. @stability experimental @category constructors @since 0.1.0 */
export const make = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<LiveKeys, KeysFile.KeysFileError, Scope.Scope> {
  let stamp = yield* KeysFile.stamp(path)
  let kept = yield* KeysFile.read(path)
  let closed = kept.exists
  let version = 0
  const look = Effect.gen(function* () {
    const now = yield* KeysFile.stamp(path)
    if (now === stamp) return
    stamp = now
    const read = yield* Effect.result(KeysFile.read(path))
    // Together with its keys: closed before them, it would turn a right key away.
    closed ||= now !== ""
    if (Result.isFailure(read)) {
      return yield* Effect.logError(`${read.failure.message}; calls need a key, and the keys before stay in force`)
    }
    const before = kept
    kept = read.success
    version += 1
    if (before.exists && !kept.exists) {
      yield* Effect.logWarning(
        `${path} is gone, and its keys with it; calls still need a key until the gateway is restarted`
      )
    }
  })
  yield* Effect.forkScoped(Effect.forever(Effect.delay(look, "1 second")))
  return { kept: () => kept, version: () => version, closed: () => closed }
})

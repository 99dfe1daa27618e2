/**
 * How calls under way ended, for those who have to book it: a recorder in front of the recorder.
 *
 * It keeps the end of watched calls only; without callers nothing is watched, and an entry costs one look at an empty map.
 */
import type { CallEnd } from "@orelse/core/domain/Entry"
import { Recorder } from "@orelse/core/target/Recorder"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** @stability experimental @category services @since 0.1.0 */
export class CallEnds extends Context.Service<
  CallEnds,
  {
    /** Keeps how this call ends, until `taken`. */
    readonly watch: (callId: string) => void
    /** How it ended, and no longer kept; `undefined` where it never began. */
    readonly taken: (callId: string) => CallEnd | undefined
  }
>()("@orelse/server/callers/CallEnds") {
  /** The service, and the recorder that it listens at. */
  static readonly layer: Layer.Layer<CallEnds | Recorder, never, Recorder> = Layer.effectContext(
    Effect.map(Recorder, (recorder) => {
      const watched = new Map<string, CallEnd | undefined>()
      const ends = CallEnds.of({
        watch: (callId) => void watched.set(callId, undefined),
        taken: (callId) => {
          const end = watched.get(callId)
          watched.delete(callId)
          return end
        }
      })
      const listening = Recorder.of({
        ...recorder,
        append: (entry, story) => {
          if (watched.size > 0 && entry._tag === "CallEnd" && watched.has(entry.id)) watched.set(entry.id, entry)
          return recorder.append(entry, story)
        }
      })
      return Context.make(CallEnds, ends).pipe(Context.add(Recorder, listening))
    })
  )
}

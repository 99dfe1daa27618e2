/**
 * The body of a streamed answer of a provider in process: parts in no dialect, noted as they come and handed to a sink.
 *
 * What `StreamBody.ts` is for bytes: a reader that is slow holds the provider back, and the silence is then not the provider's. When the
 * stream ends, and how, is the provider's to say.
 */
import * as Effect from "effect/Effect"
import type { Sink, Streaming } from "../domain/Answer.ts"
import { isContent, type StreamPart } from "../domain/Response.ts"
import * as Noted from "./Noted.ts"
import type { Trace } from "./Provider.ts"

/** @stability experimental @category models @since 0.1.0 */
export class PartsBody {
  #lastContentAt: number
  /** The sink is not ready. */
  #waiting = false
  readonly #trace: Trace
  readonly #now: () => number

  /** `now` is elapsed time, in milliseconds (`domain/Elapsed.ts`). */
  constructor(trace: Trace, now: () => number) {
    this.#trace = trace
    this.#now = now
    this.#lastContentAt = now()
  }

  /** What the idle clock reads. */
  get lastContentAt(): number {
    return this.#waiting ? this.#now() : this.#lastContentAt
  }

  /** Parts have come: what they say goes on record, whether they reach a reader or not. */
  take(parts: ReadonlyArray<StreamPart>): void {
    if (parts.some(isContent)) this.#lastContentAt = this.#now()
    for (const part of parts) Noted.part(this.#trace, part)
  }

  /** Hands parts on; ends when more is welcome. */
  deliver(sink: Sink, parts: ReadonlyArray<StreamPart>): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (sink.wants === "bytes" || parts.length === 0 || sink.write(parts)) return Effect.void
      this.#waiting = true
      return Effect.callback<void>((resume) => sink.onReady(() => resume(this.#ready())))
    })
  }

  /** The answer whose parts come by this: how they are made and handed on is `run`. */
  answer(run: Streaming["run"]): Streaming {
    return {
      _tag: "Streaming",
      protocol: "library",
      run,
      isTerminated: () => true,
      lastContentAt: () => this.lastContentAt
    }
  }

  #ready(): Effect.Effect<void> {
    this.#waiting = false
    this.#lastContentAt = this.#now()
    return Effect.void
  }
}

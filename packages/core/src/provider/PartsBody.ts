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

/**
 * The parts of one answer on their way: `take` notes what came, `deliver` hands it on, `answer` makes a `Streaming` of it.
 *
 * **Details** An attempt ends when the first content is there, so that until then another target can answer: what came by then is held for
 * the sink. `run` fails where the stream is cut; where it ends well the answer is whole.
 *
 * **Example** (A provider that streams)
 *
 * ```ts doctest
 * import { AttemptError, Orelse, type Provider, Reason, type Response, Route } from "@orelse/core"
 * import * as Elapsed from "@orelse/core/domain/Elapsed"
 * import { PartsBody } from "@orelse/core/provider/PartsBody"
 * import * as Clock from "effect/Clock"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const attempt: Provider.Provider["attempt"] = ({ model, trace }) =>
 *   Effect.gen(function* () {
 *     const clock = yield* Clock.Clock
 *     const body = new PartsBody(trace, () => Elapsed.millis(clock))
 *     const first: Response.StreamPart = { type: "text", index: 0, text: "one" }
 *     const cut = new Reason.StreamInterrupted({ message: "it broke", contentSent: true })
 *     const rest: Stream.Stream<Response.StreamPart, AttemptError.AttemptError> = Stream.make(
 *       { type: "text", index: 0, text: " two" } as const
 *     ).pipe(Stream.concat(Stream.fail(new AttemptError.AttemptError({ reason: cut, provider: "mine", model }))))
 *     body.take([first])
 *     return body.answer((sink) =>
 *       body.deliver(sink, [first]).pipe(
 *         Effect.andThen(
 *           Stream.runForEach(rest, (part) => {
 *             body.take([part])
 *             return body.deliver(sink, [part])
 *           })
 *         )
 *       )
 *     )
 *   })
 * const credentials = [{ name: "none", secret: undefined }]
 * const mine = { id: "mine", protocol: "library", family: "mine", credentials, models: {}, attempt } as const
 *
 * const texts = Orelse.stream(Route.target("mine/m"), "Hello").pipe(
 *   Stream.map((part) => (part.type === "text" ? part.text : "")),
 *   Stream.catchTag("AttemptError", ({ reason }) => Stream.succeed(reason._tag)),
 *   Stream.runCollect
 * )
 * const live = Orelse.layer({ providers: { mine } })
 * await Effect.runPromise(Effect.provide(texts, live)) // => ["one", " two", "StreamInterrupted"]
 * ```
 *
 * @stability experimental
 * @category models
 * @since 0.1.0
 */
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

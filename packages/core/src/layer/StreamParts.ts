/**
 * A committed stream as an Effect `Stream` of its parts: a reader that is slow slows the provider down.
 *
 * At most 64 parts wait here. The stream ends when the answer ended by its protocol's rules, and fails when it was cut. Closing it
 * closes the provider's connection.
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { Streaming } from "../domain/Answer.ts"
import type { AttemptError } from "../domain/AttemptError.ts"
import type { Response, StreamPart } from "../domain/Response.ts"
import * as Whole from "../provider/protocols/Whole.ts"

const most = 64

/**
 * The parts of an answer. It can be run once: an answer is not asked for again.
 *
 * @stability stable
 * @category conversions
 * @since 0.1.0
 */
export const toStream = (answer: Streaming): Stream.Stream<StreamPart, AttemptError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const pipe = make()
      yield* answer.run(pipe.sink).pipe(Effect.onExit(pipe.end), Effect.forkScoped)
      return Stream.fromPull(Effect.succeed(pipe.pull))
    })
  )

/** A whole answer as if it had come in parts, each block as one. @stability stable @category conversions @since 0.1.0 */
export const ofResponse = (response: Response): Stream.Stream<StreamPart> => {
  const { id, model, usage } = response
  return Stream.fromIterable([
    { type: "start", ...(id === undefined ? {} : { id }), ...(model === undefined ? {} : { model }) },
    ...response.content.flatMap(Whole.partsOf),
    { type: "finish", reason: response.finishReason ?? "unknown" },
    ...(usage === undefined ? [] : [{ type: "usage", usage } as const])
  ])
}

type Taken = Effect.Effect<NonEmptyReadonlyArray<StreamPart>, AttemptError | Cause.Done>

const make = () => {
  let waiting: Array<StreamPart> = []
  let ended: Taken | undefined
  let taker: ((taken: Taken) => void) | undefined
  let writer: (() => void) | undefined

  const take = (): Taken | undefined => {
    const [first, ...rest] = waiting
    if (first === undefined) return ended
    waiting = []
    const ready = writer
    writer = undefined
    ready?.()
    return Effect.succeed([first, ...rest])
  }
  const wake = () => {
    if (taker === undefined) return
    const taken = take()
    if (taken === undefined) return
    const resume = taker
    taker = undefined
    resume(taken)
  }
  return {
    sink: {
      wants: "parts",
      write: (parts: ReadonlyArray<StreamPart>) => {
        waiting.push(...parts)
        wake()
        return waiting.length < most
      },
      onReady: (resume: () => void) => {
        if (waiting.length < most) return resume()
        writer = resume
      }
    } as const,
    end: (exit: Exit.Exit<void, AttemptError>) =>
      Effect.sync(() => {
        ended = Exit.isSuccess(exit) ? Cause.done() : Effect.failCause(exit.cause)
        wake()
      }),
    pull: Effect.suspend(
      (): Taken =>
        take() ??
        Effect.callback((resume) => {
          taker = resume
          return Effect.sync(() => void (taker = undefined))
        })
    )
  }
}

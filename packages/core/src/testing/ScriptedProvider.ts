/**
 * A provider for tests that answers by script, in process and under the TestClock, and remembers every attempt.
 *
 * Each attempt takes the next step of the script (the last one repeats). It opens no connection; what it counts as `open` stands for one.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Answer, Sink } from "../domain/Answer.ts"
import { AttemptError } from "../domain/AttemptError.ts"
import * as Elapsed from "../domain/Elapsed.ts"
import { EmptyResponse, type Reason } from "../domain/Reason.ts"
import { isContent, type Response, type StreamPart } from "../domain/Response.ts"
import type { Usage } from "../domain/Usage.ts"
import { PartsBody } from "../provider/PartsBody.ts"
import type { Credential, Input, Limits, ModelInfo, Provider } from "../provider/Provider.ts"

/**
 * One step of a script. `after` is the time to the failure or the first content; none by default.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export type Step =
  /** A whole answer, also where a stream was asked for: a text that ends in `stop`, or all of it (tool calls, another end; `usage` counts over its own). */
  | { readonly answer: string | Response; readonly after?: Duration.Input; readonly usage?: Usage }
  /** The answer to an embeddings call, one vector a text. */
  | {
      readonly vectors: ReadonlyArray<ReadonlyArray<number>>
      readonly after?: Duration.Input
      readonly usage?: Usage
    }
  | { readonly fail: Reason; readonly after?: Duration.Input }
  /** No answer until it is interrupted. */
  | { readonly hang: true }
  /** A stream: each part comes `every` after the one before; then it ends, or fails with `thenFail`, or falls silent. Without content its end is an `EmptyResponse`. */
  | {
      readonly stream: ReadonlyArray<StreamPart>
      readonly after?: Duration.Input
      readonly every?: Duration.Input
      readonly thenFail?: Reason
      readonly thenHang?: boolean
    }

/** One attempt as the provider saw it; times in milliseconds of the Clock. @stability stable @category models @since 0.1.0 */
export interface Seen {
  readonly at: number
  readonly model: string
  readonly credential: string
  readonly input: Input
}

/** A provider for `Orelse.layer`, and what it saw. @stability stable @category models @since 0.1.0 */
export interface ScriptedProvider extends Provider {
  /** Every attempt, in order. */
  readonly seen: ReadonlyArray<Seen>
  /** Exchanges that are open now. */
  readonly open: () => number
  /** Most exchanges that were ever open at once. */
  readonly mostOpen: () => number
}

/**
 * Builds a scripted provider. A function is given each attempt with its number, from 0. `credentials` are names, one "default" by default;
 * `disabled` is why it cannot be asked. Throws where the script has no step.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  id: string,
  script: ReadonlyArray<Step> | ((attempt: Seen, index: number) => Step),
  options?: {
    readonly credentials?: ReadonlyArray<string>
    readonly disabled?: string
    readonly models?: Readonly<Record<string, ModelInfo>>
    readonly limits?: Limits
    readonly timeouts?: NonNullable<Provider["timeouts"]>
  }
): ScriptedProvider => {
  if (Array.isArray(script) && script.length === 0)
    throw new Error(`ScriptedProvider.make: script of "${id}" must have a step, got none`)
  const seen: Array<Seen> = []
  let open = 0
  let mostOpen = 0
  const credentials: ReadonlyArray<Credential> = (options?.credentials ?? ["default"]).map((name) => ({
    name,
    secret: undefined
  }))
  return {
    id,
    protocol: "library",
    family: id,
    credentials,
    models: options?.models ?? {},
    ...(options?.disabled === undefined ? {} : { disabled: options.disabled }),
    ...(options?.limits === undefined ? {} : { limits: options.limits }),
    ...(options?.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    seen,
    open: () => open,
    mostOpen: () => mostOpen,
    attempt: (input) =>
      Effect.gen(function* () {
        const clock = yield* Effect.clockWith(Effect.succeed)
        const at = clock.currentTimeMillisUnsafe()
        const attempt: Seen = { at, model: input.model, credential: input.credential.name, input }
        const step =
          typeof script === "function"
            ? script(attempt, seen.length)
            : script[Math.min(seen.length, script.length - 1)]!
        seen.push(attempt)
        open += 1
        mostOpen = Math.max(mostOpen, open)
        yield* Effect.addFinalizer(() => Effect.sync(() => void (open -= 1)))
        return yield* play(step, input, id, () => Elapsed.millis(clock))
      })
  }
}

const play = (
  step: Step,
  input: Input,
  id: string,
  elapsed: () => number
): Effect.Effect<Answer, AttemptError, Scope.Scope> =>
  Effect.gen(function* () {
    const failed = (reason: Reason) =>
      new AttemptError({ reason, provider: id, model: input.model, credential: input.credential.name })
    if ("hang" in step) return yield* Effect.never
    if (step.after !== undefined) yield* Effect.sleep(step.after)
    if ("fail" in step) return yield* failed(step.fail)
    if ("answer" in step) return whole(step.answer, step.usage)
    if ("vectors" in step) return embedded(step.vectors, step.usage)
    return yield* streamed(step, input, failed, elapsed)
  })

const whole = (answer: string | Response, counted: Usage | undefined): Answer => {
  const said: Response =
    typeof answer === "string" ? { content: [{ type: "text", text: answer }], finishReason: "stop" } : answer
  const usage = counted ?? said.usage
  const response = usage === undefined ? said : { ...said, usage }
  return { _tag: "Whole", protocol: "library", usage, finishReason: said.finishReason, response: () => response }
}

const embedded = (embeddings: ReadonlyArray<ReadonlyArray<number>>, usage: Usage | undefined): Answer => ({
  _tag: "Whole",
  protocol: "library",
  usage,
  response: () => ({ content: [] }),
  embeddings: () => ({ embeddings, ...(usage === undefined ? {} : { usage }) })
})

const streamed = (
  step: Extract<Step, { readonly stream: ReadonlyArray<StreamPart> }>,
  input: Input,
  failed: (reason: Reason) => AttemptError,
  elapsed: () => number
): Effect.Effect<Answer, AttemptError> =>
  Effect.gen(function* () {
    const every = step.every ?? 0
    const held: Array<StreamPart> = []
    let next = 0
    while (next < step.stream.length && !held.some(isContent)) {
      if (next > 0 && every !== 0) yield* Effect.sleep(every)
      held.push(step.stream[next++]!)
    }
    if (!held.some(isContent)) {
      if (step.thenHang === true) return yield* Effect.never
      return yield* failed(step.thenFail ?? new EmptyResponse({ message: "the stream held no content" }))
    }
    const body = new PartsBody(input.trace, elapsed)
    body.take(held)
    const run = (sink: Sink): Effect.Effect<void, AttemptError> =>
      Effect.gen(function* () {
        yield* body.deliver(sink, held)
        for (const part of step.stream.slice(next)) {
          yield* Effect.sleep(every)
          body.take([part])
          yield* body.deliver(sink, [part])
        }
        if (step.thenHang === true) return yield* Effect.never
        if (step.thenFail !== undefined) return yield* failed(step.thenFail)
      })
    return body.answer(run)
  })

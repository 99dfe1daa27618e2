/**
 * Models of `effect/ai` as a provider: each by its layer, built once, under the name that routes use (`id/name`).
 *
 * An attempt is one call of the model, without its tools being run. A stream is committed on its first content, as everywhere.
 */
import * as AiError from "effect/ai/AiError"
import * as LanguageModel from "effect/ai/LanguageModel"
import type * as AiResponse from "effect/ai/Response"
import type * as Tool from "effect/ai/Tool"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Answer, Sink } from "../../domain/Answer.ts"
import { AttemptError } from "../../domain/AttemptError.ts"
import * as Elapsed from "../../domain/Elapsed.ts"
import { EmptyResponse, ModelNotFound, StreamInterrupted, Unsupported, type Reason } from "../../domain/Reason.ts"
import { isContent, type StreamPart } from "../../domain/Response.ts"
import * as Echo from "../../provider/Echo.ts"
import { PartsBody } from "../../provider/PartsBody.ts"
import type { Input, ModelInfo, Provider } from "../../provider/Provider.ts"
import { toReason } from "./FromAiError.ts"
import * as FromParts from "./FromParts.ts"
import * as ToPrompt from "./ToPrompt.ts"

/** What is known of the models, and what bounds their attempts. @stability experimental @category models @since 0.1.0 */
export interface Options {
  /** Context windows and prices, by the models' names. */
  readonly models?: Readonly<Record<string, ModelInfo>> | undefined
  readonly limits?: Provider["limits"]
  readonly timeouts?: Provider["timeouts"]
}

/**
 * A provider of models. The layers are built with it and live as long as the scope.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const fromLayers = <E, R>(
  id: string,
  layers: Readonly<Record<string, Layer.Layer<LanguageModel.LanguageModel, E, R>>>,
  options: Options = {}
): Effect.Effect<Provider, E, R | Scope.Scope> =>
  Effect.map(
    Effect.forEach(Object.entries(layers), ([name, layer]) =>
      Effect.map(Layer.build(layer), (context) => [name, Context.get(context, LanguageModel.LanguageModel)] as const)
    ),
    (models) => make(id, new Map(models), options)
  )

type Model = LanguageModel.LanguageModel

const make = (id: string, models: ReadonlyMap<string, Model>, options: Options): Provider => ({
  id,
  protocol: "library",
  family: id,
  credentials: [{ name: "own", secret: undefined }],
  models: { ...Object.fromEntries([...models.keys()].map((name) => [name, {}])), ...options.models },
  ...(options.limits === undefined ? {} : { limits: options.limits }),
  ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
  attempt: (input) =>
    Effect.gen(function* () {
      const failed = failure(id, input)
      const model = models.get(input.model)
      if (model === undefined) {
        const names = [...models.keys()].join(", ")
        return yield* failed(new ModelNotFound({ message: `${id} has no model "${input.model}"; it has ${names}` }))
      }
      if (input.call.operation === "embeddings") {
        return yield* failed(new Unsupported({ message: `${id} makes no embeddings`, feature: "embeddings" }))
      }
      const request = input.request === undefined ? input.call.request() : Result.succeed(input.request)
      if (Result.isFailure(request)) return yield* failed(request.failure)
      const asked = ToPrompt.fromRequest(request.success)
      if (Result.isFailure(asked)) return yield* failed(asked.failure)
      return yield* input.call.stream
        ? streamed(id, model, asked.success, input)
        : whole(id, model, asked.success, input)
    })
})

/** A provider's answer comes along with a failure, and may repeat what the caller wrote. */
const failure = (id: string, input: Input) => (reason: Reason) =>
  new AttemptError({
    reason: Echo.without(reason, Echo.sent(input, {})),
    provider: id,
    model: input.model,
    credential: input.credential.name
  })

/** Calls are handed back as they came: validated by whoever asked, run by nobody here. */
const settings = (asked: ToPrompt.Asked) =>
  ({ ...asked, disableToolCallResolution: true, toolCallValidation: "deferred" }) as const

const whole = (id: string, model: Model, asked: ToPrompt.Asked, input: Input): Effect.Effect<Answer, AttemptError> =>
  Effect.clockWith((clock) =>
    Effect.matchEffect(unbroken(Effect.suspend(() => model.generateText(settings(asked)))), {
      onFailure: (error) =>
        Effect.fail(failure(id, input)(toReason(asAiError(error), id, clock.currentTimeMillisUnsafe()))),
      onSuccess: ({ content }) => {
        const response = FromParts.toResponse(content)
        if (response.content.length === 0 && response.finishReason === undefined) {
          return Effect.fail(failure(id, input)(new EmptyResponse({ message: "the model answered nothing" })))
        }
        const { finishReason, usage } = response
        return Effect.succeed<Answer>({
          _tag: "Whole",
          protocol: "library",
          usage,
          finishReason,
          response: () => response
        })
      }
    })
  )

/** A model is somebody's program: what breaks in it is a failure of its own, and the next target answers. */
const unbroken = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | AiError.AiError, R> =>
  Effect.catchDefect(effect, (defect) => Effect.fail(asAiError(defect)))

const asAiError = (error: unknown): AiError.AiError =>
  AiError.isAiError(error)
    ? error
    : AiError.make({
        module: "Orelse",
        method: "attempt",
        reason: new AiError.UnknownError({ description: String(error) })
      })

type Parts = ReadonlyArray<AiResponse.StreamPart<Record<string, Tool.Any>>>

const streamed = (
  id: string,
  model: Model,
  asked: ToPrompt.Asked,
  input: Input
): Effect.Effect<Answer, AttemptError, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clockWith(Effect.succeed)
    const failed = failure(id, input)
    const reader = FromParts.reader()
    const pull = yield* Stream.toPull(
      Stream.suspend(() => model.streamText(settings(asked)) as Stream.Stream<Parts[number], AiError.AiError>)
    )
    const body = new PartsBody(input.trace, () => Elapsed.millis(clock))
    /** The next parts; `undefined` at the end. */
    const next: Effect.Effect<ReadonlyArray<StreamPart> | undefined, AttemptError> = pull.pipe(
      Effect.map((parts: Parts) => {
        const read = parts.flatMap(reader.read)
        body.take(read)
        return read
      }),
      unbroken,
      Pull.catchDone(() => Effect.undefined),
      Effect.mapError((error) =>
        error instanceof AttemptError ? error : failed(toReason(asAiError(error), id, clock.currentTimeMillisUnsafe()))
      )
    )
    const held: Array<StreamPart> = []
    while (!held.some(isContent) && held.length < input.commit.maxEvents) {
      const parts = yield* next
      if (parts === undefined) return yield* failed(new EmptyResponse({ message: "the stream held no content" }))
      held.push(...parts)
      if (held.length > 0 && input.commit.on !== "firstContent") break
    }
    const cut = failed(
      new StreamInterrupted({ message: "the stream ended without saying that it had finished", contentSent: true })
    )
    const rest = (sink: Sink): Effect.Effect<void, AttemptError> =>
      Effect.flatMap(next, (parts) => {
        if (parts === undefined) return reader.isComplete() ? Effect.void : Effect.fail(cut)
        return Effect.andThen(body.deliver(sink, parts), rest(sink))
      })
    return {
      _tag: "Streaming",
      protocol: "library",
      run: (sink) => Effect.andThen(body.deliver(sink, held), rest(sink)),
      isTerminated: reader.isComplete,
      lastContentAt: () => body.lastContentAt
    }
  })

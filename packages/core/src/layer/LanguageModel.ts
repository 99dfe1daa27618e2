/**
 * The bridge to `effect/ai`, both ways: a route answers as its `LanguageModel`, and any `LanguageModel` is a provider that routes name.
 *
 * `effect/ai` runs tool handlers above what stands here: a retry or a fallback asks for an answer again, and never runs a handler twice.
 * It is unstable in `effect`, so it is imported by its own path and is no part of the index.
 */
import * as LanguageModel from "effect/ai/LanguageModel"
import * as Model from "effect/ai/Model"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { ProgramOptions as CallOptions } from "../domain/Call.ts"
import * as Json from "../domain/Json.ts"
import type { Settings } from "../domain/Request.ts"
import type { Served } from "../domain/Answer.ts"
import type { Route } from "../route/Route.ts"
import { Router } from "../route/Router.ts"
import { toRequest } from "./LanguageModel/FromPrompt.ts"
import { toAiError } from "./LanguageModel/ToAiError.ts"
import * as ToParts from "./LanguageModel/ToParts.ts"
import * as Orelse from "./Orelse.ts"

export { fromLayers } from "./LanguageModel/Target.ts"

/** What is sent with every request of the model. @stability experimental @category models @since 0.1.0 */
export interface Options {
  /** What `effect/ai` has no words for: `maxTokens`, `temperature`, `stop` … */
  readonly request?: Settings | undefined
  /** Deadline, attempts, metadata and tags of each call. */
  readonly call?: CallOptions | undefined
}

/**
 * A `LanguageModel` that a route answers: text, objects, tools and streams.
 *
 * **Details** Who served it after how many attempts stands under `orelse` in the metadata of the finish part. A call that did not
 * answer fails with `AiError`, whose metadata holds the id of the call; a stream that was cut fails after its last part.
 *
 * **Example** (A route as a model)
 *
 * ```ts doctest
 * import { Demo, Orelse, Route } from "@orelse/core"
 * import * as OrelseModel from "@orelse/core/layer/LanguageModel"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as LanguageModel from "effect/ai/LanguageModel"
 *
 * const smart = Route.target("demo/down").pipe(Route.orElse(Route.target("demo/echo")))
 * const live = OrelseModel.layer(smart).pipe(Layer.provide(Orelse.layer({ providers: { demo: Demo.make() } })))
 *
 * const { text } = await Effect.runPromise(
 *   LanguageModel.generateText({ prompt: "Hello" }).pipe(Effect.provide(live))
 * )
 * text // => "You said: Hello"
 * ```
 *
 * @stability experimental
 * @category layers
 * @since 0.1.0
 */
export const layer = (route: Route, options: Options = {}): Layer.Layer<LanguageModel.LanguageModel, never, Router> =>
  Layer.effect(LanguageModel.LanguageModel, make(route, options))

/** The same with `ProviderName` "orelse" and a model's name, as `effect/ai` wants it in plans. @stability experimental @category layers @since 0.1.0 */
export const model = (name: string, route: Route, options: Options = {}) =>
  Model.make("orelse", name, layer(route, options))

/** The service itself. @stability experimental @category constructors @since 0.1.0 */
export const make = (
  route: Route,
  options: Options = {}
): Effect.Effect<LanguageModel.LanguageModel, never, Router> => {
  const settings = Json.compact(options.request ?? {})
  return Effect.flatMap(Router, (router) =>
    LanguageModel.make({
      generateText: (asked) =>
        Effect.gen(function* () {
          const request = yield* toRequest(asked, settings, "generateText")
          const answered = yield* Orelse.run(route, request, options.call).pipe(
            Effect.provideService(Router, router),
            Effect.mapError((error) => toAiError(error, "generateText"))
          )
          return ToParts.ofResponse(answered.response, told(answered))
        }),
      streamText: (asked) =>
        Effect.gen(function* () {
          const request = yield* toRequest(asked, settings, "streamText")
          const opened = yield* Orelse.open(route, request, options.call).pipe(
            Effect.provideService(Router, router),
            Effect.mapError((error) => toAiError(error, "streamText"))
          )
          const writer = ToParts.writer(told(opened))
          return opened.parts.pipe(
            Stream.mapError((error) => toAiError(error, "streamText")),
            Stream.flatMap((part) => Stream.fromIterable(writer.write(part))),
            Stream.concat(Stream.suspend(() => Stream.fromIterable(writer.end())))
          )
        }).pipe(Stream.unwrap)
    })
  )
}

const told = ({ callId, served }: { readonly callId: string; readonly served: Served }): ToParts.Told => ({
  callId,
  ...served
})

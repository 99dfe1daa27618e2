/**
 * Runs calls on preset routes under the TestClock, with scripted providers; times are milliseconds from 0.
 */
import { assert } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { Served } from "../../../src/domain/Answer.ts"
import type { Attempt } from "../../../src/domain/Attempt.ts"
import type { Options } from "../../../src/domain/Call.ts"
import type { CallError } from "../../../src/domain/CallError.ts"
import * as LibraryCall from "../../../src/domain/LibraryCall.ts"
import * as Reason from "../../../src/domain/Reason.ts"
import * as Request from "../../../src/domain/Request.ts"
import type { StreamPart } from "../../../src/domain/Response.ts"
import { ProviderRegistry, type Provider } from "../../../src/provider/Provider.ts"
import type * as Route from "../../../src/route/Route.ts"
import { Router } from "../../../src/route/Router.ts"
import { Health } from "../../../src/target/Health.ts"
import { Limits } from "../../../src/target/Limits.ts"
import * as ScriptedProvider from "../../../src/testing/ScriptedProvider.ts"

/** Everything that a call needs; health and limits are of this world alone. `routes` are asked for by name. */
export const world = (
  providers: Provider | ReadonlyArray<Provider>,
  routes: Readonly<Record<string, Route.Route>> = {}
) =>
  Router.layerRoutes(routes).pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        ProviderRegistry.layerOf("id" in providers ? [providers] : providers),
        Health.layerMemory,
        Limits.layerMemory
      )
    )
  )

export interface Outcome {
  readonly text: string | undefined
  readonly served: Served | undefined
  readonly error: CallError | undefined
  readonly attempts: ReadonlyArray<Attempt>
}

export interface Asked {
  readonly request?: Request.Request
  readonly stream?: boolean
  /** What the caller itself says of the call. */
  readonly options?: Options
  /** How long the test's clock goes on. */
  readonly time?: string
}

/** One call to its end. */
export const ask = (route: Route.Route, asked: Asked = {}) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(start(route, asked))
    yield* TestClock.adjust((asked.time ?? "1 day") as "1 day")
    return yield* Fiber.join(fiber)
  })

/** One call, without moving the clock. */
export const start = (route: Route.Route, asked: Asked = {}): Effect.Effect<Outcome, never, Router> =>
  Effect.scoped(
    Effect.gen(function* () {
      const router = yield* Router
      const call = yield* LibraryCall.make(asked.request ?? Request.text("hi"), {
        ...asked.options,
        stream: asked.stream ?? false
      })
      const { answer, served, state } = yield* router.run(call, route)
      const parts: Array<StreamPart> = []
      if (answer._tag === "Whole")
        return { text: textOf(answer.response().content), served, error: undefined, attempts: state.attempts }
      yield* answer.run({ wants: "parts", write: (more) => parts.push(...more) > 0, onReady: (resume) => resume() })
      return { text: textOf(parts), served, error: undefined, attempts: state.attempts }
    }).pipe(
      Effect.catchTag("CallError", (error) =>
        Effect.succeed<Outcome>({ text: undefined, served: undefined, error, attempts: error.attempts })
      ),
      Effect.orDie
    )
  )

const textOf = (parts: ReadonlyArray<{ readonly type: string }>): string =>
  parts.map((part) => ("text" in part && typeof part.text === "string" ? part.text : "")).join("")

/** When a provider was asked. */
export const times = (provider: ScriptedProvider.ScriptedProvider): ReadonlyArray<number> =>
  provider.seen.map((seen) => seen.at)

/** `provider/model` of each attempt, in order. */
export const who = (outcome: Outcome): ReadonlyArray<string> =>
  outcome.attempts.map((attempt) => `${attempt.provider}/${attempt.model}`)

/** A provider that always fails like this. */
export const failing = (id: string, reason: Reason.Reason, options?: Parameters<typeof ScriptedProvider.make>[2]) =>
  ScriptedProvider.make(id, [{ fail: reason }], options)

/** A provider that answers with its id. */
export const answering = (id: string) => ScriptedProvider.make(id, [{ answer: id }])

/** A provider that fails like these in turn, and then answers with its id. */
export const recovering = (
  id: string,
  reasons: ReadonlyArray<Reason.Reason>,
  options?: Parameters<typeof ScriptedProvider.make>[2]
) => ScriptedProvider.make(id, [...reasons.map((reason) => ({ fail: reason })), { answer: id }], options)

/** The error of a call that is expected to fail. */
export const errorOf = (outcome: Outcome): CallError => outcome.error ?? assert.fail("the call was answered")

/** What a failed call says about itself to a caller. */
export const told = (outcome: Outcome) => {
  const { reason } = errorOf(outcome)
  return "wording" in reason || "status" in reason
    ? { wording: reason.wording, status: reason.status, code: reason.code }
    : assert.fail(`${reason._tag} has no wording`)
}

/** The wait that a failed call names to a caller, in milliseconds. */
export const waitOf = (outcome: Outcome): number | undefined => {
  const { reason } = errorOf(outcome)
  return "retryAfter" in reason && reason.retryAfter ? Duration.toMillis(reason.retryAfter) : undefined
}

export const down = new Reason.ServerError({ message: "down", status: 500 })
export const busy = new Reason.Overloaded({ message: "busy", status: 503 })
export const limited = new Reason.RateLimited({ message: "429 Too Many Requests", status: 429 })
export const badRequest = new Reason.InvalidRequest({ message: "bad request", status: 400 })
export const noKey = new Reason.Unauthenticated({ message: "invalid api key", status: 401 })
export const forbidden = new Reason.PermissionDenied({ message: "forbidden", status: 403 })
export const empty = new Reason.QuotaExhausted({ message: "insufficient quota", status: 402 })
export const missing = new Reason.ModelNotFound({ message: "no such model", status: 404 })
export const unreachable = new Reason.ConnectionFailed({ message: "connection refused" })
export const late = new Reason.TimedOut({ message: "no content", phase: "firstContent" })
export const garbled = new Reason.MalformedResponse({ message: "no JSON" })
export const tooLong = new Reason.ContextWindowExceeded({ message: "does not fit", status: 400 })
export const nothing = new Reason.EmptyResponse({ message: "no content" })
export const unknown = new Reason.UnknownFailure({ message: "what?" })

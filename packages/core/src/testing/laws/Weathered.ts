/**
 * A provider with weather, and a log of every exchange with it: what really happened, as no engine can tell it otherwise.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Reason } from "../../domain/Reason.ts"
import type { StreamPart } from "../../domain/Response.ts"
import type { Input, Provider } from "../../provider/Provider.ts"
import * as ScriptedProvider from "../ScriptedProvider.ts"
import * as Reasons from "../../route/explain/Supposed.ts"
import type { Place, Weather } from "./World.ts"
import * as Duration from "effect/Duration"

/**
 * One exchange with a provider. Times are milliseconds of the Clock; what has not happened is absent.
 *
 * @stability experimental
 * @category models
 * @since 0.1.0
 */
export interface Exchange {
  readonly call: string
  readonly provider: string
  readonly model: string
  readonly credential: string
  /** Stands in every text that this exchange sends. */
  readonly label: string
  readonly startedAt: number
  /** Orders beginnings and failures within one millisecond. */
  readonly startedStep: number
  contentAt?: number
  failedAt?: number
  failedStep?: number
  reason?: Reason
  closedAt?: number
}

/** Exchanges in order, and a count that goes up with everything that happens. @stability experimental @category models @since 0.1.0 */
export interface Log {
  readonly exchanges: Array<Exchange>
  step: number
}

/** What the window of a place's limit of requests is, in milliseconds. @stability experimental @category constants @since 0.1.0 */
export const window = 10_000

/** The secret of a credential; it must never be seen again. @stability experimental @category getters @since 0.1.0 */
export const secretOf = (provider: string, credential: string): string =>
  `sk-secret-${provider}-${credential}-0123456789abcdef`

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (id: string, place: Place, log: Log): Provider => {
  let count = 0
  const names = Array.from({ length: place.credentials }, (_, index) => `k${index}`)
  const scripted = ScriptedProvider.make(
    id,
    (seen, index) => stepOf(place.weather[index % place.weather.length]!, seen.input, `${id}#${index}`),
    { credentials: names }
  )
  return {
    ...scripted,
    credentials: names.map((name) => ({ name, secret: Redacted.make(secretOf(id, name), { label: name }) })),
    limits: {
      ...(place.requests === undefined ? {} : { requests: { limit: place.requests, window: Duration.millis(window) } }),
      ...(place.concurrency === undefined ? {} : { concurrency: place.concurrency })
    },
    attempt: (input) => Effect.suspend(() => logged(scripted, input, `${id}#${count++}`, log))
  }
}

const logged = (provider: Provider, input: Input, label: string, log: Log): ReturnType<Provider["attempt"]> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clockWith(Effect.succeed)
    const now = () => clock.currentTimeMillisUnsafe()
    const exchange: Exchange = {
      call: input.call.id,
      provider: provider.id,
      model: input.model,
      credential: input.credential.name,
      label,
      startedAt: now(),
      startedStep: log.step++
    }
    log.exchanges.push(exchange)
    const fail = (error: { readonly reason: Reason }) =>
      Effect.sync(() => {
        exchange.failedAt = now()
        exchange.failedStep = log.step++
        exchange.reason = error.reason
      })
    yield* Effect.addFinalizer(() => Effect.sync(() => void (exchange.closedAt = now())))
    const answer = yield* Effect.tapError(provider.attempt(input), fail)
    exchange.contentAt = now()
    return answer._tag === "Whole" ? answer : { ...answer, run: (sink) => Effect.tapError(answer.run(sink), fail) }
  })

const stepOf = (weather: Weather, input: Input, label: string): ScriptedProvider.Step => {
  const { stream } = input.call
  switch (weather.type) {
    case "answer":
      return stream
        ? { stream: [start, ...texts(label, weather.parts), finish], after: weather.after, every: weather.gap }
        : { answer: label, after: weather.after }
    case "wait":
      return {
        fail: Reasons.make(weather.reason, `${label} asks for a wait`, weather.retryAfter),
        after: weather.after
      }
    case "fail":
      return { fail: Reasons.make(weather.reason, `${label} failed`), after: weather.after }
    case "preamble": {
      const fail = Reasons.make(weather.reason, `${label} failed before its content`)
      return stream ? { stream: [start], after: weather.after, thenFail: fail } : { fail, after: weather.after }
    }
    case "cut": {
      const fail = Reasons.make("StreamInterrupted", `${label} was cut`)
      return stream
        ? { stream: texts(label, weather.parts), after: weather.after, every: weather.gap, thenFail: fail }
        : { fail, after: weather.after }
    }
    case "silence":
      return { hang: true }
  }
}

const start: StreamPart = { type: "start" }
const finish: StreamPart = { type: "finish", reason: "stop" }
const texts = (label: string, count: number): ReadonlyArray<StreamPart> =>
  Array.from({ length: count }, () => ({ type: "text", index: 0, text: label }))

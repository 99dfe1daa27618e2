/**
 * Plays a world under a virtual clock, and gives back everything that was seen: by the providers, by the callers and on record.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import type { Attempt } from "../../domain/Attempt.ts"
import type { AttemptError } from "../../domain/AttemptError.ts"
import type { CallError } from "../../domain/CallError.ts"
import type { Entry } from "../../domain/Entry.ts"
import * as LibraryCall from "../../domain/LibraryCall.ts"
import * as Request from "../../domain/Request.ts"
import type { StreamPart } from "../../domain/Response.ts"
import { type Provider, ProviderRegistry } from "../../provider/Provider.ts"
import { Router } from "../../route/Router.ts"
import { Health, type Row } from "../../target/Health.ts"
import { Limits } from "../../target/Limits.ts"
import { Recorder } from "../../target/Recorder.ts"
import type { Subject } from "./Subject.ts"
import * as Weathered from "./Weathered.ts"
import type { Routes, World } from "./World.ts"

/** One call as its caller saw it. @stability experimental @category models @since 0.1.0 */
export interface Seen {
  readonly call: string
  readonly stream: boolean
  readonly startedAt: number
  /** When the answer, or the first content of it, was there. */
  answeredAt?: number
  /** When all was over. */
  endedAt?: number
  hungUpAt?: number
  /** Absent while it was hung up on. */
  error?: CallError | AttemptError
  /** Texts of the answer, in order. */
  readonly texts: Array<string>
  finished: boolean
}

/** What was seen while a world was played. @stability experimental @category models @since 0.1.0 */
export interface Observation {
  readonly providers: ReadonlyArray<Provider>
  readonly exchanges: ReadonlyArray<Weathered.Exchange>
  readonly calls: ReadonlyArray<Seen>
  /** Attempts on record, by call. */
  readonly record: ReadonlyMap<string, ReadonlyArray<Attempt>>
  /** Permits that were not given back, when all was over. */
  readonly permits: number
  /** The table of health after each attempt that ended, with its time. */
  readonly health: ReadonlyArray<{ readonly at: number; readonly rows: ReadonlyArray<Row> }>
}

/**
 * Plays the world's calls on the routes. `ids` names its providers, in order; with `only` the others are disabled.
 *
 * @stability experimental
 * @category running
 * @since 0.1.0
 */
export const play = (
  subject: Subject,
  world: World,
  routes: Routes,
  ids: ReadonlyArray<string>,
  only?: { readonly provider: string; readonly model: string }
): Effect.Effect<Observation> => {
  const log: Weathered.Log = { exchanges: [], step: 0 }
  const providers = ids.map((id, index) => {
    const provider = Weathered.make(id, world.places[index % world.places.length]!, log)
    return only === undefined || only.provider === id ? provider : { ...provider, disabled: "another is the only one" }
  })
  const record = new Map<string, Array<Attempt>>()
  const calls: Array<Seen> = []
  const health: Array<{ at: number; rows: ReadonlyArray<Row> }> = []
  let look = () => {}
  const all = Effect.gen(function* () {
    const limits = yield* Limits
    const table = yield* Health
    const clock = yield* Clock.Clock
    look = () => {
      const at = clock.currentTimeMillisUnsafe()
      health.push({ at, rows: table.rows(at) })
    }
    const visits = world.calls.map((visit) => visitOf(visit, routes, calls))
    const fibers = yield* Effect.forEach(visits, (visit) => Effect.forkChild(visit, { startImmediately: true }))
    yield* TestClock.adjust("1 hour")
    yield* Effect.forEach(fibers, Fiber.interrupt)
    yield* TestClock.adjust("1 hour")
    const keys = providers.flatMap(({ credentials, id }) => credentials.map(({ name }) => `${id}/${name}`))
    const permits = keys.reduce((sum, key) => sum + limits.open(key), 0)
    return { providers, exchanges: log.exchanges, calls, record, permits, health }
  })
  return all.pipe(
    Effect.provide(
      subject.layer(routes.named).pipe(
        Layer.provide([
          ProviderRegistry.layerOf(providers),
          Layer.succeed(
            Recorder,
            recorderInto(record, () => look())
          )
        ])
      )
    ),
    Random.withSeed(String(world.chance)),
    Effect.provide(TestClock.layer()),
    Effect.scoped
  )
}

const recorderInto = (record: Map<string, Array<Attempt>>, look: () => void): Recorder["Service"] => ({
  ...Recorder.none,
  append: (entry: Entry) =>
    Effect.sync(() => {
      if (entry._tag === "CallStart") record.set(entry.id, [])
      if (entry._tag !== "AttemptEnd") return
      record.get(entry.callId)?.push(entry.attempt)
      look()
    })
})

/** One caller: comes, asks, reads to the end, or hangs up. */
const visitOf = (
  visit: World["calls"][number],
  routes: Routes,
  calls: Array<Seen>
): Effect.Effect<void, never, Router> =>
  Effect.gen(function* () {
    yield* Effect.sleep(visit.at)
    const call = yield* LibraryCall.make(Request.text("Hello"), { stream: visit.stream })
    const seen: Seen = { call: call.id, stream: visit.stream, startedAt: call.startedAt, texts: [], finished: false }
    calls.push(seen)
    const fiber = yield* Effect.forkChild(ask(call, routes, seen), { startImmediately: true })
    if (visit.hangsUpAfter !== undefined) {
      const done = yield* Fiber.await(fiber).pipe(Effect.timeoutOption(visit.hangsUpAfter))
      if (done._tag === "None") {
        yield* Fiber.interrupt(fiber)
        seen.hungUpAt = yield* Clock.currentTimeMillis
      }
    }
    yield* Fiber.await(fiber)
    seen.endedAt = yield* Clock.currentTimeMillis
  })

const ask = (
  call: Parameters<Router["Service"]["run"]>[0],
  routes: Routes,
  seen: Seen
): Effect.Effect<void, never, Router> =>
  Effect.gen(function* () {
    const router = yield* Router
    const { answer } = yield* router.run(call, routes.route)
    seen.answeredAt = yield* Clock.currentTimeMillis
    if (answer._tag === "Whole") {
      for (const part of answer.response().content) if (part.type === "text") seen.texts.push(part.text)
      seen.finished = true
      return
    }
    const write = (parts: ReadonlyArray<StreamPart>) => {
      for (const part of parts) {
        if (part.type === "text") seen.texts.push(part.text)
        if (part.type === "finish") seen.finished = true
      }
      return true
    }
    yield* answer.run({ wants: "parts", write, onReady: (resume) => resume() })
  }).pipe(
    Effect.scoped,
    Effect.onExit((exit) =>
      Effect.sync(() => {
        if (Exit.isFailure(exit)) for (const one of exit.cause.reasons) if (one._tag === "Fail") seen.error = one.error
      })
    ),
    Effect.ignore
  )

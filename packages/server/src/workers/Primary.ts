/**
 * The process that keeps the workers: starts them, replaces one that died, replaces all one by one, and ends them.
 *
 * It serves nothing itself; `node:cluster` hands connections of the one port to the workers in turn. A replacement begins to
 * serve before the one it replaces retires (`Retire.ts`), so that the port is never without a worker. It passes questions
 * on between workers (`Passing.ts`) and does not know what they mean.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Passing from "./Passing.ts"
import * as Worker from "./Worker.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Options {
  /** How many; at least 1. */
  readonly count: number
  /** How long a worker may take to drain; what is left a while later is killed. */
  readonly drainTimeout: Duration.Duration
}

/** @stability experimental @category models @since 0.1.0 */
export interface Workers {
  /** Where they listen, as a URL. */
  readonly address: string
  /** Has all of them replaced, one by one, some time from now. A replacement that does not start ends that, and leaves the rest. */
  readonly restart: () => void
  /** Has all of them read their configuration again. */
  readonly reload: () => void
}

/** The place of one worker; who fills it changes. */
interface Place {
  readonly number: number
  /** Held by whoever fills the place. */
  readonly filling: Semaphore.Semaphore
  worker: Worker.Worker
}

/**
 * Starts the workers; they drain and end with the scope. Fails where one of them does not start, with what it said.
 *
 * @stability experimental
 * @category running
 * @since 0.1.0
 */
export const start = (options: Options): Effect.Effect<Workers, Worker.NotStarted, Scope.Scope> =>
  Effect.gen(function* () {
    const places: Array<Place> = []
    const restarts = yield* Queue.sliding<void>(1)
    const restart = () => void Queue.offerUnsafe(restarts, undefined)
    const passing = Passing.make(() => places)
    const hear: Worker.Hear = (message, from) => {
      if (message.orelse === "restart") restart()
      else passing.hear(message, from)
    }
    // Finalizers run in the opposite order: first nobody is replaced any more, then all are ended.
    yield* Effect.addFinalizer(() => end(places, options))
    yield* Effect.forEach(
      Array.from({ length: options.count }, (_, index) => index + 1),
      (number) =>
        Effect.map(Worker.start(number, hear), (worker) =>
          places.push({ number, worker, filling: Semaphore.makeUnsafe(1) })
        ),
      { concurrency: "unbounded", discard: true }
    )
    places.sort((one, other) => one.number - other.number)
    yield* Effect.forEach(places, (place) => Effect.forkScoped(keep(place, hear)), { discard: true })
    yield* Queue.take(restarts).pipe(
      Effect.andThen(replaceAll(places, hear, options)),
      Effect.forever,
      Effect.forkScoped
    )
    return {
      address: places[0]?.worker.address ?? "",
      restart,
      reload: () => passing.askAll({ _tag: "reload" })
    }
  })

/** A worker that lived this long has started well; one that died earlier is replaced after a wait. */
const healthyLifeMs = 10_000

/** Fills the place again whenever its worker ends without having been asked to. */
const keep = (place: Place, hear: Worker.Hear): Effect.Effect<never> =>
  Effect.gen(function* () {
    let deaths = 0
    while (true) {
      const { worker } = place
      const startedAt = performance.now()
      const ended = yield* worker.exited
      if (place.worker !== worker) continue
      deaths = performance.now() - startedAt < healthyLifeMs ? deaths + 1 : 0
      yield* Effect.logWarning(
        `Worker ${place.number} (process ${worker.pid}) ended: ${Worker.describe(ended)}; it is replaced`
      )
      yield* Effect.sleep(waitAfter(deaths))
      yield* place.filling.withPermits(1)(
        Effect.suspend(() => (place.worker === worker ? fill(place, hear) : Effect.void))
      )
    }
  })

/** Nothing after the first death; then 1 s, 2 s, … 30 s. */
const waitAfter = (deaths: number): Duration.Duration =>
  deaths <= 1 ? Duration.zero : Duration.seconds(Math.min(30, 2 ** (deaths - 2)))

/** Tries until a worker serves. */
const fill = (place: Place, hear: Worker.Hear, failures = 1): Effect.Effect<void> =>
  Worker.start(place.number, hear).pipe(
    Effect.map((worker) => {
      place.worker = worker
    }),
    Effect.catch((error) =>
      Effect.logError(`${error.message} It is tried again`).pipe(
        Effect.andThen(Effect.sleep(waitAfter(failures + 1))),
        Effect.andThen(Effect.suspend(() => fill(place, hear, failures + 1)))
      )
    )
  )

/** One place after the other: the new worker serves before the old one retires. */
const replaceAll = (places: ReadonlyArray<Place>, hear: Worker.Hear, options: Options): Effect.Effect<void> =>
  Effect.forEach(places, (place) => replace(place, hear, options), { discard: true }).pipe(
    Effect.andThen(Effect.logInfo("All workers have been replaced")),
    Effect.catch((error) =>
      Effect.logError(`${error.message} The workers that are left stay as they are`, error.next ?? "")
    )
  )

const replace = (place: Place, hear: Worker.Hear, options: Options): Effect.Effect<void, Worker.NotStarted> =>
  place.filling
    .withPermits(1)(
      Effect.map(Worker.start(place.number, hear), (fresh) => {
        const old = place.worker
        place.worker = fresh
        return old
      })
    )
    .pipe(Effect.flatMap((old) => dismiss(old, "retire", options)))

/** Ends a worker in order, and by force where it takes too long. */
const dismiss = (worker: Worker.Worker, how: "stop" | "retire", options: Options): Effect.Effect<void> =>
  Effect.suspend(() => {
    worker.send({ orelse: how })
    return worker.exited.pipe(
      Effect.timeoutOrElse({
        // Retiring and draining take their time one after the other.
        duration: Duration.sum(Duration.times(options.drainTimeout, 2), Duration.seconds(10)),
        orElse: () =>
          Effect.logWarning(`A worker (process ${worker.pid}) did not end; it is killed`).pipe(
            Effect.andThen(Effect.sync(worker.kill))
          )
      })
    )
  })

const end = (places: ReadonlyArray<Place>, options: Options): Effect.Effect<void> =>
  Effect.forEach(places, ({ worker }) => dismiss(worker, "stop", options), {
    concurrency: "unbounded",
    discard: true
  })

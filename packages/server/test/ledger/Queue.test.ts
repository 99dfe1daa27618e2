import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Queue from "../../src/ledger/Queue.ts"
import { appEvent, callEnd, callStart, idOf, wholeCall } from "../support/ledgerEntries.ts"

const make = (options: Partial<Queue.Options> = {}) =>
  Effect.map(Clock.Clock, (clock) => Queue.make({ strict: false, limit: 10_000, ...options }, clock))

const isDone = <A, E>(fiber: Fiber.Fiber<A, E>) => fiber.pollUnsafe() !== undefined

const fork = <A>(effect: Effect.Effect<A>) => Effect.forkChild(effect, { startImmediately: true })

/** What the writer does, without writing. */
const deliver = (queue: Queue.Queue) => {
  const pending = queue.take()
  if (pending !== undefined) queue.release(pending)
  return pending
}

const attemptStart = (n: number) => ({
  _tag: "AttemptStart" as const,
  callId: idOf(n),
  ordinal: 1,
  provider: "openai",
  model: "m",
  credential: "main",
  startedAt: 0,
  waitedBeforeMs: 0
})

describe("Queue", () => {
  it.effect("gives a batch out 30 ms after its first entry, and not before", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000)
      const queue = yield* make()
      const due = yield* fork(queue.due)
      yield* queue.append(callStart(1))
      yield* queue.append(callEnd(1))
      yield* TestClock.adjust("29 millis")
      assert.isFalse(isDone(due))
      yield* TestClock.adjust("1 millis")
      assert.isTrue(isDone(due))
      assert.strictEqual(queue.take()?.batch.rows, 1)
    })
  )

  it.effect("waits for the next entry once a batch that somebody waited for is out", () =>
    Effect.gen(function* () {
      const queue = yield* make({ strict: true })
      const kept = yield* fork(queue.append(attemptStart(1)))
      yield* queue.due
      deliver(queue)
      yield* Fiber.join(kept)
      const due = yield* fork(queue.due)
      yield* TestClock.adjust("1 second")
      assert.isFalse(isDone(due))
    })
  )

  it.effect("gives a batch out 30 ms after its first entry although the system's clock was set back meanwhile", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const time = { back: 0 }
      const set: Clock.Clock = Object.assign(Object.create(clock), {
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() - time.back
      })
      const queue = yield* Effect.provideService(make(), Clock.Clock, set)
      yield* queue.append(appEvent(1))
      time.back = 3_600_000
      const due = yield* fork(queue.due)
      yield* TestClock.adjust("30 millis")
      assert.isTrue(isDone(due))
    })
  )

  it.effect("gives a batch out at once when 256 rows are ready", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      const due = yield* fork(queue.due)
      for (let n = 1; n <= 127; n++) for (const entry of wholeCall(3 * n + 1)) yield* queue.append(entry)
      yield* TestClock.adjust(0)
      assert.isFalse(isDone(due))
      for (const entry of wholeCall(1)) yield* queue.append(entry)
      yield* TestClock.adjust(0)
      assert.isTrue(isDone(due))
      assert.strictEqual(queue.take()?.batch.rows, 256)
    })
  )

  it.effect("gives a batch out at once that was full before anybody asked for one", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      for (let n = 1; n <= 128; n++) for (const entry of wholeCall(3 * n + 1)) yield* queue.append(entry)
      const due = yield* fork(queue.due)
      yield* TestClock.adjust(0)
      assert.isTrue(isDone(due))
      assert.strictEqual(queue.take()?.batch.rows, 256)
    })
  )

  it.effect("keeps calls back that have just begun, and gives them out whole with their end", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      yield* queue.append(callStart(1))
      yield* TestClock.adjust("21 millis")
      yield* queue.append(callStart(2))
      yield* TestClock.adjust("19 millis")
      assert.deepStrictEqual([...(deliver(queue)?.batch.calls.keys() ?? [])], [idOf(1)])
      assert.strictEqual(queue.size(), 1)
      yield* queue.append(callEnd(2))
      yield* TestClock.adjust("21 millis")
      const change = deliver(queue)?.batch.calls.get(idOf(2))
      assert.isDefined(change?.start)
      assert.isDefined(change?.end)
      assert.strictEqual(queue.size(), 0)
    })
  )

  it.effect("gives a call out that goes on, 30 ms after it began, though others are kept back", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      yield* queue.append(callStart(1))
      yield* TestClock.adjust("10 millis")
      const due = yield* fork(queue.due)
      yield* TestClock.adjust("19 millis")
      assert.isFalse(isDone(due))
      yield* TestClock.adjust("1 millis")
      assert.isTrue(isDone(due))
      assert.isTrue(deliver(queue)?.batch.calls.has(idOf(1)))
    })
  )

  it.effect("lets a caller wait while more entries wait than the limit, and takes the entry all the same", () =>
    Effect.gen(function* () {
      const queue = yield* make({ limit: 2 })
      yield* queue.append(callStart(1))
      yield* queue.append(callStart(2))
      const third = yield* fork(queue.append(callEnd(1)))
      assert.isFalse(isDone(third))
      assert.strictEqual(queue.size(), 3)
      yield* TestClock.adjust("40 millis")
      assert.strictEqual(deliver(queue)?.batch.entries, 3)
      yield* Fiber.join(third)
    })
  )

  it.effect("loses no entry of a caller who goes away while it waits", () =>
    Effect.gen(function* () {
      const queue = yield* make({ limit: 1 })
      yield* queue.append(callStart(1))
      const waiting = yield* fork(queue.append(callEnd(1)))
      yield* Fiber.interrupt(waiting)
      assert.isDefined(deliver(queue)?.batch.calls.get(idOf(1))?.end)
    })
  )

  it.effect("lets callers wait when two batches lie there for more than 30 ms, before the limit is reached", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      for (let n = 0; n < 520; n++) yield* queue.append(appEvent(n))
      yield* queue.append(appEvent(1_000))
      yield* TestClock.adjust("31 millis")
      const late = yield* fork(queue.append(appEvent(1_001)))
      assert.isFalse(isDone(late))
      deliver(queue)
      yield* Fiber.join(late)
    })
  )

  it.effect("strict: an attempt's start waits until its batch is kept, and asks for it at once", () =>
    Effect.gen(function* () {
      const queue = yield* make({ strict: true })
      const due = yield* fork(queue.due)
      yield* queue.append(callStart(1))
      const sent = yield* fork(queue.append(attemptStart(1)))
      yield* TestClock.adjust(0)
      assert.isTrue(isDone(due))
      assert.isFalse(isDone(sent))
      const pending = queue.take()
      assert.isDefined(pending?.batch.calls.get(idOf(1))?.start)
      assert.isFalse(isDone(sent))
      if (pending !== undefined) queue.release(pending)
      yield* Fiber.join(sent)
    })
  )

  it.effect("flush returns when everything appended before it is kept, young calls too", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      yield* queue.flush
      yield* queue.append(callStart(1))
      const flushed = yield* fork(queue.flush)
      assert.isFalse(isDone(flushed))
      assert.isTrue(deliver(queue)?.batch.calls.has(idOf(1)))
      yield* Fiber.join(flushed)
    })
  )
})

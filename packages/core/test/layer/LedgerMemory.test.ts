import { assert, describe, it } from "@effect/vitest"
import { type CallEnd, type CallStart, Ledger, type Page } from "@orelse/core/layer/Ledger"
import * as LedgerMemory from "@orelse/core/layer/LedgerMemory"
import * as Effect from "effect/Effect"

const start = (n: number): CallStart => ({
  _tag: "CallStart",
  id: `id-${String(n).padStart(3, "0")}`,
  startedAt: n,
  route: "smart",
  model: "smart",
  operation: "chat",
  dialect: "library",
  stream: false
})

const end = (n: number): CallEnd => ({
  _tag: "CallEnd",
  id: start(n).id,
  endedAt: n,
  outcome: "answered",
  attempts: 0,
  fellBack: false,
  durationMs: 0,
  overheadMs: 0,
  costBasis: "unknown"
})

const idsOf = ({ calls }: Page) => calls.map(({ id }) => id)

describe("LedgerMemory", () => {
  it.effect("forgets the oldest calls beyond its capacity", () =>
    Effect.gen(function* () {
      const ledger = LedgerMemory.make({ capacity: 3 })
      for (let n = 0; n < 5; n++) yield* ledger.append(start(n))
      const { calls, totals } = yield* ledger.calls({})
      assert.deepStrictEqual(
        calls.map(({ id }) => id),
        ["id-004", "id-003", "id-002"]
      )
      assert.strictEqual(totals.calls, 3)
      assert.isUndefined(yield* ledger.call("id-000"))
    })
  )

  it.effect("goes on behind a page whose last call has ended or is forgotten by then, and never from the start", () =>
    Effect.gen(function* () {
      const ledger = LedgerMemory.make({ capacity: 4 })
      for (let n = 0; n < 4; n++) yield* ledger.append(start(n))
      const running = { outcome: "running", limit: 2 } as const
      const first = yield* ledger.calls(running)
      assert.deepStrictEqual(idsOf(first), ["id-003", "id-002"])
      yield* ledger.append(end(2))
      assert.deepStrictEqual(idsOf(yield* ledger.calls({ ...running, cursor: first.next })), ["id-001", "id-000"])
      for (let n = 4; n < 7; n++) yield* ledger.append(start(n))
      assert.deepStrictEqual(idsOf(yield* ledger.calls({ ...running, cursor: first.next })), [])
    })
  )

  it.effect("goes on within a millisecond, as a virtual clock counts it", () =>
    Effect.gen(function* () {
      const ledger = LedgerMemory.make()
      for (const n of [1, 2, 3]) yield* ledger.append({ ...start(n), startedAt: 7 + n / 10 })
      const first = yield* ledger.calls({ limit: 2 })
      assert.deepStrictEqual(idsOf(first), ["id-003", "id-002"])
      assert.deepStrictEqual(idsOf(yield* ledger.calls({ limit: 2, cursor: first.next })), ["id-001"])
    })
  )

  it.effect("refuses what is no cursor", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(LedgerMemory.make().calls({ cursor: "nonsense" }))
      assert.strictEqual(message, 'Ledger.calls: "nonsense" is no cursor; pass the "next" of the page before, or none')
    })
  )

  it.effect("shows an attempt that has only begun as running, and ignores what belongs to no call", () =>
    Effect.gen(function* () {
      const ledger = LedgerMemory.make()
      yield* ledger.append(start(1))
      const attempt = { provider: "p", model: "m", credential: "c", startedAt: 1, waitedBeforeMs: 0, ordinal: 1 }
      yield* ledger.append({ _tag: "AttemptStart", callId: "id-001", ...attempt })
      yield* ledger.append({ _tag: "AttemptStart", callId: "nobody", ...attempt })
      assert.deepStrictEqual((yield* ledger.call("id-001"))?.attempts, [
        { ...attempt, outcome: "running", durationMs: 0 }
      ])
    })
  )

  it.effect("gives the events of a run with its calls, where one run is asked for", () =>
    Effect.gen(function* () {
      const ledger = LedgerMemory.make()
      yield* ledger.append({ ...start(1), metadata: { run: "r-1" } })
      const event = (id: string, run: string, at: number) =>
        ledger.append({ _tag: "AppEvent", id, at, type: "step:start", metadata: { run } })
      yield* event("late", "r-1", 2)
      yield* event("other", "r-2", 1)
      yield* event("early", "r-1", 1)
      const told = yield* ledger.calls({ metadata: { run: "r-1" } })
      assert.deepStrictEqual(
        told.events?.map(({ id }) => id),
        ["early", "late"]
      )
      assert.isUndefined((yield* ledger.calls({})).events)
    })
  )

  it.effect("the ledger that keeps nothing answers with nothing, in good health", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      yield* ledger.append(start(1))
      assert.deepStrictEqual((yield* ledger.calls({})).calls, [])
      assert.isUndefined(yield* ledger.call("id-001"))
      assert.deepStrictEqual(yield* ledger.failures({}), [])
      assert.deepStrictEqual(yield* ledger.status, { store: "none", healthy: true, queued: 0, spooled: 0 })
    }).pipe(Effect.provide(LedgerMemory.layerNone))
  )
})

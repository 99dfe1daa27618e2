import { assert, describe, it } from "@effect/vitest"
import type { Json } from "@orelse/core/domain/Json"
import { Ledger } from "@orelse/core/layer/Ledger"
import * as LedgerMemory from "@orelse/core/layer/LedgerMemory"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Known from "../../src/callers/Known.ts"
import * as Events from "../../src/ledger/Events.ts"
import { callStart } from "../support/ledgerEntries.ts"

const context = { now: 1_000, newId: () => "new" }

const decoded = (body: Json) => Result.getOrThrow(Events.decode(body, context))

const rejection = (body: Json | undefined) => {
  const result = Events.decode(body, context)
  return Result.isFailure(result) ? result.failure : undefined
}

describe("Events.decode", () => {
  it("says of a body that is not JSON that it is not", () => {
    assert.include(rejection(undefined)?.message ?? "", "not JSON")
  })

  it("takes no time that is beyond every date, such as microseconds", () => {
    assert.strictEqual(rejection({ type: "a", time: 1e99 })?.param, "time")
    assert.strictEqual(decoded({ type: "a", time: 8.64e15 })[0]?.at, 8.64e15)
  })

  it("takes one event with its names, further plain fields and data", () => {
    assert.deepStrictEqual(
      decoded({
        type: "step:end",
        run: "r1",
        step: "plan",
        score: 0.5,
        data: { tokens: [1] },
        time: "2026-11-21T00:00:00Z"
      }),
      [
        {
          _tag: "AppEvent",
          id: "new",
          at: Date.UTC(2026, 10, 21),
          type: "step:end",
          metadata: { run: "r1", step: "plan", score: 0.5 },
          data: { tokens: [1] }
        }
      ]
    )
  })

  it("takes a list in its order, any type, and the time of arrival where none is said", () => {
    const events = decoded([{ type: "run:start" }, { type: "my:own", id: "e2", metadata: { user: "u" } }])
    assert.deepStrictEqual(
      events.map(({ at, id, metadata, type }) => [id, type, at, metadata]),
      [
        ["new", "run:start", 1_000, {}],
        ["e2", "my:own", 1_000, { user: "u" }]
      ]
    )
  })

  it.each<readonly [Json | undefined, string]>([
    [undefined, ""],
    ["text", ""],
    [{}, "type"],
    [{ type: "" }, "type"],
    [{ type: "run:start\u001b[31m" }, "type"],
    [{ type: "a", id: "e\n1" }, "id"],
    [{ type: "a", time: "yesterday" }, "time"],
    [{ type: "a", time: "last+5" }, "time"],
    [{ type: "a", data: [1] }, "data"],
    [{ type: "a", id: 5 }, "id"],
    [{ type: "a", tags: ["x"] }, "tags"],
    [{ type: "a", metadata: 3 }, "metadata"],
    [[{ type: "a" }, { run: "r" }], "[1].type"]
  ])("says where %j is wrong", (body, param) => {
    assert.strictEqual(rejection(body)?.param, param)
    assert.match(rejection(body)?.message ?? "", /^events/)
  })

  it("takes a thousand events at a time and not one more", () => {
    const list = Array.from({ length: 1_001 }, () => ({ type: "a" }))
    assert.strictEqual(decoded(list.slice(1)).length, 1_000)
    assert.include(rejection(list)?.message, "1001 events")
  })
})

describe("Events.record", () => {
  it.effect("puts events into the ledger, where the calls of their run find them", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      yield* ledger.append(callStart(1, { metadata: { run: "r1" } }))
      const count = yield* Events.record([
        { type: "run:start", run: "r1" },
        { type: "other", run: "r2" }
      ])
      assert.strictEqual(count, 2)
      const story = yield* ledger.call(callStart(1).id)
      assert.deepStrictEqual(
        story?.events.map(({ type }) => type),
        ["run:start"]
      )
    }).pipe(Effect.provide(LedgerMemory.layer()))
  )

  it.effect("keeps no key that the request shows, wherever it stands, and still tells one id from another", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      yield* ledger.append(callStart(1, { metadata: { run: "r1" } }))
      const key = "my-own-key"
      const events = ["1", "2", "1"].map((n) => ({
        type: `for ${key}`,
        id: `${key}-${n}`,
        run: "r1",
        data: { note: key }
      }))
      yield* Events.record(events, { known: Known.none, shown: [key] })
      const kept = (yield* ledger.call(callStart(1).id))?.events ?? []
      assert.notInclude(JSON.stringify(kept), key)
      assert.strictEqual(kept[0]?.type, "for [REDACTED]")
      assert.strictEqual(new Set(kept.map(({ id }) => id)).size, 2)
    }).pipe(Effect.provide(LedgerMemory.layer()))
  )

  it.effect("keeps nothing of a list that has an error", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      yield* ledger.append(callStart(1, { metadata: { run: "r1" } }))
      const error = yield* Effect.flip(Events.record([{ type: "run:start", run: "r1" }, 5]))
      assert.strictEqual(error.param, "[1]")
      assert.deepStrictEqual((yield* ledger.call(callStart(1).id))?.events, [])
    }).pipe(Effect.provide(LedgerMemory.layer()))
  )
})

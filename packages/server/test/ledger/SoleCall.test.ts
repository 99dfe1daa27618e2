import type { Attempt } from "@orelse/core/domain/Attempt"
import type { CallEnd, Entry } from "@orelse/core/layer/Ledger"
import { assert, describe, it } from "vitest"
import * as Batch from "../../src/ledger/Batch.ts"
import * as SoleCall from "../../src/ledger/SoleCall.ts"
import { attempt, callEnd, callStart, idOf } from "../support/ledgerEntries.ts"

const batchOf = (entries: ReadonlyArray<Entry>): Batch.Batch => {
  const batch = Batch.empty()
  for (const entry of entries) Batch.add(batch, entry, () => 0)
  return batch
}

const first = (batch: Batch.Batch) => {
  const [change] = batch.calls.values()
  return change === undefined ? undefined : SoleCall.of(change)
}

const of = (entries: ReadonlyArray<Entry>) => first(batchOf(entries))

/** Read back from a spool in which each part is a block. */
const spooled = (...parts: ReadonlyArray<ReadonlyArray<Entry>>): Batch.Batch =>
  Batch.fromLines(parts.map((part) => Batch.toLines(batchOf(part))).join(""))

const ended = (more: Partial<Attempt> = {}): Entry => ({
  _tag: "AttemptEnd",
  callId: idOf(1),
  attempt: attempt(1, more)
})
const call = (attempts: Partial<Attempt> = {}, end: Partial<CallEnd> = {}): ReadonlyArray<Entry> => [
  callStart(1),
  ended(attempts),
  callEnd(1, end)
]

describe("SoleCall.of", () => {
  it("is a call that was answered by its only attempt", () => {
    assert.deepStrictEqual(of(call()), { start: callStart(1), attempt: attempt(1), end: callEnd(1) })
    const unpriced = { usage: undefined, costUsd: undefined, costBasis: "unknown" } as const
    assert.isDefined(of(call(unpriced, unpriced)))
    assert.isDefined(of(call({ status: undefined, connectMs: undefined, requestId: undefined })))
  })

  it("is the same after the spool, for the store may hold it as it was before", () => {
    assert.deepStrictEqual(first(spooled(call())), of(call()))
    assert.deepStrictEqual(first(spooled(call(), call())), of(call()))
    const [one, two] = Batch.halves(spooled(call(), [callStart(2)]))
    assert.deepStrictEqual([first(one), first(two)], [of(call()), undefined])
  })

  it("is none of which the store may hold a part: neither piece of one, nor both together", () => {
    const [start, ...rest] = call()
    assert.isUndefined(of(rest))
    assert.isUndefined(of(call().slice(0, 2)))
    const whole = spooled(start === undefined ? [] : [start], rest, [callStart(2)])
    assert.strictEqual(whole.calls.size, 2)
    assert.isUndefined(first(whole))
    assert.isUndefined(first(Batch.halves(whole)[0]))
    assert.isUndefined(first(spooled(call().slice(0, 1), rest, rest)))
  })

  const apart: ReadonlyArray<readonly [string, ReadonlyArray<Entry>]> = [
    ["a second attempt", [...call(), { _tag: "AttemptEnd", callId: idOf(1), attempt: attempt(2) }]],
    [
      "an attempt that has only begun",
      [callStart(1), { ...attempt(1), _tag: "AttemptStart", callId: idOf(1) }, callEnd(1)]
    ],
    ["no attempt", [callStart(1), callEnd(1)]],
    ["attempts that are not here", call({}, { attempts: 2 })],
    ["a call that failed", call({}, { outcome: "failed" })],
    ["an attempt that was cancelled", call({ outcome: "cancelled" })],
    ["another provider", call({ provider: "mine" })],
    ["another model", call({ model: "llama-4" })],
    ["another credential", call({ credential: "spare" })],
    ["nobody who served", call({}, { served: undefined })],
    ["other tokens", call({ usage: { inputTokens: 1 } })],
    ["another cost", call({ costUsd: 1 })],
    ["another basis of its cost", call({ costBasis: "reported" })],
    ["a wait before it", call({ waitedBeforeMs: 5 })],
    ["a reason", call({ reason: "RateLimited" })],
    ["an action", call({ action: "abort" })],
    ["a message", call({ message: "odd" })],
    ["a code", call({ providerCode: "odd" })],
    ["a time to come again", call({ retryAfterMs: 1 })],
    ["an answer that no rule knew", call({ fixture: "{}" })]
  ]
  for (const [what, entries] of apart) it(`is none with ${what}`, () => assert.isUndefined(of(entries)))
})

import { assert, describe, it } from "@effect/vitest"
import * as Batch from "../../src/ledger/Batch.ts"
import { appEvent, attempt, callEnd, callStart, idOf, wholeCall } from "../support/ledgerEntries.ts"

const of = (...entries: ReadonlyArray<Parameters<typeof Batch.add>[1]>): Batch.Batch => {
  const batch = Batch.empty()
  for (const entry of entries) Batch.add(batch, entry, () => 0)
  return batch
}

const sameAs = (batch: Batch.Batch) => ({ text: Batch.toLines(batch), rows: batch.rows })

describe("Batch", () => {
  it("folds a call's start, end and attempts into one change", () => {
    const batch = of(...wholeCall(3), ...wholeCall(4), appEvent(1))
    assert.strictEqual(batch.calls.size, 2)
    assert.strictEqual(batch.rows, 2 + 1 + 2 + 1)
    assert.strictEqual(batch.ready, 6)
    assert.strictEqual(batch.entries, 6 + 4 + 1)
    assert.deepStrictEqual(batch.calls.get(idOf(4))?.attempts?.[1], attempt(1))
  })

  it("counts rows as ready only where their call is not about to end", () => {
    const [start, attemptStart, ...rest] = wholeCall(1)
    const batch = of(...[start, attemptStart].filter((entry) => entry !== undefined))
    assert.deepStrictEqual([batch.rows, batch.ready], [2, 0])
    for (const entry of rest) Batch.add(batch, entry, () => 0)
    assert.deepStrictEqual([batch.rows, batch.ready], [2, 2])
    assert.deepStrictEqual(of(callEnd(9)).ready, 1)
  })

  it("comes back from its lines as it was, without a line that was cut off", () => {
    const batch = of(...wholeCall(3), callStart(5), callEnd(6), appEvent(1))
    const text = Batch.toLines(batch)
    assert.deepStrictEqual(sameAs(Batch.fromLines(text)), sameAs(batch))
    assert.strictEqual(Batch.fromLines(`${text}\n{"id":"cut o`).calls.size, 3)
    assert.strictEqual(Batch.size(Batch.fromLines("")), 0)
  })

  it("joins what lines say of the same call, and lets no late start undo an end", () => {
    const text = Batch.toLines(of(callStart(1))) + Batch.toLines(of(...wholeCall(1))) + Batch.toLines(of(callStart(1)))
    const change = Batch.fromLines(text).calls.get(idOf(1))
    assert.strictEqual(change?.end?.outcome, "answered")
    assert.isFalse(Batch.isStart(change?.attempts?.[1] ?? attempt(1)))
  })

  it("falls into two halves that hold everything once", () => {
    const batch = of(...wholeCall(1), ...wholeCall(2), ...wholeCall(3), appEvent(1), appEvent(2))
    const [first, second] = Batch.halves(batch)
    assert.deepStrictEqual([Batch.size(first), Batch.size(second)], [3, 2])
    assert.strictEqual(first.rows + second.rows, batch.rows)
    assert.deepStrictEqual([...first.calls.keys()], [idOf(1), idOf(2), idOf(3)])
  })

  it("gives up the calls that began lately and have not ended, with their rows and entries", () => {
    const batch = of(...wholeCall(1))
    Batch.add(batch, callStart(2), () => 5)
    Batch.add(batch, callStart(3), () => 30)
    const young = Batch.takeYoung(batch, 20)
    assert.deepStrictEqual([...young.calls.keys()], [idOf(3)])
    assert.deepStrictEqual([young.rows, young.entries, young.since], [1, 1, 30])
    assert.deepStrictEqual([batch.rows, batch.entries], [3, 5])
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, vi } from "vitest"
import type { Reply, ToWorker } from "../../src/workers/Message.ts"
import * as Passing from "../../src/workers/Passing.ts"
import { patienceMs } from "../../src/workers/Peers.ts"
import type { Worker } from "../../src/workers/Worker.ts"

/** A worker that only remembers what it was told. */
const fake = (number: number, isGone = false) => {
  const told: Array<ToWorker> = []
  const worker: Worker = {
    pid: number,
    address: "",
    exited: Effect.never,
    send: (message) => !isGone && told.push(message) > 0,
    kill: () => {}
  }
  return { number, told, worker }
}

/** The number of the question that it was asked last. */
const idOf = ({ told }: ReturnType<typeof fake>): number => {
  const last = told.at(-1)
  return last?.orelse === "question" ? last.id : -1
}

describe("questions between workers", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("go to all others, and the answers come back together under the asker's own number", () => {
    const [one, two, three] = [fake(1), fake(2), fake(3)]
    const passing = Passing.make(() => [one, two, three])
    passing.hear({ orelse: "ask", id: 70, question: { _tag: "metrics" } }, one.worker)
    assert.deepStrictEqual(one.told, [])
    passing.hear({ orelse: "reply", id: idOf(three), text: "c" }, three.worker)
    assert.deepStrictEqual(one.told, [])
    passing.hear({ orelse: "reply", id: idOf(two), text: "b" }, two.worker)
    assert.deepStrictEqual(one.told, [
      {
        orelse: "replies",
        id: 70,
        replies: [
          { worker: 3, text: "c" },
          { worker: 2, text: "b" }
        ]
      }
    ])
  })

  it("end after a while without the worker that is silent, and what it says later is left alone", () => {
    const [one, two] = [fake(1), fake(2)]
    const passing = Passing.make(() => [one, two])
    const got: Array<ReadonlyArray<Reply>> = []
    passing.askAll({ _tag: "reload" }, undefined, (replies) => got.push(replies))
    passing.hear({ orelse: "reply", id: idOf(one), text: "a" }, one.worker)
    vi.advanceTimersByTime(patienceMs - 1)
    assert.deepStrictEqual(got, [])
    vi.advanceTimersByTime(1)
    assert.deepStrictEqual(got, [[{ worker: 1, text: "a" }]])
    passing.hear({ orelse: "reply", id: idOf(two), text: "b" }, two.worker)
    assert.strictEqual(got.length, 1)
  })

  it("do not wait for a worker that is gone", () => {
    const [one, two, gone] = [fake(1), fake(2), fake(3, true)]
    const passing = Passing.make(() => [one, two, gone])
    passing.hear({ orelse: "ask", id: 5, question: { _tag: "metrics" } }, one.worker)
    passing.hear({ orelse: "reply", id: idOf(two), text: "b" }, two.worker)
    assert.deepStrictEqual(one.told, [{ orelse: "replies", id: 5, replies: [{ worker: 2, text: "b" }] }])
  })

  it("are answered at once with nothing where there is nobody to ask", () => {
    const one = fake(1)
    const passing = Passing.make(() => [one])
    passing.hear({ orelse: "ask", id: 1, question: { _tag: "reload" } }, one.worker)
    assert.deepStrictEqual(one.told, [{ orelse: "replies", id: 1, replies: [] }])
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Stages from "../../src/domain/Stages.ts"

/** Stages whose turns a test ends by hand, and what was done so far, in order. */
const turns = () => {
  const due: Array<() => void> = []
  const log: Array<string> = []
  const stages = Stages.make((run) => due.push(run))
  const add = (stage: Stages.Stage, name: string, then: () => void = () => {}): boolean =>
    stages.add(stage, {
      run: () => {
        log.push(name)
        then()
      },
      after: () => log.push(`${name} after`)
    })
  return { add, due, endTurn: () => due.splice(0).forEach((run) => run()), log }
}

describe("Stages", () => {
  it("does the first of each kind at once, and the others when the turn is over, kind by kind", () => {
    const { add, due, endTurn, log } = turns()
    for (const round of [1, 2, 3]) {
      assert.strictEqual(add("requests", `request ${round}`), round === 1)
      assert.strictEqual(add("answers", `answer ${round}`), round === 1)
      assert.strictEqual(add("departures", `departure ${round}`), round === 1)
    }
    assert.strictEqual(due.length, 1)
    assert.deepStrictEqual(log.splice(0), ["request 1", "answer 1", "departure 1"])
    endTurn()
    const waited = ["answer", "departure", "request"].flatMap((kind) => [
      `${kind} 2`,
      `${kind} 3`,
      `${kind} 2 after`,
      `${kind} 3 after`
    ])
    assert.deepStrictEqual(log, waited)
  })

  it("begins anew in each turn, and asks for no end of a turn with nothing in it", () => {
    const { add, due, endTurn, log } = turns()
    add("answers", "a")
    endTurn()
    assert.deepStrictEqual(due, [])
    assert.isTrue(add("answers", "b"))
    assert.deepStrictEqual(log, ["a", "b"])
  })

  it("does in the same end what its work brings up of later kinds, all together, and at once what it brings up of others", () => {
    const { add, endTurn, log } = turns()
    const answer = (name: string) => () => void add("departures", `${name} leaves`)
    add("answers", "a", answer("a"))
    add("answers", "b", answer("b"))
    add("answers", "c", answer("c"))
    add("requests", "first")
    add("requests", "late", () => assert.isTrue(add("answers", "quick")))
    assert.deepStrictEqual(log.splice(0), ["a", "a leaves", "first"])
    endTurn()
    assert.deepStrictEqual(
      log.filter((line) => !line.endsWith("after")),
      ["b", "c", "b leaves", "c leaves", "late", "quick"]
    )
  })

  it("goes on with the kinds behind it in another turn where work threw after all", () => {
    const { add, endTurn, log } = turns()
    const broken = () => {
      throw new Error("broken")
    }
    for (const kind of ["answers", "departures", "requests"] as const) add(kind, `first of ${kind}`)
    add("answers", "breaks", broken)
    add("requests", "waits")
    log.length = 0
    assert.throws(endTurn, "broken")
    add("requests", "comes later")
    endTurn()
    assert.isTrue(add("departures", "begins anew"))
    assert.deepStrictEqual(
      log.filter((line) => !line.endsWith("after")),
      ["breaks", "waits", "comes later", "begins anew"]
    )
  })
})

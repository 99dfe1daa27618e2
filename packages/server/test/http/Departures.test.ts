import { assert, describe, it } from "@effect/vitest"
import * as Stages from "@orelse/core/domain/Stages"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"
import * as Departures from "../../src/http/Departures.ts"

/** Departures in turns that a test ends by hand, and what happened so far, in order. */
const turns = () => {
  const due: Array<() => void> = []
  const log: Array<string> = []
  const depart = Departures.make(Stages.make((run) => due.push(run)))
  const response = (name: string): ServerResponse => {
    const made = new ServerResponse(new IncomingMessage(new Socket()))
    const end = made.end.bind(made)
    made.end = ((body: string, encoding: "latin1") => {
      log.push(`${name} leaves`)
      return end(body, encoding)
    }) as typeof made.end
    return made
  }
  /** A call that answers on this response, as far as it comes. */
  const call = (name: string, answer = response(name)) =>
    Effect.runFork(
      Effect.ensuring(
        Effect.suspend(() => depart(answer, name, "latin1")),
        Effect.sync(() => log.push(`${name} ends`))
      )
    )
  const endTurn = (): void => due.splice(0).forEach((run) => run())
  return { call, due, endTurn, log, response }
}

describe("Departures", () => {
  it("lets the first answer of a turn leave at once, and its call end", () => {
    const { call, log } = turns()
    call("a")
    assert.deepStrictEqual(log, ["a leaves", "a ends"])
  })

  it("lets the others of the turn leave in a row when it is over, and their calls end after all have left", () => {
    const { call, endTurn, log } = turns()
    for (const name of ["a", "b", "c"]) call(name)
    assert.deepStrictEqual(log, ["a leaves", "a ends"])
    endTurn()
    assert.deepStrictEqual(log.slice(2), ["b leaves", "c leaves", "b ends", "c ends"])
  })

  it("begins anew in each turn", () => {
    const { call, due, endTurn, log } = turns()
    call("a")
    endTurn()
    call("b")
    assert.deepStrictEqual(log, ["a leaves", "a ends", "b leaves", "b ends"])
    endTurn()
    assert.deepStrictEqual(due, [])
  })

  it("lets an answer leave at once whose call is interrupted meanwhile, and not a second time", async () => {
    const { call, endTurn, log } = turns()
    call("a")
    const second = call("b")
    await Effect.runPromise(Fiber.interrupt(second))
    assert.deepStrictEqual(log.slice(2), ["b leaves", "b ends"])
    endTurn()
    assert.deepStrictEqual(log.length, 4)
  })

  it("leaves alone what somebody else has ended, and goes on with the others", () => {
    const { call, endTurn, log, response } = turns()
    const answer = response("b")
    call("a")
    call("b", answer)
    call("c")
    answer.end("somebody else")
    endTurn()
    assert.deepStrictEqual(log.slice(2), ["b leaves", "c leaves", "b ends", "c ends"])
    assert.isTrue(answer.writableEnded)
  })
})

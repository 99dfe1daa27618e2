/**
 * When whole answers leave. The first of a turn of the event loop leaves at once; those that come up later in the same turn leave in a row
 * at its end.
 *
 * A write to a connection whose reader sleeps has to wake it, which takes a busy gateway longer than all else about the write. With a call's
 * work between any two of them each write does so; in a row the first does, and the others find it awake. A turn with one answer, which is
 * every turn of a gateway with little to do, has nothing to wait for.
 */
import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { ServerResponse } from "node:http"
import { written } from "./Raw.ts"

/** Ends a response with this body. Succeeds when it has left; whoever is interrupted before leaves at once. */
export type Depart = (
  response: ServerResponse,
  body: Buffer | string,
  encoding: "latin1" | "utf8"
) => Effect.Effect<HttpServerResponse>

/** Departures of one thread; `atTurnsEnd` runs what it is given when the event loop's turn is over. */
export const make = (atTurnsEnd: (run: () => void) => unknown): Depart => {
  let waiting: Array<Departure> = []
  /** Something has left in this turn. */
  let isLater = false
  const leave = (): void => {
    isLater = false
    if (waiting.length === 0) return
    const leaving = waiting
    waiting = []
    for (const departure of leaving) departure.leave()
    // The ends of their calls come when all have left: they are work again.
    for (const departure of leaving) departure.goOn?.(written)
  }
  return (response, body, encoding) => {
    const departure = new Departure(response, body, encoding)
    if (isLater) {
      waiting.push(departure)
      return departure.left
    }
    isLater = true
    atTurnsEnd(leave)
    departure.leave()
    return written
  }
}

class Departure {
  goOn: ((left: Effect.Effect<HttpServerResponse>) => void) | undefined
  readonly #response: ServerResponse
  readonly #body: Buffer | string
  readonly #encoding: "latin1" | "utf8"

  constructor(response: ServerResponse, body: Buffer | string, encoding: "latin1" | "utf8") {
    this.goOn = undefined
    this.#response = response
    this.#body = body
    this.#encoding = encoding
  }

  leave(): void {
    const response = this.#response
    // Node raises a second end where nobody listens: that would end the process.
    if (!response.writableEnded) response.end(this.#body, this.#encoding)
  }

  get left(): Effect.Effect<HttpServerResponse> {
    return Effect.callback((resume) => {
      this.goOn = resume
      return Effect.sync(() => this.leave())
    })
  }
}

/** Departures of this thread. */
export const depart: Depart = make(setImmediate)

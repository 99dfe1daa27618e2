/**
 * When whole answers leave: the first of a turn of the event loop at once, the others in a row at its end (`domain/Stages.ts`).
 *
 * A write to a connection whose reader sleeps has to wake it, which takes a busy gateway longer than all else about the write. With a call's
 * work between any two of them each write does so; in a row the first does, and the others find it awake.
 */
import * as Stages from "@orelse/core/domain/Stages"
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

export const make =
  (stages: Stages.Stages): Depart =>
  (response, body, encoding) => {
    const departure = new Departure(response, body, encoding)
    return stages.add("departures", departure) ? written : departure.left
  }

class Departure implements Stages.Work {
  #goOn: ((left: Effect.Effect<HttpServerResponse>) => void) | undefined
  readonly #response: ServerResponse
  readonly #body: Buffer | string
  readonly #encoding: "latin1" | "utf8"

  constructor(response: ServerResponse, body: Buffer | string, encoding: "latin1" | "utf8") {
    this.#goOn = undefined
    this.#response = response
    this.#body = body
    this.#encoding = encoding
  }

  run(): void {
    const response = this.#response
    // Node raises a second end where nobody listens: that would end the process.
    if (!response.writableEnded) response.end(this.#body, this.#encoding)
  }

  /** The call ends when all have left: that is work again. */
  after(): void {
    this.#goOn?.(written)
  }

  get left(): Effect.Effect<HttpServerResponse> {
    return Effect.callback((resume) => {
      this.#goOn = resume
      return Effect.sync(() => this.run())
    })
  }
}

/** Departures of this thread. */
export const depart: Depart = make(Stages.ofThread)

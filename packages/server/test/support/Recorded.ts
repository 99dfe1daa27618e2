/** What a scripted server saw: connections and requests, with times on `performance.now()`. Written by `ScriptedServer` only. */
import type { IncomingHttpHeaders } from "node:http"
import type { JsonObject } from "./answers/Answer.ts"

export interface Connection {
  /** From 1, in the order of opening. */
  readonly id: number
  readonly openedAt: number
  readonly closedAt: number | undefined
  readonly closedBy: "caller" | "server" | undefined
  /** Whether it ended with RST rather than FIN (as far as the socket tells). */
  readonly wasReset: boolean
  readonly requests: number
}

export interface RecordedRequest {
  /** From 0, in the order of arrival. */
  readonly index: number
  readonly at: number
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The body as JSON; an empty object where it is none. */
  readonly json: JsonObject
  readonly connection: Connection
  readonly status: number | undefined
  /** When the head of the answer was sent. */
  readonly answeredAt: number | undefined
  readonly piecesSent: number
  /** When the answer was whole and handed to the kernel; `undefined` where it never was. */
  readonly completedAt: number | undefined
  /** When the exchange was over, well or not. */
  readonly endedAt: number | undefined
  readonly outcome: "open" | "completed" | "callerLeft" | "serverCut"
}

type Mutable<A> = { -readonly [Key in keyof A]: A[Key] }

export type MutableConnection = Mutable<Connection>

export type MutableRequest = Mutable<RecordedRequest>

const parse = (body: string): JsonObject => {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
  } catch {
    return {}
  }
}

export const makeConnection = (id: number): MutableConnection => ({
  id,
  openedAt: performance.now(),
  closedAt: undefined,
  closedBy: undefined,
  wasReset: false,
  requests: 0
})

export const makeRequest = (
  seen: Pick<RecordedRequest, "index" | "at" | "method" | "path" | "headers" | "connection">
): MutableRequest => ({
  ...seen,
  body: "",
  json: {},
  status: undefined,
  answeredAt: undefined,
  piecesSent: 0,
  completedAt: undefined,
  endedAt: undefined,
  outcome: "open"
})

export const setBody = (request: MutableRequest, body: string): void => {
  request.body = body
  request.json = parse(body)
}

/**
 * What a scripted server does with one request: a status, headers, pieces of a body, when each is sent, and how it ends.
 * Plain data, so that a test reads as a list of what happens. `Answers` writes the bodies, `ScriptedServer` plays them.
 * All times are milliseconds (they are real ones: sockets know no test clock).
 */
import type { Json } from "./answers/Answer.ts"

/** One write to the socket, or a pause between two. */
export type Piece = string | Uint8Array | { readonly pauseMs: number }

/**
 * How the exchange goes wrong, after so much of it: `request` = nothing was sent, `headers` = only the head, a number = that many
 * pieces. `reset` is a TCP RST, `fin` closes the connection with the body unfinished, `stall` says nothing more and keeps
 * it open, `garbage` breaks the HTTP framing itself.
 */
export interface Fault {
  readonly kind: "reset" | "fin" | "stall" | "garbage"
  readonly after: "request" | "headers" | number
}

export interface Step {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly pieces?: ReadonlyArray<Piece>
  /** Default `content-length` for one piece, `chunked` for more. `close`: neither; the end of the connection ends the body. */
  readonly framing?: "chunked" | "content-length" | "close"
  readonly headersAfterMs?: number
  /** After the headers, which are sent at once when this is given. */
  readonly firstPieceAfterMs?: number
  readonly betweenMs?: number
  /** Cuts each piece into writes of so many bytes, each its own packet. */
  readonly bytesPerWrite?: number
  readonly fault?: Fault
  /** Closes the connection after the answer without having said so. */
  readonly closeAfter?: boolean
}

export type Extra = Partial<Step>

const merge = (step: Step, extra: Extra): Step => ({
  ...step,
  ...extra,
  headers: { ...step.headers, ...extra.headers }
})

/** A whole JSON answer (text goes out as it is). */
export const json = (body: Json, extra: Extra = {}): Step =>
  merge(
    {
      headers: { "content-type": "application/json" },
      pieces: [typeof body === "string" ? body : JSON.stringify(body)]
    },
    extra
  )

/** An event stream, one piece an event; comments and pauses are pieces too. */
export const sse = (events: ReadonlyArray<Piece>, extra: Extra = {}): Step =>
  merge({ headers: { "content-type": "text/event-stream; charset=utf-8" }, pieces: events, framing: "chunked" }, extra)

/** Lines of JSON, one piece a line. */
export const ndjson = (lines: ReadonlyArray<Piece>, extra: Extra = {}): Step =>
  merge({ headers: { "content-type": "application/x-ndjson" }, pieces: lines, framing: "chunked" }, extra)

/** An error answer with a JSON body. */
export const failure = (status: number, body: Json, headers: Readonly<Record<string, string>> = {}): Step =>
  json(body, { status, headers })

/** RST before any byte of an answer. */
export const resetBeforeHeaders: Step = { fault: { kind: "reset", after: "request" } }

/** FIN before any byte of an answer. */
export const closedBeforeHeaders: Step = { fault: { kind: "fin", after: "request" } }

/** Accepts the request and never says anything. */
export const silent: Step = { fault: { kind: "stall", after: "request" } }

/** 200, a length of 0. */
export const emptyBody: Step = json("")

/** 200 and an event stream that ends without an event. */
export const emptyStream: Step = sse([])

/** The same events with CRLF line ends. */
export const crlf = (events: ReadonlyArray<Piece>): ReadonlyArray<Piece> =>
  events.map((piece) => (typeof piece === "string" ? piece.replaceAll("\n", "\r\n") : piece))

/** The events with a comment before each. */
export const commented = (events: ReadonlyArray<Piece>, comment = ": keep-alive\n\n"): ReadonlyArray<Piece> =>
  events.flatMap((piece) => [comment, piece])

/** `retry-after: 3` */
export const retryAfterSeconds = (seconds: number) => ({ "retry-after": String(seconds) })

/** `retry-after-ms: 250` (OpenAI, Azure) */
export const retryAfterMs = (ms: number) => ({ "retry-after-ms": String(ms) })

/** `retry-after: Fri, 21 Nov 2026 04:00:00 GMT` */
export const retryAfterDate = (at: Date) => ({ "retry-after": at.toUTCString() })

/** OpenAI's and Groq's exhausted bucket: a Go-style duration (`1s`, `6m0s`, `12ms`). */
export const resetDuration = (reset: string, bucket: "requests" | "tokens" = "requests") => ({
  [`x-ratelimit-limit-${bucket}`]: "500",
  [`x-ratelimit-remaining-${bucket}`]: "0",
  [`x-ratelimit-reset-${bucket}`]: reset
})

/** Anthropic's exhausted bucket: an RFC 3339 time. */
export const resetTime = (at: Date, bucket: "requests" | "tokens" | "input-tokens" | "output-tokens" = "requests") => ({
  [`anthropic-ratelimit-${bucket}-limit`]: "50",
  [`anthropic-ratelimit-${bucket}-remaining`]: "0",
  [`anthropic-ratelimit-${bucket}-reset`]: at.toISOString().replace(/\.\d+Z$/, "Z")
})

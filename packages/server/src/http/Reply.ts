/**
 * Writes an answer to the caller's socket: whole, streamed as it came, or streamed in another dialect; and errors.
 *
 * It writes to Node's response itself, because bytes that pass through unchanged must not be touched. The head goes out with the first
 * bytes, after the commit, so a failure before it is a real HTTP error. A failure after it is the dialect's error event and the
 * end of the connection without the normal terminator.
 */
import type { Answer, Served, Sink, Streaming, Whole } from "@orelse/core/domain/Answer"
import type { Attempt } from "@orelse/core/domain/Attempt"
import type { AttemptError } from "@orelse/core/domain/AttemptError"
import * as Json from "@orelse/core/domain/Json"
import type { CallState } from "@orelse/core/target/CallState"
import type * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { ServerResponse } from "node:http"
import type { AnswerContext, Dialect, ErrorFacts } from "../dialects/Dialect.ts"
import * as Reasons from "../ledger/Reasons.ts"
import type { ErrorAnswer } from "./ErrorResponse.ts"
import * as ErrorResponse from "./ErrorResponse.ts"
import * as KeepAwake from "./KeepAwake.ts"
import { depart } from "./Departures.ts"
import { KeptBody } from "./KeptBody.ts"
import { Outlet } from "./Outlet.ts"
import { written } from "./Raw.ts"
import * as Sanitized from "./Sanitized.ts"

/** An answer on its way out. */
export interface Reply {
  readonly response: ServerResponse
  readonly dialect: Dialect
  readonly served: Served
  readonly state: CallState
  readonly clock: Clock.Clock
  /** Whether the provider's bytes are what the caller speaks. */
  readonly passThrough: boolean
  /** After so much silence a stream gets a comment. */
  readonly keepAlive: Duration.Duration
  /** Whether the caller must not learn who answered (`server.sanitize`). */
  readonly isSanitized: boolean
  /** What its head says so far; the rest is added. */
  readonly head: Pairs
}

/** Headers, names and values in turn: what Node writes fastest. */
export type Pairs = Array<string>

/** Sends the answer: what is whole, at once; a stream to its end. Where a stream fails, its caller has been told. */
export const send = (reply: Reply, answer: Answer): Effect.Effect<HttpServerResponse> => {
  if (answer._tag === "Streaming") return Effect.andThen(Effect.ignore(stream(reply, answer)), written)
  return whole(reply, answer)
}

/** Sends an error in the caller's dialect. */
export const error = (
  response: ServerResponse,
  dialect: Dialect,
  callId: string,
  answer: ErrorAnswer,
  head: Pairs = []
): void => {
  if (response.headersSent || response.destroyed) return
  const text = JSON.stringify(dialect.error(answer.facts))
  head.push(...pairs(named(dialect, callId)), ...pairs(answer.headers))
  json(response, answer.facts.status, head, text)
}

type Fields = Readonly<Record<string, string>>

/** Fields of a head, as they are written. */
export const pairs = (fields: Fields): Pairs => Object.entries(fields).flat()

/** A call's name in the head of what is no answer of a provider: under our name for it and under the dialect's own. */
export const named = ({ callIdHeader }: Dialect, callId: string): Fields =>
  callIdHeader === undefined ? { "x-orelse-call-id": callId } : { "x-orelse-call-id": callId, [callIdHeader]: callId }

/** Tells a caller whose answer has not begun that the gateway stops, and whether it did: not where the caller has gone, or was told. */
export const stopped = (
  response: ServerResponse,
  dialect: Dialect,
  callId: string,
  head: Pairs,
  attempts: ReadonlyArray<Attempt>
): boolean => {
  if (isGone(response)) return false
  const headers = { "retry-after": "1", connection: "close" }
  error(response, dialect, callId, { facts: ErrorResponse.stopped(callId, attempts), headers }, head)
  return true
}

const isGone = (response: ServerResponse): boolean => response.destroyed || response.writableEnded

/** Sends a JSON text. */
export const json = (response: ServerResponse, status: number, head: Pairs, text: string): void => {
  jsonHead(response, status, head, Buffer.byteLength(text))
  response.end(text)
}

const jsonHead = (response: ServerResponse, status: number, head: Pairs, bytes: number): void => {
  head.push("content-type", "application/json", "content-length", String(bytes))
  response.writeHead(status, head)
}

const whole = (reply: Reply, answer: Whole): Effect.Effect<HttpServerResponse> => {
  const { dialect, passThrough, response } = reply
  const head = headOf(reply)
  if (passThrough && answer.bytes !== undefined) {
    const { bytes } = answer
    // Whatever its provider called it: as text/html a browser would run what it says.
    jsonHead(response, 200, head, bytes.length)
    keep(reply, bytes)
    // A short body goes out with its head as one string, for less than two buffers cost; as Latin-1, each byte stays itself.
    return depart(response, bytes.length <= short ? bytes.toString("latin1") : bytes, "latin1")
  }
  const text = JSON.stringify(body(dialect, answer, reply))
  jsonHead(response, 200, head, Buffer.byteLength(text))
  keep(reply, text)
  return depart(response, text, "utf8")
}

/** Bytes. */
const short = 8 * 1024

/** As much of a whole answer as of a stream. */
const keep = (reply: Reply, body: Buffer | string): void => {
  if (!keeps(reply)) return
  const kept = new KeptBody()
  kept.add(body)
  reply.state.responseBody = kept.text()
}

const keeps = (reply: Reply): boolean => reply.state.call.keepsBodies === true

const body = (dialect: Dialect, answer: Whole, reply: Reply) =>
  answer.embeddings === undefined || dialect.embeddings === undefined
    ? dialect.response(answer.response(), contextOf(reply))
    : dialect.embeddings.response(answer.embeddings(), contextOf(reply))

const contextOf = ({ isSanitized, served, state }: Reply): AnswerContext => {
  const { call } = state
  return {
    callId: call.id,
    model: isSanitized ? call.model : served.model,
    created: Math.floor(state.startedAt / 1000),
    includeUsage: Json.at(call.wire?.body, "stream_options", "include_usage") === true,
    request: () => Result.getOrElse(call.request(), () => ({ messages: [] }))
  }
}

const stream = (reply: Reply, answer: Streaming): Effect.Effect<void, AttemptError> =>
  Effect.suspend(() => {
    const { dialect, response } = reply
    const passThrough = passes(reply, answer)
    const headers = headOf(reply)
    headers.push("content-type", dialect.contentType ?? "text/event-stream; charset=utf-8", "cache-control", "no-cache")
    response.writeHead(200, headers)
    const writer = passThrough ? undefined : dialect.writer(contextOf(reply))
    const follower = passThrough ? dialect.follow?.(() => contextOf(reply)) : undefined
    // No attempt comes after this one.
    reply.state.call.letGo?.()
    const kept = keeps(reply) ? new KeptBody() : undefined
    const reframer = dialect.reframe?.()
    const out = new Outlet(response, passThrough && reframer === undefined ? "latin1" : "utf8", kept)
    const framed = (bytes: Buffer | string): Buffer | string =>
      reframer === undefined ? bytes : reframer.write(typeof bytes === "string" ? Buffer.from(bytes) : bytes)
    const stopComments = KeepAwake.watch(out, dialect.comment, reply.keepAlive)
    const sink: Sink =
      writer === undefined
        ? {
            wants: "bytes",
            write: (bytes) => {
              follower?.see(bytes)
              return out.write(framed(bytes))
            },
            onReady: (resume) => out.onReady(resume)
          }
        : {
            wants: "parts",
            write: (parts) => out.write(framed(parts.map(writer.write).join(""))),
            onReady: (resume) => out.onReady(resume)
          }
    const fail = (facts: ErrorFacts) => {
      const events = (writer ?? follower)?.error?.(facts) ?? dialect.errorEvent(facts)
      out.write(framed(Buffer.from(events)))
      out.end("")
    }
    return answer.run(sink).pipe(
      Effect.matchEffect({
        onSuccess: () =>
          Effect.sync(() => {
            out.write(framed(writer === undefined ? missingEnd(dialect, answer) : writer.end()))
            out.end(reframer?.end() ?? "")
          }),
        onFailure: (failure) => {
          fail(factsOf(reply, failure))
          return Effect.fail(failure)
        }
      }),
      // Nobody but the gateway's own end interrupts a call whose caller is still there.
      Effect.onInterrupt(() =>
        Effect.sync(() => {
          if (isGone(response)) return
          reply.state.failure = Reasons.stopped
          fail(ErrorResponse.stopped(reply.state.call.id, reply.isSanitized ? [] : reply.state.attempts))
        })
      ),
      Effect.onExit(() =>
        Effect.sync(() => {
          stopComments()
          reply.state.responseBody = kept?.text()
          // What its writer threw at has no end yet, and gets none: it would pass for that of the answer.
          if (!isGone(response)) response.destroy()
        })
      )
    )
  })

/** What is no stream is written as one, unless the dialect frames it anew. */
const passes = ({ dialect, passThrough }: Reply, answer: Streaming): boolean =>
  passThrough && (dialect.reframe !== undefined || answer.isJson?.() !== true)

const factsOf = ({ isSanitized, state }: Reply, { reason }: AttemptError): ErrorFacts =>
  isSanitized
    ? Sanitized.ofReason(state.call.id, reason)
    : ErrorResponse.ofReason(state.call.id, reason, state.attempts)

/** Some providers never send their dialect's terminator; the caller gets it all the same. */
const missingEnd = (dialect: Dialect, answer: Streaming): string => (answer.isTerminated() ? "" : dialect.terminator)

/** A header holds ASCII alone: what else a name has is percent-encoded, as in an address. */
const inHeader = (name: string): string => {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at)
    if (code < 0x20 || code > 0x7e) return name.toWellFormed().replace(/[^\x20-\x7e]+/g, encodeURIComponent)
  }
  return name
}

const headOf = ({ clock, dialect, head, isSanitized, served, state }: Reply): Pairs => {
  const durationMs = clock.currentTimeMillisUnsafe() - state.startedAt
  head.push("x-orelse-call-id", state.call.id)
  if (dialect.callIdHeader !== undefined) head.push(dialect.callIdHeader, state.call.id)
  if (!isSanitized) {
    head.push("x-orelse-provider", inHeader(served.provider), "x-orelse-model", inHeader(served.model))
  }
  head.push(
    "x-orelse-attempts",
    String(served.attempts),
    "x-orelse-fell-back",
    served.fellBack ? "true" : "false",
    "x-orelse-duration-ms",
    String(Math.round(durationMs)),
    "x-orelse-overhead-ms",
    String(Math.max(0, Math.round(durationMs - state.awayMs)))
  )
  if (served.repairs.length > 0) head.push("x-orelse-repairs", served.repairs.join(", "))
  return head
}

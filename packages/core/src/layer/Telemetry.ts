/**
 * The one place for metrics, spans and the line of log that a call leaves: what the router and the server tell, and who hears it.
 *
 * The hooks are plain functions that count and return: they are on the path of every call, never fail and never wait. Spans
 * and log lines are made from the finished record of a call (`layer/Ledger.ts`), and only where somebody exports them.
 * It does not store calls (the ledger does) and does not decide anything.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Attempt } from "../domain/Attempt.ts"
import type { CallEnd, CallStart } from "./Ledger.ts"
import * as CallMetrics from "./telemetry/CallMetrics.ts"
import * as Guarded from "./telemetry/Guarded.ts"
import * as Instruments from "./telemetry/Instruments.ts"
import * as Prometheus from "./telemetry/Prometheus.ts"

/** A finished call with all that a span or a log line says of it. @stability stable @category models @since 0.1.0 */
export interface EndedCall {
  readonly start: CallStart
  readonly end: CallEnd
  readonly attempts: ReadonlyArray<Attempt>
}

/** Somebody who wants finished calls: an exporter of spans, a log. What it throws is logged, and no call hears of it. @stability stable @category models @since 0.1.0 */
export type Listener = (call: EndedCall) => void

/** A number that is read when somebody looks; one whose reading throws is logged, and not shown any more. @stability stable @category models @since 0.1.0 */
export interface Gauge {
  /** With dots (`orelse.ledger.queue`). */
  readonly name: string
  readonly help: string
  /** UCUM: `s`, `By`; none for plain counts. `/metrics` says it in the name (`_seconds`, `_bytes`). */
  readonly unit?: string | undefined
  /** Few and bounded: one gauge is one series. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly read: () => number
}

/** What may be a label, and what is said of the build. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** Which routes and targets may be labels; everything else is counted as `other`. */
  readonly known?: CallMetrics.Known | undefined
  /** The version in `orelse_build_info`. */
  readonly version?: string | undefined
}

/**
 * The hooks.
 *
 * @stability stable
 * @category services
 * @since 0.1.0
 */
export class Telemetry extends Context.Service<
  Telemetry,
  {
    readonly callStart: (call: CallStart) => void
    /** Once an attempt has ended; for the served attempt of a stream, at the end of the stream. */
    readonly attemptEnd: (attempt: Attempt) => void
    readonly callEnd: (call: EndedCall) => void
    /** An answer that no rule could read: each is a rule to be written. */
    readonly unknownFailure: (provider: string) => void
    /** Shown until the scope closes. */
    readonly gauge: (gauge: Gauge) => Effect.Effect<void, never, Scope.Scope>
    /** Hears every finished call until the scope closes. */
    readonly listen: (listener: Listener) => Effect.Effect<void, never, Scope.Scope>
    /** Where all of it is counted; exporters read it, and may add to it. */
    readonly instruments: Instruments.Instruments
    /** The text of `/metrics`. */
    readonly prometheus: () => string
  }
>()("@orelse/core/layer/Telemetry") {}

/**
 * Counts in memory; exports nothing until somebody listens or scrapes.
 *
 * @stability stable
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<Telemetry> => Layer.sync(Telemetry, () => make(options))

/**
 * The service itself.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Context.Service.Shape<typeof Telemetry> => {
  const instruments = Instruments.make()
  const metrics = CallMetrics.make(instruments, options.known)
  const unknown = instruments.counter({
    name: "orelse.unknown_failures",
    help: "Failures that no rule could read, by provider.",
    labels: ["provider"]
  })
  const listeners = new Set<Listener>()
  const open = { calls: 0, streams: 0 }
  instruments.gauge({ name: "orelse.open_calls", help: "Calls under way.", labels: [] }, [], () => open.calls)
  instruments.gauge({ name: "orelse.open_streams", help: "Streams under way.", labels: [] }, [], () => open.streams)
  const build = { name: "orelse.build_info", help: "Always 1; the label says what runs.", labels: ["version"] }
  instruments.gauge(build, [options.version ?? "0.0.0"], () => 1)
  return {
    callStart: ({ stream }) => {
      open.calls++
      if (stream) open.streams++
    },
    attemptEnd: metrics.attemptEnd,
    callEnd: (call) => {
      open.calls--
      if (call.start.stream) open.streams--
      metrics.callEnd(call.start, call.end)
      for (const listener of listeners) listener(call)
    },
    unknownFailure: (provider) => unknown(provider).add(1),
    gauge: ({ help, labels = {}, name, read, unit }) =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.map(Guarded.reader(name, read), (guarded) => {
            const remove = instruments.gauge(
              { name, help, unit, labels: Object.keys(labels) },
              Object.values(labels),
              () => guarded(remove)
            )
            return remove
          }),
          (remove) => Effect.sync(remove)
        )
      ),
    listen: (listener) =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.map(Guarded.make(listener), (guarded) => {
            listeners.add(guarded)
            return guarded
          }),
          (guarded) => Effect.sync(() => listeners.delete(guarded))
        )
      ),
    instruments,
    prometheus: () => Prometheus.render(instruments)
  }
}

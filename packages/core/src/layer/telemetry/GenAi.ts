/**
 * A finished call as spans, named by OpenTelemetry's semantic conventions for generative AI (status: development; read
 * November 2026 in open-telemetry/semantic-conventions, docs/gen-ai): one span for the call, one under it for each attempt.
 *
 * Ours stand under `orelse.`. Nothing of prompts, answers or keys is in a span. Ids follow from the call's id, so that a
 * call in the ledger is found in the traces: a trace that begins here has the call's id as its own.
 */
import type { Attempt } from "../../domain/Attempt.ts"
import type { EndedCall } from "../Telemetry.ts"
import { attributes, nanos, type Span, type Value } from "./OtlpJson.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Parent {
  readonly traceId: string
  readonly spanId: string
  /** Whether the caller records this trace; if not, neither do we. */
  readonly sampled: boolean
}

/** Reads a W3C `traceparent` header; `undefined` for what is none. @stability experimental @category conversions @since 0.1.0 */
export const parentOf = (traceparent: string | undefined): Parent | undefined => {
  if (traceparent === undefined) return undefined
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(traceparent.trim())
  const [, version = "ff", traceId = "", spanId = "", flags = "00"] = match ?? []
  if (version === "ff" || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** Whether a call has spans: not where the caller's trace is not recorded. @stability experimental @category predicates @since 0.1.0 */
export const isTraced = (call: EndedCall): boolean => parentOf(call.start.traceparent)?.sampled !== false

/**
 * The spans of a call: its own first, then its attempts'. None where the caller's trace is not recorded.
 *
 * @param nameOf what the conventions call a provider (`aws.bedrock`), given our name of it.
 * @param urlOf a provider's address, given our name of it.
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const spans = (
  call: EndedCall,
  nameOf: (provider: string) => string,
  urlOf: (provider: string) => string | undefined = () => undefined
): Array<Span> => {
  const parent = parentOf(call.start.traceparent)
  if (parent?.sampled === false) return []
  const hex = call.start.id.replaceAll("-", "")
  const traceId = parent?.traceId ?? hex
  const own = spanId(hex, 0)
  return [
    callSpan(call, nameOf, { traceId, spanId: own, parentSpanId: parent?.spanId }),
    ...call.attempts.map((attempt) => {
      const ids = { traceId, spanId: spanId(hex, attempt.ordinal), parentSpanId: own }
      const { model, provider } = attempt
      return attemptSpan(call, attempt, { name: nameOf(provider), model, url: urlOf(provider) }, ids)
    })
  ]
}

interface Ids {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
}

/** The random end of the call's id, and which of its spans it is. */
const spanId = (hex: string, ordinal: number): string =>
  hex.slice(16, 28).padStart(12, "1") + (ordinal & 0xffff).toString(16).padStart(4, "0")

const callSpan = ({ attempts, end, start }: EndedCall, nameOf: (provider: string) => string, ids: Ids): Span => {
  const last = attempts.at(-1)
  const provider = end.served?.provider ?? last?.provider
  return span(ids, {
    name: `${start.operation} ${start.model}`,
    // A gateway answers a remote caller; the library is part of its program.
    kind: start.dialect === "library" ? 1 : 2,
    startedAt: start.startedAt,
    endedAt: end.endedAt,
    failure: end.outcome === "answered" ? undefined : (end.reason ?? end.outcome),
    fields: {
      "gen_ai.operation.name": start.operation,
      // Required; where nobody was asked, it was us who answered.
      "gen_ai.provider.name": provider === undefined ? "orelse" : nameOf(provider),
      "gen_ai.request.model": start.model,
      ...streamFields(start, end.firstContentMs),
      "gen_ai.response.model": end.served?.model,
      "gen_ai.response.finish_reasons": end.outcome === "answered" ? finishReasons(last) : undefined,
      "gen_ai.conversation.id": text(start.metadata?.["session"]),
      ...usageFields(end.usage),
      "http.response.status_code": end.status,
      "orelse.call.id": start.id,
      "orelse.route": start.route,
      "orelse.dialect": start.dialect,
      "orelse.stream": start.stream,
      "orelse.caller": start.caller,
      "orelse.outcome": end.outcome,
      "orelse.provider": end.served?.provider,
      "orelse.attempts": end.attempts,
      "orelse.fell_back": end.fellBack,
      "orelse.first_content_ms": end.firstContentMs,
      "orelse.overhead_ms": end.overheadMs,
      "orelse.cost_usd": end.costUsd,
      "orelse.cost_basis": end.costBasis,
      "orelse.application": text(start.metadata?.["application"]),
      "orelse.environment": text(start.metadata?.["environment"]),
      "orelse.workflow": text(start.metadata?.["workflow"]),
      "orelse.run": text(start.metadata?.["run"]),
      "orelse.step": text(start.metadata?.["step"])
    }
  })
}

interface Asked {
  /** What the conventions call the provider. */
  readonly name: string
  readonly model: string
  readonly url: string | undefined
}

const attemptSpan = ({ start }: EndedCall, attempt: Attempt, { model, name, url }: Asked, ids: Ids): Span =>
  span(ids, {
    name: `${start.operation} ${model}`,
    kind: 3,
    startedAt: attempt.startedAt,
    endedAt: attempt.startedAt + attempt.durationMs,
    failure: attempt.outcome === "answered" ? undefined : (attempt.reason ?? attempt.outcome),
    message: attempt.message,
    fields: {
      "gen_ai.operation.name": start.operation,
      "gen_ai.provider.name": name,
      "gen_ai.request.model": model,
      ...streamFields(start, attempt.firstContentMs),
      "gen_ai.response.model": attempt.outcome === "answered" ? model : undefined,
      "gen_ai.response.finish_reasons": finishReasons(attempt),
      ...usageFields(attempt.usage),
      ...serverFields(url),
      "http.response.status_code": attempt.status,
      "orelse.call.id": start.id,
      "orelse.attempt": attempt.ordinal,
      "orelse.provider": attempt.provider,
      "orelse.credential": attempt.credential,
      "orelse.outcome": attempt.outcome,
      "orelse.action": attempt.action,
      "orelse.waited_before_ms": attempt.waitedBeforeMs,
      "orelse.connect_ms": attempt.connectMs,
      "orelse.first_content_ms": attempt.firstContentMs,
      "orelse.retry_after_ms": attempt.retryAfterMs,
      "orelse.provider_code": attempt.providerCode,
      "orelse.request_id": attempt.requestId,
      "orelse.cost_usd": attempt.costUsd,
      "orelse.cost_basis": attempt.costBasis
    }
  })

interface Described {
  readonly name: string
  readonly kind: number
  readonly startedAt: number
  readonly endedAt: number
  /** `error.type`, for what did not end in an answer. */
  readonly failure: string | undefined
  readonly message?: string | undefined
  readonly fields: Readonly<Record<string, Value>>
}

const span = (ids: Ids, { endedAt, failure, fields, kind, message, name, startedAt }: Described): Span => ({
  traceId: ids.traceId,
  spanId: ids.spanId,
  parentSpanId: ids.parentSpanId,
  name,
  kind,
  startTimeUnixNano: nanos(startedAt),
  endTimeUnixNano: nanos(endedAt),
  attributes: attributes({ ...fields, "error.type": failure }),
  droppedAttributesCount: 0,
  events: [],
  droppedEventsCount: 0,
  status: failure === undefined ? { code: 0 } : { code: 2, message: message ?? failure },
  links: [],
  droppedLinksCount: 0
})

/** The conventions want these of streams only. */
const streamFields = ({ stream }: EndedCall["start"], firstContentMs: number | undefined) =>
  stream
    ? {
        "gen_ai.request.stream": true,
        "gen_ai.response.time_to_first_chunk": firstContentMs === undefined ? undefined : firstContentMs / 1000
      }
    : undefined

const finishReasons = (attempt: Attempt | undefined): ReadonlyArray<string> | undefined =>
  attempt?.finishReason === undefined ? undefined : [attempt.finishReason]

/** Host and port; never the rest of the address. */
const serverFields = (url: string | undefined): ServerFields | undefined => {
  if (url === undefined) return undefined
  if (!servers.has(url)) servers.set(url, readServer(url))
  return servers.get(url)
}

interface ServerFields {
  readonly "server.address": string
  readonly "server.port": number
}

/** By the addresses of the configuration, of which there are few. */
const servers = new Map<string, ServerFields | undefined>()

const readServer = (url: string): ServerFields | undefined => {
  const parsed = URL.parse(url)
  if (parsed === null) return undefined
  const port = parsed.port === "" ? (parsed.protocol === "http:" ? 80 : 443) : Number(parsed.port)
  return { "server.address": parsed.hostname, "server.port": port }
}

const usageFields = (usage: Attempt["usage"]) => ({
  "gen_ai.usage.input_tokens": usage?.inputTokens,
  "gen_ai.usage.output_tokens": usage?.outputTokens,
  "gen_ai.usage.cache_read.input_tokens": usage?.cachedTokens,
  "gen_ai.usage.cache_creation.input_tokens": usage?.cacheWriteTokens,
  "gen_ai.usage.reasoning.output_tokens": usage?.reasoningTokens
})

const text = (value: string | number | boolean | null | undefined): string | undefined =>
  value === undefined || value === null ? undefined : String(value)

/**
 * A finished call as spans, named by OpenTelemetry's semantic conventions for generative AI (status: development; read
 * November 2026 in open-telemetry/semantic-conventions, docs/gen-ai): one span for the call, one under it for each attempt.
 *
 * Ours stand under `orelse.`. Nothing of prompts, answers or keys is in a span. Ids follow from the call's id, so that a
 * call in the ledger is found in the traces: a trace that begins here has the call's id as its own.
 */
import type { Attempt } from "../../domain/Attempt.ts"
import type { EndedCall } from "../Telemetry.ts"
import * as OtlpJson from "./OtlpJson.ts"

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

/**
 * The spans of a call as OTLP's JSON, with commas between them: its own first, then its attempts'. Nothing where the caller's
 * trace is not recorded.
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
): string => {
  const parent = parentOf(call.start.traceparent)
  if (parent?.sampled === false) return ""
  const hex = call.start.id.replaceAll("-", "")
  const traceId = parent?.traceId ?? hex
  const own = spanId(hex, 0)
  let text = callSpan(call, nameOf, { traceId, spanId: own, parentSpanId: parent?.spanId })
  for (const attempt of call.attempts) {
    const ids = { traceId, spanId: spanId(hex, attempt.ordinal), parentSpanId: own }
    text += `,${attemptSpan(call, attempt, nameOf(attempt.provider), urlOf(attempt.provider), ids)}`
  }
  return text
}

/** The random end of the call's id, and which of its spans it is. */
const spanId = (hex: string, ordinal: number): string =>
  hex.slice(16, 28).padStart(12, "1") + (ordinal & 0xffff).toString(16).padStart(4, "0")

const operationName = OtlpJson.string("gen_ai.operation.name")
const providerName = OtlpJson.string("gen_ai.provider.name")
const requestModel = OtlpJson.string("gen_ai.request.model")
const responseModel = OtlpJson.string("gen_ai.response.model")
const finishReasons = OtlpJson.only("gen_ai.response.finish_reasons")
const conversationId = OtlpJson.string("gen_ai.conversation.id")
const statusCode = OtlpJson.int("http.response.status_code")
const errorType = OtlpJson.string("error.type")
const callId = OtlpJson.string("orelse.call.id")
const route = OtlpJson.string("orelse.route")
const dialect = OtlpJson.string("orelse.dialect")
const stream = OtlpJson.bool("orelse.stream")
const caller = OtlpJson.string("orelse.caller")
const outcome = OtlpJson.string("orelse.outcome")
const provider = OtlpJson.string("orelse.provider")
const attempts = OtlpJson.int("orelse.attempts")
const fellBack = OtlpJson.bool("orelse.fell_back")
const firstContent = OtlpJson.double("orelse.first_content_ms")
const overhead = OtlpJson.double("orelse.overhead_ms")
const cost = OtlpJson.double("orelse.cost_usd")
const costBasis = OtlpJson.string("orelse.cost_basis")
const application = OtlpJson.string("orelse.application")
const environment = OtlpJson.string("orelse.environment")
const workflow = OtlpJson.string("orelse.workflow")
const run = OtlpJson.string("orelse.run")
const step = OtlpJson.string("orelse.step")

const callSpan = (call: EndedCall, nameOf: (provider: string) => string, ids: OtlpJson.Ids): string => {
  const { end, start } = call
  const last = call.attempts.at(-1)
  const asked = end.served?.provider ?? last?.provider
  const failure = end.outcome === "answered" ? undefined : (end.reason ?? end.outcome)
  return OtlpJson.span(ids, {
    name: `${start.operation} ${start.model}`,
    // A gateway answers a remote caller; the library is part of its program.
    kind: start.dialect === "library" ? 1 : 2,
    startedAt: start.startedAt,
    endedAt: end.endedAt,
    failure,
    fields:
      conventions(start, {
        // Required; where nobody was asked, it was us who answered.
        provider: asked === undefined ? "orelse" : nameOf(asked),
        model: start.model,
        firstContentMs: end.firstContentMs,
        answeredBy: end.served?.model,
        finishReason: end.outcome === "answered" ? last?.finishReason : undefined,
        usage: end.usage
      }) +
      statusCode(end.status) +
      errorType(failure) +
      callId(start.id) +
      route(start.route) +
      dialect(start.dialect) +
      stream(start.stream) +
      caller(start.caller) +
      outcome(end.outcome) +
      provider(end.served?.provider) +
      attempts(end.attempts) +
      fellBack(end.fellBack) +
      firstContent(end.firstContentMs) +
      overhead(end.overheadMs) +
      cost(end.costUsd) +
      costBasis(end.costBasis) +
      metadataFields(start.metadata)
  })
}

const attempted = OtlpJson.int("orelse.attempt")
const credential = OtlpJson.string("orelse.credential")
const action = OtlpJson.string("orelse.action")
const waitedBefore = OtlpJson.double("orelse.waited_before_ms")
const connect = OtlpJson.double("orelse.connect_ms")
const retryAfter = OtlpJson.double("orelse.retry_after_ms")
const providerCode = OtlpJson.string("orelse.provider_code")
const requestId = OtlpJson.string("orelse.request_id")

const attemptSpan = (
  { start }: EndedCall,
  attempt: Attempt,
  name: string,
  url: string | undefined,
  ids: OtlpJson.Ids
): string => {
  const isAnswered = attempt.outcome === "answered"
  const failure = isAnswered ? undefined : (attempt.reason ?? attempt.outcome)
  return OtlpJson.span(ids, {
    name: `${start.operation} ${attempt.model}`,
    kind: 3,
    startedAt: attempt.startedAt,
    endedAt: attempt.startedAt + attempt.durationMs,
    failure: isAnswered ? undefined : (attempt.message ?? failure),
    fields:
      conventions(start, {
        provider: name,
        model: attempt.model,
        firstContentMs: attempt.firstContentMs,
        answeredBy: isAnswered ? attempt.model : undefined,
        finishReason: attempt.finishReason,
        usage: attempt.usage
      }) +
      serverFields(url) +
      statusCode(attempt.status) +
      errorType(failure) +
      callId(start.id) +
      attempted(attempt.ordinal) +
      provider(attempt.provider) +
      credential(attempt.credential) +
      outcome(attempt.outcome) +
      action(attempt.action) +
      waitedBefore(attempt.waitedBeforeMs) +
      connect(attempt.connectMs) +
      firstContent(attempt.firstContentMs) +
      retryAfter(attempt.retryAfterMs) +
      providerCode(attempt.providerCode) +
      requestId(attempt.requestId) +
      cost(attempt.costUsd) +
      costBasis(attempt.costBasis)
  })
}

/** What the conventions want to know of a call, and of each attempt of ours. */
interface Asked {
  readonly provider: string
  readonly model: string
  readonly firstContentMs: number | undefined
  readonly answeredBy: string | undefined
  readonly finishReason: string | undefined
  readonly usage: Attempt["usage"]
}

const conventions = (start: EndedCall["start"], asked: Asked): string =>
  operationName(start.operation) +
  providerName(asked.provider) +
  requestModel(asked.model) +
  streamFields(start, asked.firstContentMs) +
  responseModel(asked.answeredBy) +
  finishReasons(asked.finishReason) +
  usageFields(asked.usage)

const isStream = OtlpJson.bool("gen_ai.request.stream")
const timeToFirstChunk = OtlpJson.double("gen_ai.response.time_to_first_chunk")

/** The conventions want these of streams only. */
const streamFields = (start: EndedCall["start"], firstContentMs: number | undefined): string =>
  start.stream
    ? isStream(true) + timeToFirstChunk(firstContentMs === undefined ? undefined : firstContentMs / 1000)
    : ""

const metadataFields = (metadata: EndedCall["start"]["metadata"]): string =>
  metadata === undefined
    ? ""
    : conversationId(text(metadata["session"])) +
      application(text(metadata["application"])) +
      environment(text(metadata["environment"])) +
      workflow(text(metadata["workflow"])) +
      run(text(metadata["run"])) +
      step(text(metadata["step"]))

const serverAddress = OtlpJson.string("server.address")
const serverPort = OtlpJson.int("server.port")

/** Host and port; never the rest of the address. */
const serverFields = (url: string | undefined): string => {
  if (url === undefined) return ""
  let found = servers.get(url)
  if (found === undefined) servers.set(url, (found = readServer(url)))
  return found
}

/** By the addresses of the configuration, of which there are few. */
const servers = new Map<string, string>()

const readServer = (url: string): string => {
  const parsed = URL.parse(url)
  if (parsed === null) return ""
  const port = parsed.port === "" ? (parsed.protocol === "http:" ? 80 : 443) : Number(parsed.port)
  return serverAddress(parsed.hostname) + serverPort(port)
}

const inputTokens = OtlpJson.int("gen_ai.usage.input_tokens")
const outputTokens = OtlpJson.int("gen_ai.usage.output_tokens")
const cachedTokens = OtlpJson.int("gen_ai.usage.cache_read.input_tokens")
const cacheWriteTokens = OtlpJson.int("gen_ai.usage.cache_creation.input_tokens")
const reasoningTokens = OtlpJson.int("gen_ai.usage.reasoning.output_tokens")

const usageFields = (usage: Attempt["usage"]): string =>
  usage === undefined
    ? ""
    : inputTokens(usage.inputTokens) +
      outputTokens(usage.outputTokens) +
      cachedTokens(usage.cachedTokens) +
      cacheWriteTokens(usage.cacheWriteTokens) +
      reasoningTokens(usage.reasoningTokens)

const text = (value: string | number | boolean | null | undefined): string | undefined =>
  value === undefined || value === null ? undefined : String(value)

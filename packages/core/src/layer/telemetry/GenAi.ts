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
import * as Recent from "./Recent.ts"

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

/** What two spans have in common that differ in ids, times and amounts only. */
interface Usual {
  readonly heading: string
  readonly fields: string
}

const callSpan = (call: EndedCall, nameOf: (provider: string) => string, ids: OtlpJson.Ids): string => {
  const { end, start } = call
  const last = call.attempts.at(-1)
  const asked = end.served?.provider ?? last?.provider
  const failure = end.outcome === "answered" ? undefined : (end.reason ?? end.outcome)
  const usual = usualCall({
    operation: start.operation,
    model: start.model,
    dialect: start.dialect,
    route: start.route,
    stream: start.stream,
    caller: start.caller,
    // Required; where nobody was asked, it was us who answered.
    name: asked === undefined ? "orelse" : nameOf(asked),
    provider: end.served?.provider,
    answeredBy: end.served?.model,
    finishReason: end.outcome === "answered" ? last?.finishReason : undefined,
    outcome: end.outcome,
    failure,
    status: end.status,
    attempts: end.attempts,
    fellBack: end.fellBack,
    costBasis: end.costBasis
  })
  return OtlpJson.span(ids, {
    heading: usual.heading,
    startedAt: start.startedAt,
    endedAt: end.endedAt,
    failure,
    fields:
      usual.fields +
      chunkFields(start.stream, end.firstContentMs) +
      usageFields(end.usage) +
      callId(start.id) +
      firstContent(end.firstContentMs) +
      overhead(end.overheadMs) +
      cost(end.costUsd) +
      metadataFields(start.metadata)
  })
}

/** What was asked for, and how it ended: of a call and of each of its attempts. */
interface Asked {
  readonly operation: string
  readonly model: string
  readonly stream: boolean
  /** What the conventions call the provider. */
  readonly name: string
  readonly answeredBy: string | undefined
  readonly finishReason: string | undefined
  readonly provider: string | undefined
  readonly outcome: string
  readonly failure: string | undefined
  readonly status: number | undefined
  readonly costBasis: string | undefined
}

interface AskedCall extends Asked {
  readonly dialect: string
  readonly route: string
  readonly caller: string | undefined
  readonly attempts: number
  readonly fellBack: boolean
}

const usualCall = Recent.make((call: AskedCall): Usual => ({
  // A gateway answers a remote caller; the library is part of its program.
  heading: OtlpJson.heading(`${call.operation} ${call.model}`, call.dialect === "library" ? 1 : 2),
  fields: OtlpJson.first(
    askedFields(call) +
      route(call.route) +
      dialect(call.dialect) +
      stream(call.stream) +
      caller(call.caller) +
      attempts(call.attempts) +
      fellBack(call.fellBack)
  )
}))

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
  const usual = usualAttempt({
    operation: start.operation,
    model: attempt.model,
    stream: start.stream,
    name,
    url,
    provider: attempt.provider,
    credential: attempt.credential,
    ordinal: attempt.ordinal,
    answeredBy: isAnswered ? attempt.model : undefined,
    finishReason: attempt.finishReason,
    outcome: attempt.outcome,
    failure,
    status: attempt.status,
    action: attempt.action,
    providerCode: attempt.providerCode,
    costBasis: attempt.costBasis
  })
  return OtlpJson.span(ids, {
    heading: usual.heading,
    startedAt: attempt.startedAt,
    endedAt: attempt.startedAt + attempt.durationMs,
    failure: isAnswered ? undefined : (attempt.message ?? failure),
    fields:
      usual.fields +
      chunkFields(start.stream, attempt.firstContentMs) +
      usageFields(attempt.usage) +
      callId(start.id) +
      waitedBefore(attempt.waitedBeforeMs) +
      connect(attempt.connectMs) +
      firstContent(attempt.firstContentMs) +
      retryAfter(attempt.retryAfterMs) +
      requestId(attempt.requestId) +
      cost(attempt.costUsd)
  })
}

interface AskedAttempt extends Asked {
  readonly url: string | undefined
  readonly credential: string
  readonly ordinal: number
  readonly action: string | undefined
  readonly providerCode: string | undefined
}

const usualAttempt = Recent.make((attempt: AskedAttempt): Usual => ({
  heading: OtlpJson.heading(`${attempt.operation} ${attempt.model}`, 3),
  fields: OtlpJson.first(
    askedFields(attempt) +
      serverFields(attempt.url) +
      attempted(attempt.ordinal) +
      credential(attempt.credential) +
      action(attempt.action) +
      providerCode(attempt.providerCode)
  )
}))

/** The conventions' attributes, then ours. */
const askedFields = (asked: Asked): string =>
  operationName(asked.operation) +
  providerName(asked.name) +
  requestModel(asked.model) +
  // The conventions want it of streams only.
  isStream(asked.stream ? true : undefined) +
  responseModel(asked.answeredBy) +
  finishReasons(asked.finishReason) +
  statusCode(asked.status) +
  errorType(asked.failure) +
  provider(asked.provider) +
  outcome(asked.outcome) +
  costBasis(asked.costBasis)

const isStream = OtlpJson.bool("gen_ai.request.stream")
const timeToFirstChunk = OtlpJson.double("gen_ai.response.time_to_first_chunk")

/** The conventions want it of streams only. */
const chunkFields = (isStreamed: boolean, firstContentMs: number | undefined): string =>
  isStreamed && firstContentMs !== undefined ? timeToFirstChunk(firstContentMs / 1000) : ""

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
  const parsed = url === undefined ? null : URL.parse(url)
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

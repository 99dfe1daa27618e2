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
import type { Sheet } from "./Sheet.ts"
import * as UsualSpan from "./UsualSpan.ts"

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
 * Writes the spans of a call as OTLP's JSON, with commas between them: its own first, then its attempts'. Nothing where the caller's
 * trace is not recorded.
 *
 * @param nameOf what the conventions call a provider (`aws.bedrock`), given our name of it.
 * @param urlOf a provider's address, given our name of it.
 * @returns whether there are any.
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const spans = (
  to: Sheet,
  call: EndedCall,
  nameOf: (provider: string) => string,
  urlOf: (provider: string) => string | undefined = () => undefined
): boolean => {
  const parent = parentOf(call.start.traceparent)
  if (parent?.sampled === false) return false
  ids.call(to, call.start.id, parent)
  callSpan(to, call, nameOf)
  for (const attempt of call.attempts) {
    to.byte(comma)
    ids.attempt(to, attempt.ordinal)
    attemptSpan(to, call, attempt, nameOf(attempt.provider), urlOf(attempt.provider))
  }
  return true
}

const comma = 0x2c

const ids = new OtlpJson.Ids("orelse.call.id")

const conversationId = OtlpJson.string("gen_ai.conversation.id")
const firstContent = OtlpJson.double("orelse.first_content_ms")
const overhead = OtlpJson.double("orelse.overhead_ms")
const cost = OtlpJson.double("orelse.cost_usd")
const application = OtlpJson.string("orelse.application")
const environment = OtlpJson.string("orelse.environment")
const workflow = OtlpJson.string("orelse.workflow")
const run = OtlpJson.string("orelse.run")
const step = OtlpJson.string("orelse.step")
const waitedBefore = OtlpJson.double("orelse.waited_before_ms")
const connect = OtlpJson.double("orelse.connect_ms")
const retryAfter = OtlpJson.double("orelse.retry_after_ms")
const requestId = OtlpJson.string("orelse.request_id")

const callSpan = (to: Sheet, call: EndedCall, nameOf: (provider: string) => string): void => {
  const { end, start } = call
  const last = call.attempts.at(-1)
  const asked = end.served?.provider ?? last?.provider
  const failure = end.outcome === "answered" ? undefined : (end.reason ?? end.outcome)
  const usual = UsualSpan.ofCall({
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
  to.put(usual.heading)
  OtlpJson.times(to, start.startedAt, end.endedAt)
  if (failure !== undefined) OtlpJson.failed(to, failure)
  to.put(usual.attributes)
  chunkFields(to, start.stream, end.firstContentMs)
  usageFields(to, end.usage)
  ids.callId(to)
  firstContent(to, end.firstContentMs)
  overhead(to, end.overheadMs)
  cost(to, end.costUsd)
  metadataFields(to, start.metadata)
  OtlpJson.end(to)
}

const attemptSpan = (
  to: Sheet,
  { start }: EndedCall,
  attempt: Attempt,
  name: string,
  url: string | undefined
): void => {
  const isAnswered = attempt.outcome === "answered"
  const failure = isAnswered ? undefined : (attempt.reason ?? attempt.outcome)
  const usual = UsualSpan.ofAttempt({
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
  to.put(usual.heading)
  OtlpJson.times(to, attempt.startedAt, attempt.startedAt + attempt.durationMs)
  if (failure !== undefined) OtlpJson.failed(to, attempt.message ?? failure)
  to.put(usual.attributes)
  chunkFields(to, start.stream, attempt.firstContentMs)
  usageFields(to, attempt.usage)
  ids.callId(to)
  waitedBefore(to, attempt.waitedBeforeMs)
  connect(to, attempt.connectMs)
  firstContent(to, attempt.firstContentMs)
  retryAfter(to, attempt.retryAfterMs)
  requestId(to, attempt.requestId)
  cost(to, attempt.costUsd)
  OtlpJson.end(to)
}

const timeToFirstChunk = OtlpJson.double("gen_ai.response.time_to_first_chunk")

/** The conventions want it of streams only. */
const chunkFields = (to: Sheet, isStreamed: boolean, firstContentMs: number | undefined): void => {
  if (isStreamed && firstContentMs !== undefined) timeToFirstChunk(to, firstContentMs / 1000)
}

const metadataFields = (to: Sheet, metadata: EndedCall["start"]["metadata"]): void => {
  if (metadata === undefined) return
  conversationId(to, text(metadata["session"]))
  application(to, text(metadata["application"]))
  environment(to, text(metadata["environment"]))
  workflow(to, text(metadata["workflow"]))
  run(to, text(metadata["run"]))
  step(to, text(metadata["step"]))
}

const inputTokens = OtlpJson.int("gen_ai.usage.input_tokens")
const outputTokens = OtlpJson.int("gen_ai.usage.output_tokens")
const cachedTokens = OtlpJson.int("gen_ai.usage.cache_read.input_tokens")
const cacheWriteTokens = OtlpJson.int("gen_ai.usage.cache_creation.input_tokens")
const reasoningTokens = OtlpJson.int("gen_ai.usage.reasoning.output_tokens")

const usageFields = (to: Sheet, usage: Attempt["usage"]): void => {
  if (usage === undefined) return
  inputTokens(to, usage.inputTokens)
  outputTokens(to, usage.outputTokens)
  cachedTokens(to, usage.cachedTokens)
  cacheWriteTokens(to, usage.cacheWriteTokens)
  reasoningTokens(to, usage.reasoningTokens)
}

const text = (value: string | number | boolean | null | undefined): string | undefined =>
  value === undefined || value === null ? undefined : String(value)

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
import type { Sheet } from "./Sheet.ts"

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

const operationName = OtlpJson.string("gen_ai.operation.name")
const providerName = OtlpJson.string("gen_ai.provider.name")
const requestModel = OtlpJson.string("gen_ai.request.model")
const responseModel = OtlpJson.string("gen_ai.response.model")
const finishReasons = OtlpJson.only("gen_ai.response.finish_reasons")
const conversationId = OtlpJson.string("gen_ai.conversation.id")
const statusCode = OtlpJson.int("http.response.status_code")
const errorType = OtlpJson.string("error.type")
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
  readonly heading: Uint8Array
  readonly attributes: Uint8Array
}

const callSpan = (to: Sheet, call: EndedCall, nameOf: (provider: string) => string): void => {
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
  attributes: OtlpJson.attributes(call.failure === undefined, (to) => {
    askedFields(to, call)
    route(to, call.route)
    dialect(to, call.dialect)
    stream(to, call.stream)
    caller(to, call.caller)
    attempts(to, call.attempts)
    fellBack(to, call.fellBack)
  })
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
  to: Sheet,
  { start }: EndedCall,
  attempt: Attempt,
  name: string,
  url: string | undefined
): void => {
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

interface AskedAttempt extends Asked {
  readonly url: string | undefined
  readonly credential: string
  readonly ordinal: number
  readonly action: string | undefined
  readonly providerCode: string | undefined
}

const usualAttempt = Recent.make((attempt: AskedAttempt): Usual => ({
  heading: OtlpJson.heading(`${attempt.operation} ${attempt.model}`, 3),
  attributes: OtlpJson.attributes(attempt.failure === undefined, (to) => {
    askedFields(to, attempt)
    serverFields(to, attempt.url)
    attempted(to, attempt.ordinal)
    credential(to, attempt.credential)
    action(to, attempt.action)
    providerCode(to, attempt.providerCode)
  })
}))

/** The conventions' attributes, then ours. */
const askedFields = (to: Sheet, asked: Asked): void => {
  operationName(to, asked.operation)
  providerName(to, asked.name)
  requestModel(to, asked.model)
  // The conventions want it of streams only.
  isStream(to, asked.stream ? true : undefined)
  responseModel(to, asked.answeredBy)
  finishReasons(to, asked.finishReason)
  statusCode(to, asked.status)
  errorType(to, asked.failure)
  provider(to, asked.provider)
  outcome(to, asked.outcome)
  costBasis(to, asked.costBasis)
}

const isStream = OtlpJson.bool("gen_ai.request.stream")
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

const serverAddress = OtlpJson.string("server.address")
const serverPort = OtlpJson.int("server.port")

/** Host and port; never the rest of the address. */
const serverFields = (to: Sheet, url: string | undefined): void => {
  const parsed = url === undefined ? null : URL.parse(url)
  if (parsed === null) return
  const port = parsed.port === "" ? (parsed.protocol === "http:" ? 80 : 443) : Number(parsed.port)
  serverAddress(to, parsed.hostname)
  serverPort(to, port)
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

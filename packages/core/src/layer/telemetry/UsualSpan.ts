/**
 * What spans have in common that differ in ids, times and amounts only, as bytes that are made once.
 */
import * as OtlpJson from "./OtlpJson.ts"
import * as Recent from "../../domain/Recent.ts"
import type { Sheet } from "./Sheet.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface UsualSpan {
  /** From `OtlpJson.heading`. */
  readonly heading: Uint8Array
  /** From `OtlpJson.attributes`. */
  readonly attributes: Uint8Array
}

/** What was asked for, and how it ended: of a call and of each of its attempts. @stability experimental @category models @since 0.1.0 */
export interface Asked {
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

/** @stability experimental @category models @since 0.1.0 */
export interface AskedCall extends Asked {
  readonly dialect: string
  readonly route: string
  readonly caller: string | undefined
  readonly attempts: number
  readonly fellBack: boolean
}

/** @stability experimental @category models @since 0.1.0 */
export interface AskedAttempt extends Asked {
  readonly url: string | undefined
  readonly credential: string
  readonly ordinal: number
  readonly action: string | undefined
  readonly providerCode: string | undefined
}

const operationName = OtlpJson.string("gen_ai.operation.name")
const providerName = OtlpJson.string("gen_ai.provider.name")
const requestModel = OtlpJson.string("gen_ai.request.model")
const responseModel = OtlpJson.string("gen_ai.response.model")
const finishReasons = OtlpJson.only("gen_ai.response.finish_reasons")
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
const costBasis = OtlpJson.string("orelse.cost_basis")
const attempted = OtlpJson.int("orelse.attempt")
const credential = OtlpJson.string("orelse.credential")
const action = OtlpJson.string("orelse.action")
const providerCode = OtlpJson.string("orelse.provider_code")
const isStream = OtlpJson.bool("gen_ai.request.stream")

const isSame = (one: Asked, other: Asked): boolean =>
  one.operation === other.operation &&
  one.model === other.model &&
  one.stream === other.stream &&
  one.name === other.name &&
  one.answeredBy === other.answeredBy &&
  one.finishReason === other.finishReason &&
  one.provider === other.provider &&
  one.outcome === other.outcome &&
  one.failure === other.failure &&
  one.status === other.status &&
  one.costBasis === other.costBasis

const isSameCall = (one: AskedCall, other: AskedCall): boolean =>
  one.route === other.route &&
  isSame(one, other) &&
  one.dialect === other.dialect &&
  one.caller === other.caller &&
  one.attempts === other.attempts &&
  one.fellBack === other.fellBack

/** Of a call's span. @stability experimental @category constructors @since 0.1.0 */
export const ofCall = Recent.make(isSameCall, (call): UsualSpan => ({
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

const isSameAttempt = (one: AskedAttempt, other: AskedAttempt): boolean =>
  one.credential === other.credential &&
  isSame(one, other) &&
  one.url === other.url &&
  one.ordinal === other.ordinal &&
  one.action === other.action &&
  one.providerCode === other.providerCode

/** Of an attempt's. @stability experimental @category constructors @since 0.1.0 */
export const ofAttempt = Recent.make(isSameAttempt, (attempt): UsualSpan => ({
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

/**
 * Everything that rules may ask of one failed answer, read once: family, effective status, codes, the normalised text.
 *
 * Codes are compared without case and punctuation, so `rate_limit_exceeded`, `RateLimitExceeded` and `rate-limit-exceeded` are
 * one. Codes that begin with `orelse:` are conclusions from numbers, dates and parameters rather than from words.
 */
import type { ProtocolId } from "../../domain/Dialect.ts"
import * as Json from "../../domain/Json.ts"
import * as Body from "./Body.ts"
import * as Echo from "./Echo.ts"
import * as Family from "./Family.ts"
import * as Numbers from "./Numbers.ts"
import * as Phrase from "./Phrase.ts"

/** What the classifier is asked about. @stability experimental @category models @since 0.1.0 */
export interface Input {
  /** The provider's configured name. */
  readonly provider: string
  /** The profile row (`openai`, `groq`, …), or the protocol id where it is unknown. */
  readonly family: string
  readonly protocol: ProtocolId
  readonly transport: "http" | "stream" | "network"
  readonly status?: number | undefined
  /** Lower-cased names. */
  readonly headers: Readonly<Record<string, string>>
  /** The body's text; in a stream the event's data or the tail; on a network error its message. */
  readonly body: string
  /** Network errors: `ECONNRESET`, `UND_ERR_CONNECT_TIMEOUT`, … */
  readonly code?: string | undefined
  readonly requestSent?: boolean | undefined
  readonly contentSent?: boolean | undefined
  /** Epoch milliseconds of Effect's Clock: what dates in the answer are compared with. */
  readonly now: number
}

/** @stability experimental @category models @since 0.1.0 */
export interface Evidence {
  readonly input: Input
  readonly family: string
  /** The HTTP status; where that is a success, the one that the body names, or the one that its type goes with. */
  readonly status: number | undefined
  /** The status as somebody wrote it: the HTTP status, or the one in the body. */
  readonly reported: number | undefined
  readonly found: Body.Found
  /** Codes without case and punctuation. */
  readonly codes: ReadonlySet<string>
  readonly text: Phrase.Text
  /** The text without what the caller wrote; it is read when a rule asks for it, and once. */
  readonly own: () => Phrase.Text
}

/** More than this is not read of any body. */
const maxBody = 64 * 1024

/** Of a longer message, what the caller wrote is searched for in its first and last part; the rules hear no more of it. */
const maxEcho = 4096

/** @stability experimental @category constructors @since 0.1.0 */
export const read = (input: Input): Evidence => {
  const family = Family.canonical(typeof input.family === "string" ? input.family : "")
  const raw = typeof input.body === "string" ? input.body : ""
  const found = Body.read(raw.length > maxBody ? `${raw.slice(0, maxBody - 4096)}\n${raw.slice(-4096)}` : raw)
  const messages = unique(found.messages)
  const text = Phrase.index(Phrase.normalise(messages.join(" \n ")))
  const own = ownWords(messages, text)
  const codes = new Set<string>()
  for (const code of found.codes) codes.add(plainCode(code))
  if (input.code !== undefined) codes.add(plainCode(input.code))
  fromHeaders(input.headers, codes)
  bracketed(text.value, codes)
  if (Numbers.neverFits(text.value)) codes.add("orelse:neverfits")
  if (Numbers.zeroQuota(found.values)) codes.add("orelse:zeroquota")
  for (const code of codes) if (code.includes("perday") && code.length > 12) codes.add("orelse:perday")
  if (found.params.some(isPart)) codes.add("orelse:part")
  codes.delete("")
  const said = statusOf(input, found, text.value)
  const type = said === undefined ? implied(codes) : undefined
  const reported = said ?? (type === undefined ? mentioned(input, text.value) : undefined)
  return { input, family, status: reported ?? type, reported, found, codes, text, own }
}

/** The body as JSON, read once: again only where what was read was cut. @stability experimental @category getters @since 0.1.0 */
export const wholeBody = ({ found, input }: Evidence): Json.Json | undefined =>
  input.body.length > maxBody ? Json.parse(input.body) : found.whole

/** A code without case and punctuation, its namespace and the address after its colon. @stability experimental @category getters @since 0.1.0 */
export const plainCode = (code: string): string => {
  if (code.startsWith("orelse:")) return code
  const short = code.length > 40 ? code.replace(/:https?:.*$/, "") : code
  return (short.includes("#") ? short.slice(short.lastIndexOf("#") + 1) : short)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "")
}

const fromHeaders = (headers: Readonly<Record<string, string>>, codes: Set<string>): void => {
  for (const name of ["x-amzn-errortype", ":exception-type", ":error-code", "x-ms-error-code"]) {
    const value = headers[name]
    if (typeof value === "string") codes.add(plainCode(value.replace(/:https?:.*$/, "")))
  }
}

/** Business codes that stand in brackets at an edge of the text: `… (2013)`, `[1113][…]`; and exceptions that an SDK names. */
const bracketed = (text: string, codes: Set<string>): void => {
  if (text.includes(")") || text.includes("]")) {
    const business = /^\[(\d{3,5})\]|\((\d{4})\)(?=$| |\n)|\[(\d{4})\]$/g
    // Asked one by one: to match all at once, an expression is made anew each time.
    for (let match = business.exec(text); match !== null; match = business.exec(text))
      codes.add((match[1] ?? match[2] ?? match[3])!)
  }
  const first = /^([a-z][a-z0-9_]{4,50}):/.exec(text)
  if (first !== null && !Echo.beginsWithPlace(text)) codes.add(plainCode(first[1]!))
  if (text.includes("exception")) {
    const exception = /^[a-z]{4,50}exception$|[a-z]{4,50}exception(?=[:)]| -)/.exec(text)
    if (exception !== null && !(exception.index === 0 && Echo.beginsWithPlace(text))) codes.add(exception[0])
  }
  const named = /\b(?:code|type|status)'?\s?[:=][=' ]{0,3}([a-z]{3,40}[_.-][a-z_.-]{2,60})/g
  for (let match = named.exec(text); match !== null; match = named.exec(text)) codes.add(plainCode(match[1]!))
}

const statusOf = (input: Input, found: Body.Found, text: string): number | undefined => {
  if (typeof input.status === "number" && input.status >= 300) return input.status
  if (found.statuses.length > 0) return found.statuses[0]
  if (input.transport === "network") return undefined
  const written = /^\W{0,2}(?:error code:? ?|http(?: error|\/\d(?:\.\d)?)?:? ?)?([45]\d\d)\b/.exec(text)
  return written === null ? undefined : Number(written[1])
}

/** A status in the middle of a message may be that of a picture which could not be fetched, so a type speaks before it. */
const mentioned = (input: Input, text: string): number | undefined => {
  if (input.transport === "network") return undefined
  const written = /\b(?:status(?: code)?|http(?: error)?):? \(?([45]\d\d)\b/.exec(text.slice(0, 400))
  return written === null ? undefined : Number(written[1])
}

/** A parameter that holds what the caller wrote; a model, a conversation or a key may be refused for the account's sake. */
const isPart = (param: string): boolean => part.test(param)

const part =
  /^(?:messages|input|contents|system|instructions|prompt|tools|tool_choice|functions|function_call|response_format|text|url|image|image_url|file|audio|temperature|top_p|top_k|stop|stop_sequences|seed|metadata|user|generation_?config)(?:$|[.[])/i

/** Inside a stream there is no status: a type that always stands beside one speaks for it. */
const statuses: Readonly<Record<string, number>> = {
  invalidrequesterror: 400,
  invalidargument: 400,
  failedprecondition: 400,
  validationexception: 400,
  badrequesterror: 400,
  authenticationerror: 401,
  unauthenticated: 401,
  billingerror: 402,
  permissionerror: 403,
  permissiondenied: 403,
  notfounderror: 404,
  ratelimiterror: 429,
  ratelimitexceeded: 429,
  toomanyrequests: 429,
  resourceexhausted: 429,
  overloadederror: 529
}

const implied = (codes: ReadonlySet<string>): number | undefined => {
  for (const code of codes) if (Object.hasOwn(statuses, code)) return statuses[code]
  return undefined
}

/** The text without what the caller wrote. The index stays that of the whole text: it only rules out, and what is left is part of that. */
const ownWords = (messages: ReadonlyArray<string>, text: Phrase.Text): (() => Phrase.Text) => {
  let own: Phrase.Text | undefined
  return () => {
    if (own !== undefined) return own
    const left = messages.map((message) => Echo.without(ends(message)))
    own = left.every((message, at) => message === messages[at])
      ? text
      : { value: Phrase.normalise(left.join(" \n ")), index: text.index }
    return own
  }
}

const ends = (message: string): string =>
  message.length > maxEcho ? `${message.slice(0, maxEcho / 2)} ${message.slice(-maxEcho / 2)}` : message

/** A few are compared, which asks for their lengths first; a set would read each of them whole. */
const unique = (messages: ReadonlyArray<string>): ReadonlyArray<string> =>
  messages.length < 8 ? messages.filter((message, at) => messages.indexOf(message) === at) : [...new Set(messages)]

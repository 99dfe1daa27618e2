/**
 * Builds a reason out of what was read: the facts that its class has, and no others. All text is redacted here.
 */
import * as Duration from "effect/Duration"
import * as Json from "../../domain/Json.ts"
import * as Reason from "../../domain/Reason.ts"
import * as Redaction from "../../domain/Redaction.ts"
import * as Elsewhere from "./Elsewhere.ts"
import { wholeBody, type Evidence } from "./Evidence.ts"
import * as Fixture from "./Fixture.ts"
import * as Numbers from "./Numbers.ts"
import * as RetryAfter from "./RetryAfter.ts"
import type { Rule } from "./Rule.ts"
import { version } from "./rules/builtIn.ts"

/** How much of a body that no rule knows is kept. */
const bodyStart = 300

/** @stability experimental @category constructors @since 0.1.0 */
export const reason = (evidence: Evidence, rule: Rule | undefined): Reason.Reason => {
  const facts = new Facts(evidence, rule)
  const build = builders[long(facts, rule?.reason ?? "UnknownFailure")]
  return build(facts)
}

/** Beyond this a rate limit is the window of a plan: the credential is of no use until then. */
const planWindow = 4 * 3_600_000

const long = (facts: Facts, tag: Reason.Tag): Reason.Tag =>
  tag === "RateLimited" && (facts.asked ?? 0) >= planWindow ? "QuotaExhausted" : tag

/** The facts of one answer, each read when a reason asks for it. */
class Facts {
  readonly evidence: Evidence
  readonly rule: Rule | undefined
  /** `null`: not read yet. */
  #asked: number | undefined | null = null

  constructor(evidence: Evidence, rule: Rule | undefined) {
    this.evidence = evidence
    this.rule = rule
  }

  get common() {
    const { evidence } = this
    return Json.compact({
      message: Redaction.redact(messageOf(evidence)),
      status: evidence.reported ?? evidence.input.status,
      providerCode: providerCode(evidence),
      requestId: requestId(evidence),
      retryAfter: this.outright,
      final: isFinal(evidence) ? true : undefined
    })
  }

  /** Kept whatever is wrong: words and counts mean a wait only beside a failure that passes. */
  get outright(): Duration.Duration | undefined {
    const asked = this.rule?.facts?.wait === "never" ? undefined : RetryAfter.outright(this.evidence)
    return asked === undefined ? undefined : Duration.millis(asked)
  }

  /** The wait that was asked for, in milliseconds, where waiting helps. */
  get asked(): number | undefined {
    if (this.#asked === null)
      this.#asked = this.rule?.facts?.wait === "never" ? undefined : RetryAfter.read(this.evidence)
    return this.#asked
  }

  get wait(): Duration.Duration | undefined {
    return this.asked === undefined ? undefined : Duration.millis(this.asked)
  }

  get waited() {
    return Json.compact({ ...this.common, retryAfter: this.wait })
  }

  get window(): Numbers.Numbers {
    return Numbers.window(this.evidence.text.value, this.evidence.found.values)
  }

  get limited(): "requests" | "tokens" | "concurrency" | undefined {
    const known = this.rule?.facts?.limited
    if (known !== undefined) return known
    const { value } = this.evidence.text
    if (/concurren|parallel|simultaneous|websocket/.test(value)) return "concurrency"
    if (/token|\btpm\b|\btpd\b/.test(value)) return "tokens"
    return /request|quer(?:y|ies)|\brpm\b|\brpd\b|calls/.test(value) ? "requests" : undefined
  }

  get param(): string | undefined {
    return Redaction.identifier(this.evidence.found.params.find((param) => param !== ""))
  }

  /** The answer as a line that a rule can be taught from. */
  get fixture(): string {
    return Fixture.line(this.evidence.input, "UnknownFailure", this.wait, version, wholeBody(this.evidence))
  }

  get bodyStart(): string | undefined {
    const text = Redaction.redact(this.evidence.input.body.slice(0, bodyStart * 2)).slice(0, bodyStart)
    return text === "" ? undefined : text
  }
}

const unchecked = { disableChecks: true }

/** One builder a reason: which facts it has. */
const builders: { readonly [T in Reason.Tag]: (facts: Facts) => Reason.Reason } = {
  RateLimited: (facts) => new Reason.RateLimited(Json.compact({ ...facts.waited, limited: facts.limited }), unchecked),
  QuotaExhausted: (facts) =>
    new Reason.QuotaExhausted(
      Json.compact({ ...facts.waited, resetsAt: RetryAfter.resetsAt(facts.evidence) }),
      unchecked
    ),
  Unauthenticated: (facts) => new Reason.Unauthenticated(facts.common, unchecked),
  PermissionDenied: (facts) => new Reason.PermissionDenied(facts.common, unchecked),
  ModelNotFound: (facts) => new Reason.ModelNotFound(facts.common, unchecked),
  Overloaded: (facts) => new Reason.Overloaded(facts.waited, unchecked),
  ServerError: (facts) => new Reason.ServerError(facts.waited, unchecked),
  TimedOut: (facts) => new Reason.TimedOut({ ...facts.waited, phase: facts.rule?.facts?.phase ?? "total" }, unchecked),
  ConnectionFailed: (facts) =>
    new Reason.ConnectionFailed(
      Json.compact({
        ...facts.common,
        code: networkCode(facts.evidence),
        requestSent: facts.evidence.input.requestSent
      }),
      unchecked
    ),
  MalformedResponse: (facts) =>
    new Reason.MalformedResponse(Json.compact({ ...facts.common, body: facts.bodyStart }), unchecked),
  EmptyResponse: (facts) => new Reason.EmptyResponse(facts.common, unchecked),
  StreamInterrupted: (facts) =>
    new Reason.StreamInterrupted(
      { ...facts.common, contentSent: facts.evidence.input.contentSent ?? false },
      unchecked
    ),
  ContextWindowExceeded: (facts) =>
    new Reason.ContextWindowExceeded(Json.compact({ ...facts.common, ...facts.window }), unchecked),
  OutputLimitExceeded: (facts) =>
    new Reason.OutputLimitExceeded(
      Json.compact({ ...facts.common, ceiling: Numbers.ceiling(facts.evidence.text.value) }),
      unchecked
    ),
  RequestTooLarge: (facts) =>
    new Reason.RequestTooLarge(Json.compact({ ...facts.common, limit: facts.window.limit }), unchecked),
  ContentFiltered: (facts) => new Reason.ContentFiltered(facts.common, unchecked),
  ToolSchemaRejected: (facts) => new Reason.ToolSchemaRejected(facts.common, unchecked),
  InvalidRequest: (facts) =>
    new Reason.InvalidRequest(Json.compact({ ...facts.common, param: facts.param }), unchecked),
  Unsupported: (facts) => new Reason.Unsupported(Json.compact({ ...facts.common, feature: facts.param }), unchecked),
  Conflict: (facts) => new Reason.Conflict(facts.waited, unchecked),
  UnknownFailure: (facts) => {
    const reason = new Reason.UnknownFailure(Json.compact({ ...facts.waited, body: facts.bodyStart }), unchecked)
    return facts.rule === undefined ? withFixture(reason, facts) : reason
  },
  // Only our own limiter says so, and it does not come this way.
  LimitReached: (facts) => new Reason.LimitReached(facts.waited, unchecked)
}

/** Until the fixture is written, the reason holds the body: a longer one is let go of at once. */
const longestHeld = 16_384

/**
 * The fixture is written when somebody asks for it, and once: it takes as long as all the rest. A program that classifies by itself need not
 * ask; an attempt does with its record.
 */
const withFixture = (reason: Reason.UnknownFailure, facts: Facts): Reason.UnknownFailure => {
  const kept = { configurable: true, enumerable: true }
  const write = (): string => {
    const value = facts.fixture
    Object.defineProperty(reason, "fixture", { ...kept, value })
    return value
  }
  if (facts.evidence.input.body.length > longestHeld) write()
  else Object.defineProperty(reason, "fixture", { ...kept, get: write })
  return reason
}

/** What the SDKs of OpenAI and Anthropic obey. Beside other statuses, which none of them repeats, it says nothing new. */
const isFinal = ({ input, reported }: Evidence): boolean =>
  input.headers["x-should-retry"] === "false" &&
  reported !== undefined &&
  (reported >= 500 || reported === 408 || reported === 409 || reported === 429)

/** The most telling of the sentences: gateways say "Provider returned error" outside and the reason inside. */
const messageOf = ({ found, input, reported }: Evidence): string => {
  const redirect = Elsewhere.redirect(input.status, input.headers["location"])
  if (redirect !== undefined) return redirect
  const messages = found.messages.filter((message) => !/^[[{]/.test(message) && message.length > 2)
  const telling = messages.find(
    (message) =>
      !/^(?:provider returned error|error|unknown error|\$grpcmessage|bad request|too many requests)\.?$/i.test(message)
  )
  const said =
    telling ??
    messages[0] ??
    found.codes[0] ??
    (input.body.trim().slice(0, 1000) || `no body (${reported ?? input.code ?? "no status"})`)
  return Elsewhere.nowhere(input.status, input.body, said) ?? said
}

const dull = new Set([
  "error",
  "400",
  "401",
  "403",
  "404",
  "409",
  "413",
  "422",
  "429",
  "500",
  "502",
  "503",
  "504",
  "529",
  "server_error",
  "invalid_request_error",
  "authentication_error",
  "permission_error",
  "not_found_error",
  "rate_limit_error",
  "api_error",
  "bad request",
  "invalid_argument"
])

/** The provider's own code: the first that says more than the status does, else the first. */
const providerCode = ({ found, input }: Evidence): string | undefined => {
  const named = (code: string): boolean => Redaction.identifier(code) !== undefined
  const telling =
    found.codes.find((code) => !dull.has(code.toLowerCase()) && named(code)) ??
    found.codes.find((code) => code !== "error" && named(code))
  const exception = input.headers["x-amzn-errortype"] ?? input.headers[":exception-type"]
  return Redaction.identifier(exception?.replace(/:https?:.*$/, "")) ?? telling
}

const requestIdHeaders = [
  "x-request-id",
  "request-id",
  "x-amzn-requestid",
  "apim-request-id",
  "x-goog-request-id",
  "x-ds-request-id",
  "cf-ray"
]

const requestId = ({ found, input }: Evidence): string | undefined => {
  for (const name of requestIdHeaders) {
    const id = Redaction.identifier(input.headers[name])
    if (id !== undefined) return id
  }
  const id = found.values.get("requestid") ?? found.values.get("ray")
  return typeof id === "string" ? Redaction.identifier(id) : undefined
}

const networkCode = ({ input, found }: Evidence): string | undefined =>
  Redaction.identifier(input.code ?? found.codes.find((code) => /^[A-Z][A-Z_]{3,40}$/.test(code)))

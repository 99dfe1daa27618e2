/**
 * Writes an answer in the shape of the recorded ones, so that what no rule knew today can teach one tomorrow.
 *
 * Headers are kept only where they bear on the reading (waits, limits, error types, and the date where a wait is counted from it);
 * bodies are redacted, their strings one by one where they are JSON, so that they stay JSON. What is the same but for its time is
 * the same line.
 */
import * as Duration from "effect/Duration"
import type * as Json from "../../domain/Json.ts"
import type * as Reason from "../../domain/Reason.ts"
import * as Redaction from "../../domain/Redaction.ts"
import type { Input } from "./Evidence.ts"
import { kinds } from "./Kinds.ts"

const telling =
  /ratelimit|retry|^date$|^content-type$|errortype|exception-type|message-type|should-retry|reset|policy-id|x-codex/

/** Headers that may hold a time which the date of the answer is compared with. */
const counted = /retry|reset/

const maxBody = 4000
const maxDepth = 12

/**
 * One line of JSON. `parsed` is the body as JSON, `undefined` where it is none.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const line = (
  input: Input,
  tag: Reason.Tag,
  retryAfter: Duration.Duration | undefined,
  version: string,
  parsed: Json.Json | undefined
): string => {
  const body = bodyOf(input, parsed)
  const provider = short(input.family)
  const before = JSON.stringify({
    id: `${provider}-${input.status ?? "net"}-${digest(body)}`,
    provider,
    transport: input.transport === "stream" ? "sse" : input.transport,
    status: input.status ?? null,
    headers: headersOf(input.headers)
  })
  const after = JSON.stringify({
    expected: { kind: kinds[tag], retry_after_ms: retryAfter === undefined ? null : Duration.toMillis(retryAfter) },
    why: `read as ${tag} by rules ${version}; not labelled`,
    source: "export",
    seen: "recorded",
    body_form: "redacted"
  })
  // Put together by hand: the body, which is the most of it, is written once.
  return `${before.slice(0, -1)},"body":${body},${after.slice(1)}`
}

const short = (family: string): string => Redaction.identifier(family) ?? "unknown"

const headersOf = (headers: Readonly<Record<string, string>>): Record<string, string> => {
  const kept: Record<string, string> = {}
  for (const name in headers) {
    if (telling.test(name) && !/cookie|auth|key/.test(name))
      kept[name] = Redaction.redact(String(headers[name])).slice(0, 200)
  }
  if (!Object.keys(kept).some((name) => counted.test(name))) delete kept["date"]
  return kept
}

/** The body as it stands in the line. */
const bodyOf = (input: Input, parsed: Json.Json | undefined): string => {
  const network = input.transport === "network" && input.code !== undefined
  if (network) return JSON.stringify({ message: Redaction.redact(input.body), code: Redaction.identifier(input.code) })
  if (typeof parsed !== "object" || parsed === null)
    return JSON.stringify(Redaction.scrub(input.body.slice(0, maxBody)))
  const text = JSON.stringify(redacted(parsed, 0))
  return text.length <= maxBody ? text : JSON.stringify(text.slice(0, maxBody))
}

/** Fields whose value is a secret or somebody's words, whatever it looks like. */
const withheld =
  /^(?:.*(?:api[-_]?key|token|secret|password|cookie|authorization|credential|signature)|prompt|input|inputs|content|messages|instructions|failed_generation|flagged_input|arguments|user|email)$/i

const redacted = (value: Json.Json, depth: number): Json.Json => {
  if (typeof value === "string") return Redaction.redact(value)
  if (typeof value !== "object" || value === null) return value
  if (depth >= maxDepth) return Redaction.mark
  if (Array.isArray(value)) return value.slice(0, 50).map((item: Json.Json) => redacted(item, depth + 1))
  const out: Record<string, Json.Json> = {}
  for (const [key, item] of Object.entries(value as Json.JsonObject).slice(0, 60)) {
    const name = Redaction.redact(key).slice(0, 80)
    out[name] = typeof item === "string" && withheld.test(key) ? Redaction.mark : redacted(item ?? null, depth + 1)
  }
  return out
}

/** A short name for a text (FNV-1a, 32 bits): enough to tell exported lines apart. */
const digest = (text: string): string => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, "0")
}

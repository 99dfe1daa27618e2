/**
 * Takes out of a failure what the provider only repeats: the key it was shown, the headers of the configuration, and what the caller
 * wrote. `domain/Redaction.ts` knows secrets by their shape; this knows them by having sent them.
 *
 * Runs where an attempt has failed, after the answer was read: what it means does not depend on it.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Call } from "../domain/Call.ts"
import * as Json from "../domain/Json.ts"
import type { Reason } from "../domain/Reason.ts"
import { mark } from "../domain/Redaction.ts"
import type { Embeddings, Request } from "../domain/Request.ts"
import { Pieces } from "./Pieces.ts"
import type { Input } from "./Provider.ts"
import * as Proxy from "./Proxy.ts"

/** What an attempt sent. @stability experimental @category models @since 0.1.0 */
export interface Sent {
  /** Taken out wherever they stand, in a piece of 16 characters or more, and where a text was cut in the middle of one. */
  readonly secrets: ReadonlyArray<string>
  /** How messages and dumps of requests write them, the longest first. */
  readonly written: ReadonlyArray<string>
  readonly spoken: Spoken
}

/** What the caller wrote, as one text and one set: a conversation may hold tens of thousands of pieces, and an answer a hundred texts. */
export interface Spoken {
  /** All that is long, line by line; taken out where 16 characters of it or more are repeated. */
  readonly long: string
  readonly pieces: Pieces | undefined
  /** What is shorter; taken out where it is repeated whole. */
  readonly short: ReadonlySet<string>
  /** What of it a text may hold. */
  readonly shortPieces: Pieces | undefined
}

/** A shorter secret would take words out that say something. */
const shortestSecret = 6
/** Headers of the configuration are mostly plain words (`research`). */
const shortestHeader = 12
const shortestSpoken = 8
const shortestPiece = 16
/** How much of what the caller wrote is compared, in characters. */
const comparedSpoken = 256 * 1024
const comparedEnd = 32 * 1024

/**
 * What this attempt sends.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const sent = (
  { call, credential, request }: Pick<Input, "call" | "credential" | "request">,
  headers: Readonly<Record<string, string>>,
  proxy?: Proxy.Proxy
): Sent => {
  const key = credential.secret === undefined ? "" : Redacted.value(credential.secret)
  const logins = proxy === undefined ? [] : Proxy.secrets(proxy)
  // An AWS credential is several secrets in one.
  const keys = [key, ...key.split(":"), ...logins].filter((secret) => secret.length >= shortestSecret)
  const own = Object.values(headers).filter((value) => value.length >= shortestHeader)
  const all = [...new Set([...keys, ...own])]
  const secrets = [...new Set(all.flatMap((secret) => [secret, encodeURIComponent(secret)]))].sort(longestFirst)
  return {
    secrets,
    written: [...secrets, ...all.flatMap(encoded)].sort(longestFirst),
    spoken: spokenIn(call.wire?.body ?? request ?? Result.getOrUndefined(asked(call)))
  }
}

const longestFirst = (one: string, other: string): number => other.length - one.length

/** As Base64, without the padding that depends on what follows, and as hexadecimal digits. */
const encoded = (secret: string): ReadonlyArray<string> => {
  const bytes = Buffer.from(secret)
  return [bytes.toString("base64url"), bytes.toString("base64").replace(/=+$/, ""), bytes.toString("hex")]
}

/** In capitals and small letters alike, but for short ones: a key that nobody looks at may be a word (`ollama`). */
const withoutWritten = (text: string, written: ReadonlyArray<string>): string =>
  replaced(replaced(text, written.filter(isLong), "gi"), written.filter(isShort), "g")

const isLong = (text: string): boolean => text.length >= shortestHeader
const isShort = (text: string): boolean => text.length < shortestHeader

/** Mostly none of them stands there, and to make an expression takes longer than all the rest. */
const replaced = (text: string, written: ReadonlyArray<string>, flags: string): string => {
  const small = text.toLowerCase()
  const mayStand = (one: string): boolean =>
    one.length <= text.length && (small.includes(one.toLowerCase()) || !ascii.test(one))
  if (!written.some(mayStand)) return text
  return text.replace(new RegExp(written.map((one) => one.replace(special, "\\$&")).join("|"), flags), mark)
}

/** Of other letters, capitals are not told by their small ones. */
const ascii = /^[\0-\x7f]*$/

/** What means something in a regular expression. */
const special = /[\\^$.*+?()[\]{}|]/g

/** What a program asked for, which has no bytes of its own. */
const asked = (call: Call): Result.Result<Request | Embeddings, Reason> => call.embeddings?.() ?? call.request()

/** The reason without what was sent; the same object where nothing of it is there. @stability experimental @category combinators @since 0.1.0 */
export const without = <R extends Reason>(reason: R, sent: Sent): R => {
  const changed: Record<string, string> = {}
  for (const [field, value] of Object.entries(reason)) {
    if (ourWords.has(field) || typeof value !== "string") continue
    const clean = field === "fixture" ? JSON.stringify(masked(Json.parse(value), sent)) : mask(value, sent)
    if (clean !== value) changed[field] = clean
  }
  if (Object.keys(changed).length === 0) return reason
  const copy: R = Object.create(Object.getPrototypeOf(reason))
  return Object.assign(copy, reason, changed)
}

/** Fields in which a reason says one of our own words, whatever the provider's were. */
const ourWords = new Set(["_tag", "fault", "limited", "phase"])

/** The text without what was sent. @stability experimental @category combinators @since 0.1.0 */
export const mask = (text: string, { secrets, spoken, written }: Sent): string => {
  let out = withoutWritten(text, written)
  for (const secret of secrets) out = withoutSpoken(withoutCut(out, secret), secret)
  return withoutSpoken(withoutShort(out, spoken), spoken.long, spoken.pieces)
}

/** A value with each of its texts masked: written as JSON, a line end within a prompt would hide the rest of it. */
const masked = (value: Json.Json | undefined, sent: Sent): Json.Json => {
  if (typeof value === "string") return mask(value, sent)
  if (typeof value !== "object" || value === null) return value ?? null
  if (Array.isArray(value)) return value.map((item: Json.Json) => masked(item, sent))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [mask(key, sent), masked(item, sent)]))
}

/** A text that was shortened may end in the beginning of a secret. */
const withoutCut = (text: string, secret: string): string => {
  const end = text.endsWith("...") ? text.length - 3 : text.length
  const begins = secret.slice(0, shortestSecret)
  for (
    let at = text.indexOf(begins, end - secret.length + 1);
    at >= 0 && at <= end - shortestSecret;
    at = text.indexOf(begins, at + 1)
  )
    if (secret.startsWith(text.slice(at, end))) return text.slice(0, at) + mark + text.slice(end)
  return text
}

const withoutShort = (text: string, { short, shortPieces }: Spoken): string => {
  if (shortPieces === undefined) return text
  let out = text
  for (let at = 0; at + shortestSpoken <= out.length; at++) {
    if (!shortPieces.mayHold(out, at)) continue
    let length = Math.min(shortestPiece - 1, out.length - at)
    while (length >= shortestSpoken && !short.has(out.slice(at, at + length))) length--
    if (length < shortestSpoken) continue
    out = out.slice(0, at) + mark + out.slice(at + length)
    at += mark.length - 1
  }
  return out
}

const withoutSpoken = (text: string, spoken: string, pieces?: Pieces): string => {
  let out = text
  for (let at = 0; at + 8 <= out.length;) {
    const found = pieces?.mayHold(out, at) === false ? undefined : pieceAt(out, at, spoken)
    if (found === undefined) at += 8
    else {
      out = out.slice(0, found.start) + mark + out.slice(found.end)
      at = found.start + mark.length
    }
  }
  return out
}

/** Where 8 characters are looked for the rest of a piece: some, such as blanks, stand everywhere. */
const mostPlaces = 256

/** The longest piece of what was spoken that holds the 8 characters at this place: every piece of 16 holds 8 that begin at a multiple of 8. */
const pieceAt = (text: string, at: number, spoken: string) => {
  const seed = text.slice(at, at + 8)
  let longest: { readonly start: number; readonly end: number } | undefined
  let place = spoken.indexOf(seed)
  for (let tries = 0; place >= 0 && tries < mostPlaces; tries++) {
    let before = 0
    while (before < at && before < place && text[at - before - 1] === spoken[place - before - 1]) before++
    let length = 8
    while (at + length < text.length && text[at + length] === spoken[place + length]) length++
    if (before + length >= Math.max(shortestPiece, longest === undefined ? 0 : longest.end - longest.start + 1))
      longest = { start: at - before, end: at + length }
    place = spoken.indexOf(seed, place + 1)
  }
  return longest
}

/** Fields of every dialect that hold what people or their programs wrote. */
const fields = new Set([
  "arguments",
  "content",
  "contents",
  "data",
  "input",
  "instructions",
  "output",
  "prompt",
  "reasoning_content",
  "response",
  "system",
  "text",
  "thinking",
  "url",
  "uri"
])

const spokenIn = (body: unknown): Spoken => {
  const long: Array<string> = []
  const short = new Set<string>()
  let left = comparedSpoken
  const walk = (value: unknown, isSpoken: boolean, levels: number): void => {
    if (left <= 0 || levels === 0) return
    if (typeof value === "string") {
      if (!isSpoken || value.length < shortestSpoken) return
      const compared =
        value.length <= 2 * comparedEnd ? value : `${value.slice(0, comparedEnd)}\n${value.slice(-comparedEnd)}`
      left -= compared.length
      if (compared.length < shortestPiece) short.add(compared)
      else long.push(compared)
    } else if (Array.isArray(value)) for (const one of value) walk(one, isSpoken, levels - 1)
    else for (const [key, one] of Object.entries(Json.object(value) ?? {})) walk(one, fields.has(key), levels - 1)
  }
  walk(body, false, 64)
  const all = long.join("\n")
  return {
    long: all,
    pieces: all.length < worthPieces ? undefined : new Pieces(all),
    short,
    shortPieces: short.size === 0 ? undefined : new Pieces([...short].join("\n"))
  }
}

/** In characters: a shorter text is as quickly searched. */
const worthPieces = 4096

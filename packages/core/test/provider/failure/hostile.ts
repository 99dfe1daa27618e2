/**
 * Answers that nobody would write: random bytes, deep and huge JSON, wrong types, odd Unicode, recorded answers that were cut and
 * stirred. The same seed gives the same answers.
 */
import type { Input } from "../../../src/provider/failure/Evidence.ts"
import { protocolIds } from "../../../src/domain/Dialect.ts"
import { load, toInput } from "./score.ts"

/** A stream of chance in [0, 1): mulberry32. */
export const chanceOf = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Chance = () => number

const pick = <A>(chance: Chance, from: ReadonlyArray<A>): A => from[Math.floor(chance() * from.length)]!

const odd = [
  "\u0000",
  "\ud800",
  "\udfff\ud83d",
  "\u202e",
  "\ufeff",
  "é😀",
  "限流",
  "\u2028",
  "a\u0301",
  "`",
  '"',
  "\\",
  "\r\n",
  "{{[[",
  "]]}}",
  "%00",
  "<!doctype html>",
  "data: ",
  "event: error\n",
  "\\u0000",
  "''''",
  "(1234)",
  "limit: 0",
  "try again in 9".repeat(3),
  "*".repeat(50),
  "((((((((",
  "token ".repeat(30)
]
const keys =
  "error message code type status details retryDelay retry_after param loc __proto__ constructor toString base_resp status_code metadata raw errors msg limit n_ctx quotaId a".split(
    " "
  )
const numbers = [0, -0, -1, 1e308, 1e-308, 429, 599, 2 ** 53, 4.29e2, 99_999_999_999]

const bytes = (chance: Chance, length: number): string => {
  let out = ""
  while (out.length < length)
    out +=
      chance() < 0.05 ? pick(chance, odd) : String.fromCharCode(Math.floor(chance() * (chance() < 0.8 ? 128 : 65_536)))
  return out
}

const value = (chance: Chance, depth: number): unknown => {
  const kind = chance()
  if (depth <= 0 || kind < 0.3) return chance() < 0.5 ? bytes(chance, Math.floor(chance() * 60)) : pick(chance, numbers)
  if (kind < 0.4) return pick(chance, [null, true, false, "", [], {}])
  const size = Math.floor(chance() * 6)
  if (kind < 0.6) return Array.from({ length: size }, () => value(chance, depth - 1))
  return Object.fromEntries(Array.from({ length: size }, () => [pick(chance, keys), value(chance, depth - 1)]))
}

const deep = (chance: Chance): string => {
  const depth = Math.floor(chance() * 4000)
  const [open, close] = pick(chance, [
    ["[", "]"],
    ['{"error":', "}"],
    ['{"message":"', '"}']
  ] as const)
  return `${open.repeat(depth)}1${chance() < 0.5 ? close.repeat(depth) : ""}`
}

const recorded = [...load("errors"), ...load("found")].map((fixture) => toInput(fixture).body)

/** A recorded answer with pieces cut out, doubled and replaced. */
const stirred = (chance: Chance): string => {
  let text = pick(chance, recorded)
  for (let times = Math.floor(chance() * 5); times > 0; times--) {
    const from = Math.floor(chance() * text.length)
    const to = from + Math.floor(chance() * 40)
    text = text.slice(0, from) + pick(chance, ["", text.slice(from, to).repeat(2), pick(chance, odd)]) + text.slice(to)
  }
  return text
}

/** The kinds of bodies. */
export const bodies: ReadonlyArray<(chance: Chance) => string> = [
  (chance) => bytes(chance, Math.floor(chance() * 4000)),
  (chance) => JSON.stringify(value(chance, 6)) ?? "",
  (chance) => JSON.stringify({ error: { message: JSON.stringify(value(chance, 4)) } }),
  deep,
  stirred,
  stirred,
  (chance) => `data: ${JSON.stringify(value(chance, 3))}\n\n${stirred(chance)}`,
  (chance) => `<html><title>${bytes(chance, 300)}</title>${"<p ".repeat(Math.floor(chance() * 2000))}`
]

const headerNames =
  "retry-after retry-after-ms date x-ratelimit-reset-requests x-ratelimit-remaining-requests ratelimit x-amzn-errortype x-codex-primary-used-percent __proto__ x-request-id".split(
    " "
  )
const headerValues = ["0", "-1", "", "1e9", "NaN", "Sat, 99 Foo 2026", "6m0s", "r=0;t=x", "9".repeat(400), "100"]

/** One answer of this chance. */
export const input = (chance: Chance): Input => ({
  provider: "p",
  family: pick(chance, ["openai", "gemini", "bedrock", "zai", "minimax", "groq", "", "somebody", "__proto__"]),
  protocol: pick(chance, protocolIds),
  transport: pick(chance, ["http", "http", "stream", "network"]),
  status: pick(chance, [undefined, 200, 400, 401, 403, 404, 413, 418, 429, 500, 503, 529, 0, -1, Number.NaN, 1e9]),
  headers: Object.fromEntries(
    Array.from({ length: Math.floor(chance() * 4) }, () => [
      pick(chance, headerNames),
      chance() < 0.7 ? pick(chance, headerValues) : bytes(chance, 20)
    ])
  ),
  body: pick(chance, bodies)(chance),
  code: pick(chance, [undefined, undefined, "ECONNRESET", "\u0000"]),
  now: pick(chance, [0, Date.UTC(2026, 7, 1), 8.64e15, Number.NaN])
})

/** A body of 2 KB: the kind that is neither cut nor short. */
export const twoKilobytes = (chance: Chance): Input => {
  let body = pick(chance, bodies)(chance)
  while (body.length < 2048) body += pick(chance, bodies)(chance)
  return { ...input(chance), body: body.slice(0, 2048) }
}

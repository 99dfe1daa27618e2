/**
 * Bodies of 2 KB that nobody would write, by kind, and how long the classifier takes for one. Printed by `npm run classify-report`;
 * held to a limit by the long form of the fuzz test, since the machine of a short one is busy with other tests.
 */
import * as Json from "../../../src/domain/Json.ts"
import * as Failure from "../../../src/provider/Failure.ts"
import { bodies, chanceOf, input } from "./hostile.ts"

const size = 2048

type Chance = () => number

const below = (chance: Chance, end: number): number => Math.floor(chance() * end)

const filled = (piece: () => string): string => {
  let out = ""
  while (out.length < size) out += piece()
  return out.slice(0, size)
}

const nested = (open: string, close: string): string => {
  const depth = Math.floor(size / (open.length + close.length))
  return open.repeat(depth) + close.repeat(depth)
}

const odd = ["\u202e", "a\u0301", "😀", "\ufeff", "\u2028", "\u0000", "é", "限流", "\ud800", " ", "\u200d"]
const names = ["error", "message", "code", "type", "status", "details", "param", "errors", "metadata", "x"]
const scalars = [1e308, -1, null, true, "x", "429", 1e21, "é😀", 0.1, 599]

const wrong = (chance: Chance, depth: number): unknown => {
  const kind = chance()
  if (depth === 0 || kind < 0.4) return scalars[below(chance, scalars.length)]
  const size = below(chance, 6)
  if (kind < 0.7) return Array.from({ length: size }, () => wrong(chance, depth - 1))
  return Object.fromEntries(
    Array.from({ length: size }, () => [names[below(chance, names.length)], wrong(chance, depth - 1)])
  )
}

const wrongTypes = (chance: Chance): string => {
  const all: Array<unknown> = []
  for (let left = size; left > 40;) {
    const value = wrong(chance, 5)
    const { length } = JSON.stringify(value)
    if (length >= left) continue
    left -= length + 1
    all.push(value)
  }
  return JSON.stringify({ error: all })
}

const kinds: Readonly<Record<string, (chance: Chance) => string>> = {
  "random ASCII": (chance) => filled(() => String.fromCharCode(32 + below(chance, 95))),
  "random Latin-1": (chance) => filled(() => String.fromCharCode(below(chance, 256))),
  "random bytes as UTF-8": (chance) =>
    new TextDecoder().decode(Uint8Array.from({ length: size }, () => below(chance, 256))),
  "random Unicode": (chance) => filled(() => String.fromCharCode(below(chance, 65_536))),
  "odd Unicode": (chance) => filled(() => odd[below(chance, odd.length)]!),
  "odd Unicode in JSON": (chance) =>
    JSON.stringify({ error: { message: filled(() => odd[below(chance, odd.length)]!).slice(0, 1000) } }),
  "lists, never closed": () => "[".repeat(size),
  "deep lists": () => nested("[", "]"),
  "deep objects, never closed": () => '{"error":'.repeat(size / 9),
  "deep objects": () => nested('{"error":', "}").replace(":}", ":1}"),
  "huge numbers": () => `{"error":{"code":${"9".repeat(size - 40)},"message":"m"}}`,
  "many numbers": (chance) => `{"error":[${filled(() => `1e${below(chance, 400)},`).slice(0, size - 30)}1]}`,
  "wrong types": wrongTypes,
  "wrong types, cut": (chance) => wrongTypes(chance).slice(0, -3)
}

const mixed = (chance: Chance): string => {
  let body = ""
  while (body.length < size) body += bodies[below(chance, bodies.length)]!(chance)
  return body.slice(0, size)
}

/** How long one kind takes, in microseconds. */
export interface Timed {
  readonly kind: string
  readonly median: number
  readonly p99: number
}

const all: Readonly<Record<string, (chance: Chance) => string>> = {
  ...kinds,
  "any of the fuzz test's, in a row": mixed
}

/** The body as it comes off the wire, in one piece: one that was put together by pieces is joined by whoever reads it first. */
export const inOnePiece = (input: Failure.Input): Failure.Input => ({
  ...input,
  body: Json.string(Json.parse(JSON.stringify(input.body))) ?? ""
})

/** The name under which the times of all kinds stand together. */
export const together = "all of these"

/** Each kind, of any status and with any headers, read once after a warm-up; last, all kinds together. */
export const timed = (count: number): ReadonlyArray<Timed> => {
  const chance = chanceOf(1)
  const inputs = Object.entries(all).map(([kind, bodyOf]) => ({
    kind,
    each: Array.from({ length: count }, () => inOnePiece({ ...input(chance), body: bodyOf(chance) }))
  }))
  for (const { each } of inputs) for (const one of each.slice(0, 300)) Failure.classify(one)
  const times = inputs.map(({ each, kind }) => ({ kind, each: each.map(timeOf) }))
  return [...times, { kind: together, each: times.flatMap(({ each }) => each) }].map(summed)
}

const summed = ({ each, kind }: { readonly kind: string; readonly each: ReadonlyArray<number> }): Timed => {
  const sorted = each.toSorted((a, b) => a - b)
  return { kind, median: sorted[sorted.length >> 1]!, p99: sorted[Math.floor(sorted.length * 0.99)]! }
}

const timeOf = (one: Failure.Input): number => {
  const start = performance.now()
  Failure.classify(one)
  return (performance.now() - start) * 1000
}

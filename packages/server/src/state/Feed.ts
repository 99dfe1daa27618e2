/**
 * What processes tell each other, in order: a stream in Redis of some thousand entries. A process that starts reads all of it; one that
 * was cut off goes on where it stopped, and tells what it could not.
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { type Away, type Connection, type Direct } from "./Connection.ts"
import { within } from "./Deadline.ts"
import * as Keys from "./Keys.ts"
import type { Line } from "./Line.ts"

/** About how many entries are kept, and how many are remembered while Redis is away. */
const kept = "10000"
const remembered = 1_000

/** How long one look waits for news, and how long its answer may take; milliseconds. */
const blockMs = 5_000
const patienceMs = 15_000
const pauseMs = 200

/** @stability experimental @category models @since 0.1.0 */
export interface Feed {
  /** Tells all others, soon. */
  readonly tell: (text: string) => void
}

/** Hears everything that is told, its own words too. @stability experimental @category constructors @since 0.1.0 */
export const make = Effect.fnUntraced(function* (
  connection: Pick<Connection, "send" | "onReturn" | "blocking">,
  hear: (text: string) => void
): Effect.fn.Return<Feed, never, Scope.Scope> {
  const news = yield* Queue.sliding<string>(remembered)
  let unsaid: string | undefined
  const say = (direct: Pick<Direct, "send">, text: string) =>
    direct.send("XADD", Keys.health, "MAXLEN", "~", kept, "*", "e", text)
  yield* Effect.gen(function* () {
    unsaid ??= yield* Queue.take(news)
    yield* say(connection, unsaid)
    unsaid = undefined
  }).pipe(
    Effect.catch(() => Effect.sleep(pauseMs)),
    Effect.forever,
    Effect.forkScoped
  )
  const reader = makeReader(hear)
  connection.onReturn((direct) => reader.catchUp((...args) => direct.send(...args)))
  const line = yield* connection.blocking
  yield* Effect.forkScoped(Effect.forever(reader.follow(line)))
  return { tell: (text) => void Queue.offerUnsafe(news, text) }
})

const makeReader = (hear: (text: string) => void) => {
  let last = "0-0"
  const take = (answer: unknown): number => {
    const entries = entriesOf(answer)
    for (const [id, text] of entries) {
      // The same entry may come by both ways.
      if (!isAfter(id, last)) continue
      last = id
      hear(text)
    }
    return entries.length
  }
  const catchUp = (send: Direct["send"]): Effect.Effect<void, Away> =>
    Effect.flatMap(
      // The last one comes again: a range without its first is Redis 6.2's.
      Effect.suspend(() => send("XRANGE", Keys.health, last, "+", "COUNT", "1000")),
      (answer) => (take(answer) < 1_000 ? Effect.void : catchUp(send))
    )
  const follow = (line: Line): Effect.Effect<void> =>
    within(
      () => line.send(["XREAD", "COUNT", "1000", "BLOCK", String(blockMs), "STREAMS", Keys.health, last]),
      patienceMs,
      () => undefined,
      () => undefined
    ).pipe(
      Effect.map((answer) => void take(streamOf(answer))),
      Effect.catch(() => Effect.andThen(Effect.sleep(pauseMs), line.renew))
    )
  return { catchUp, follow }
}

/** XREAD answers `[[stream, entries]]`, or null after a while without news. */
const streamOf = (answer: unknown): unknown => {
  const stream: unknown = Array.isArray(answer) ? answer[0] : undefined
  return Array.isArray(stream) ? stream[1] : undefined
}

/** `[id, [field, value]]`, of which there is one field. */
const entriesOf = (answer: unknown): ReadonlyArray<readonly [id: string, text: string]> => {
  if (!Array.isArray(answer)) return []
  return answer.flatMap((entry: unknown) => {
    const [id, fields]: ReadonlyArray<unknown> = Array.isArray(entry) ? entry : []
    const text: unknown = Array.isArray(fields) ? fields[1] : undefined
    return typeof id === "string" && typeof text === "string" ? [[id, text] as const] : []
  })
}

/** Ids are `milliseconds-number`. */
const isAfter = (id: string, other: string): boolean => {
  const [ms = 0, number = 0] = id.split("-").map(Number)
  const [otherMs = 0, otherNumber = 0] = other.split("-").map(Number)
  return ms > otherMs || (ms === otherMs && number > otherNumber)
}

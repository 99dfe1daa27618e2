/**
 * What an application tells of itself (`POST /v1/events`): one event or a list, checked and put into the ledger beside the calls of its run.
 *
 * An event has a `type` (`run:start`, `run:update`, `step:start`, `step:end`, `step:error`, `step:state`, or any other), the
 * names that calls carry as metadata (`run`, `step`, `workflow`, …), further plain fields, `data` (an object) and `time`. An `id`
 * of the application's own makes telling it twice harmless. Nothing is kept of a list that has an error.
 */
import * as CallId from "@orelse/core/domain/CallId"
import * as Json from "@orelse/core/domain/Json"
import * as Moment from "@orelse/core/domain/Moment"
import { type AppEvent, Ledger } from "@orelse/core/layer/Ledger"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { createHash } from "node:crypto"
import * as Control from "../callers/Control.ts"
import * as Unkeyed from "../callers/Unkeyed.ts"

/** Why a body is not taken: where, what was found, what is expected. @stability stable @category errors @since 0.1.0 */
export class EventsRejected extends Data.TaggedError("EventsRejected")<{
  /** `[2].time`; empty for the body as a whole. */
  readonly param: string
  readonly message: string
}> {}

/** @stability stable @category models @since 0.1.0 */
export interface Context {
  /** Epoch milliseconds, for events that say no time. */
  readonly now: number
  readonly newId: () => string
}

/** Events of one body at most. @stability stable @category constants @since 0.1.0 */
export const maxEvents = 1_000

/**
 * The events of a body that was parsed as JSON.
 *
 * @stability stable
 * @category conversions
 * @since 0.1.0
 */
export const decode = (
  body: Json.Json | undefined,
  context: Context
): Result.Result<ReadonlyArray<AppEvent>, EventsRejected> => {
  if (body === undefined)
    return rejected("", 'this is not JSON; send { "type": "step:start", "run": "…" } or a list of such events')
  if (Json.isDeeper(body, maxDepth)) return rejected("", `nested deeper than ${maxDepth} levels; send flatter data`)
  if (!Array.isArray(body)) return Result.map(one(body, "", context), (event) => [event])
  if (body.length > maxEvents)
    return rejected("", `${body.length} events in one body; send at most ${maxEvents} at a time`)
  const events: Array<AppEvent> = []
  for (const [index, item] of Json.array(body).entries()) {
    const event = one(item, `[${index}]`, context)
    if (Result.isFailure(event)) return Result.fail(event.failure)
    events.push(event.success)
  }
  return Result.succeed(events)
}

/**
 * Decodes a body and appends its events, without keys ; answers how many. With `durability: strict` they are committed then.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const record = Effect.fn("Events.record")(function* (
  body: Json.Json | undefined,
  keys = Unkeyed.noKeys
): Effect.fn.Return<number, EventsRejected, Ledger> {
  const ledger = yield* Ledger
  const now = yield* Clock.currentTimeMillis
  const events = yield* Effect.fromResult(decode(body, { now, newId: () => CallId.make(now) }))
  const kept = events.map((event) => unkeyed(event, keys))
  yield* Effect.forEach(kept, ledger.append, { discard: true, concurrency: "unbounded" })
  return events.length
})

const unkeyed = (event: AppEvent, keys: Unkeyed.Keys): AppEvent => ({
  ...event,
  id: idOf(event.id, keys),
  type: Unkeyed.text(event.type, keys),
  metadata: Unkeyed.json(event.metadata, keys),
  ...(event.data === undefined ? {} : { data: Unkeyed.json(event.data, keys) })
})

/** What is left of an id must still tell it from others: a second event of the same id is not kept. */
const idOf = (id: string, keys: Unkeyed.Keys): string => {
  const kept = Unkeyed.text(id, keys)
  return kept === id ? id : `${kept}-${createHash("sha256").update(id).digest("hex").slice(0, 16)}`
}

/** Levels of objects and lists in a body. */
const maxDepth = 64

const own = new Set(["id", "type", "time", "data", "metadata"])

const one = (value: Json.Json | undefined, at: string, context: Context): Result.Result<AppEvent, EventsRejected> => {
  const object = Json.object(value)
  if (object === undefined)
    return rejected(at, `${show(value)} is no event; send { "type": "step:start", "run": "…" } or a list`)
  const { data, id, time, type } = object
  if (!isName(type, 100))
    return rejected(
      `${at}.type`,
      `${show(type)} is no type; expected a text of 1 to 100 characters, such as "run:start", without control characters`
    )
  if (id !== undefined && !isName(id, 200))
    return rejected(
      `${at}.id`,
      `${show(id)} is no id; expected a text of 1 to 200 characters without control characters, or none`
    )
  const happened = time === undefined ? context.now : toMillis(time)
  if (happened === undefined)
    return rejected(`${at}.time`, `${show(time)} is no time; expected an ISO 8601 text or epoch milliseconds`)
  if (data !== undefined && data !== null && Json.object(data) === undefined)
    return rejected(`${at}.data`, `${show(data)} is no object; expected { … }, or nothing`)
  return Result.map(metadataOf(object, at), (metadata) => ({
    _tag: "AppEvent" as const,
    id: id ?? context.newId(),
    at: happened,
    type,
    metadata,
    ...Json.compact({ data: Json.object(data) })
  }))
}

const isName = (value: Json.Json | undefined, longest: number): value is string =>
  typeof value === "string" && value !== "" && value.length <= longest && !Control.isIn(value)

/** All plain fields that are not the event's own, and those within `metadata`. */
const metadataOf = (object: Json.JsonObject, at: string): Result.Result<AppEvent["metadata"], EventsRejected> => {
  const metadata: Record<string, string | number | boolean | null> = {}
  const inner = object["metadata"] === undefined ? {} : Json.object(object["metadata"])
  if (inner === undefined) return rejected(`${at}.metadata`, `${show(object["metadata"])} is no object of plain fields`)
  for (const [key, value] of [...Object.entries(object).filter(([key]) => !own.has(key)), ...Object.entries(inner)]) {
    if (value === undefined) continue
    if (typeof value === "object" && value !== null)
      return rejected(`${at}.${key}`, `${show(value)} is not plain; put objects and lists into "data"`)
    metadata[key] = value
  }
  return Result.succeed(metadata)
}

/** The last moment that a date can say: what is later is microseconds, or a mistake, and no database's number. */
const lastTime = 8.64e15

const toMillis = (time: Json.Json): number | undefined => {
  const millis = typeof time === "string" ? Moment.read(time) : time
  return typeof millis === "number" && millis >= 0 && millis <= lastTime ? Math.round(millis) : undefined
}

const rejected = (param: string, message: string) =>
  Result.fail(new EventsRejected({ param: param.replace(/^\./, ""), message: `events${param}: ${message}` }))

/** What was found, shortened. */
const show = (value: Json.Json | undefined): string =>
  value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60)

/**
 * Making and revoking keys: what `orelse keys` does to the keys file.
 *
 * It knows callers by name only. One that the configuration has keeps its rights there; any other gets its rights with its key.
 */
import { Limits } from "@orelse/core/layer/config/schema/Provider"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Keys from "./Keys.ts"
import * as KeysFile from "./KeysFile.ts"
import * as Rights from "./Rights.ts"

/** Rights as people write them: `60/min`, `50/day`; `none` lifts one, and so does `*` among the routes. @stability experimental @category models @since 0.1.0 */
export interface Written {
  readonly routes?: ReadonlyArray<string> | undefined
  readonly requests?: string | undefined
  readonly tokens?: string | undefined
  readonly concurrency?: string | undefined
  /** USD a period: `50/day`. */
  readonly budget?: string | undefined
}

/** What stands for no restriction, among limits and among routes. */
const lifts = { limit: "none", route: "*" } as const

/** How each is written, where it is checked. */
const rate = "a rate such as 60/min, 10/s, 1000/h or 5000/day"
const fields = {
  requests: { schema: Limits.fields.requests, expected: rate },
  tokens: { schema: Limits.fields.tokens, expected: rate },
  concurrency: { schema: Limits.fields.concurrency, expected: "a whole number of at least 1" }
} as const

/** The first of them that is not written so. */
const misspelt = (limits: Readonly<Record<string, unknown>>): string | undefined => {
  for (const [name, { expected, schema }] of Object.entries(fields)) {
    const value = limits[name]
    if (value === undefined) continue
    if (Result.isFailure(Schema.decodeUnknownResult(schema)(value)))
      return `${name} must be ${expected}, got ${JSON.stringify(value)}`
  }
  return undefined
}

/** The rights of a caller as they are written, or what is wrong with them. @stability experimental @category constructors @since 0.1.0 */
export const rights = (name: string, written: Written): Result.Result<Rights.Said, string> => {
  const lifted = Rights.order.filter((right) =>
    right === "routes" ? written.routes?.includes(lifts.route) : written[right] === lifts.limit
  )
  const isSaid = ([right]: readonly [string, unknown]) => !lifted.some((one) => one === right)
  const { budget, concurrency, requests, routes, tokens }: Written = Object.fromEntries(
    Object.entries(written).filter(isSaid)
  )
  const money = budget === undefined ? undefined : /^(\d+(?:\.\d+)?)\/(hour|day|month)$/.exec(budget)
  if (money === null)
    return Result.fail(`budget must be USD a period such as 50/day, 2.5/hour or 900/month, got "${budget}"`)
  const limits = defined({ requests, tokens, concurrency })
  const wrong = misspelt(limits)
  if (wrong !== undefined) return Result.fail(wrong)
  const entry = defined({
    name,
    routes,
    limits: Object.keys(limits).length === 0 ? undefined : limits,
    budget: money === undefined ? undefined : { usd: Number(money[1]), per: money[2] }
  })
  return Result.mapBoth(Schema.decodeUnknownResult(KeysFile.Rights)(entry), {
    onSuccess: (said) => ({ rights: said, lifted }),
    onFailure: (issue) => issue.message
  })
}

const defined = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** A key that was made. @stability experimental @category models @since 0.1.0 */
export interface Issued {
  readonly id: string
  readonly caller: string
  /** Shown once. */
  readonly key: string
  /** Whether the file had none before. */
  readonly isFirst: boolean
  /** How many keys of this caller were in force already. */
  readonly others: number
  /** What became different for those; nothing where there are none. */
  readonly changes: ReadonlyArray<Rights.Change>
}

/**
 * Makes a key for a caller. `own` are its rights where the configuration does not have it: each that they name takes the place of the one that the
 * file has, and each that they lift is gone, for all keys of the caller; the others stay. `show` comes before the key is kept: one that nobody saw is never in force.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const issue = <E = never>(
  path: string,
  caller: string,
  own: Rights.Said | undefined,
  show: (issued: Issued) => Effect.Effect<void, E> = () => Effect.void
): Effect.Effect<Issued, E | KeysFile.KeysFileError> =>
  KeysFile.update(path, (kept) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const { begins, hash, id, key } = Keys.make()
      const made = { id, caller, hash, begins, createdAt: new Date(now).toISOString() }
      const known = kept.callers.find(({ name }) => name === caller)
      const rights = own === undefined ? undefined : Rights.merge(known, own)
      const callers =
        rights === undefined ? kept.callers : [...kept.callers.filter(({ name }) => name !== caller), rights]
      const others = kept.keys.filter((one) => one.caller === caller && one.revokedAt === undefined).length
      const changes = rights === undefined || others === 0 ? [] : Rights.changes(known, rights)
      const issued = { id, caller, key, isFirst: kept.keys.length === 0, others, changes }
      return Effect.as(show(issued), [{ callers, keys: [...kept.keys, made] }, issued] as const)
    })
  )

/**
 * Revokes the key of this id, or every key of the caller of this name; answers those that were in force.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const revoke = (
  path: string,
  idOrCaller: string
): Effect.Effect<ReadonlyArray<KeysFile.KeptKey>, KeysFile.KeysFileError> =>
  Effect.flatMap(KeysFile.read(path), (before) => {
    const isMeant = (key: KeysFile.KeptKey) =>
      key.revokedAt === undefined && (key.id === idOrCaller || key.caller === idOrCaller)
    if (!before.keys.some(isMeant)) return Effect.succeed([])
    return KeysFile.update(path, ({ callers, keys }) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const revokedAt = new Date(now).toISOString()
        const next = keys.map((key) => (isMeant(key) ? { ...key, revokedAt } : key))
        return [{ callers, keys: next }, keys.filter(isMeant)] as const
      })
    )
  })

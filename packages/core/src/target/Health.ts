/**
 * Which targets and credentials are left alone now, and until when: one table for all calls of the process.
 *
 * Looking is free (`verdict`); a half-open probe is taken by exactly one call (`begin`). How long a failure parks something is
 * `policy/Cooldown.ts`; whether a parked target is asked all the same, because it is the only one, is the runner's to decide.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { retryAfterOf, type Reason, type Tag } from "../domain/Reason.ts"
import * as Cooldown from "../policy/Cooldown.ts"
import * as CooldownTables from "../policy/CooldownTables.ts"
import * as Entry from "./health/Entry.ts"

/** @stability stable @category models @since 0.1.0 */
export interface Key {
  readonly provider: string
  readonly model: string
  readonly credential: string
}

/**
 * `until` is epoch milliseconds. `hard` until then the provider asked not to be called; else a probe may go earlier.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export type Verdict =
  | { readonly state: "healthy" }
  | { readonly state: "cooling"; readonly until: number; readonly hardUntil: number; readonly reason: Tag | undefined }
  /** The cooldown is over, and another call is probing. */
  | { readonly state: "probing"; readonly reason: Tag | undefined }

/** A row of the table, as shown to an operator. @stability stable @category models @since 0.1.0 */
export interface Row {
  readonly provider: string
  readonly model: string | undefined
  readonly credential: string | undefined
  readonly state: "healthy" | "cooling" | "half-open"
  readonly until: number | undefined
  readonly failures: number
  readonly lastReason: Tag | undefined
}

/** How a policy parks after a failure. @stability stable @category models @since 0.1.0 */
export interface Parking {
  readonly table: CooldownTables.TableName
  /** Whether the target was given up with this failure. */
  readonly givenUp: boolean
  /** Whether a wait that the provider asked for is kept. */
  readonly keepsRetryAfter: boolean
  /** When the attempt began; absent where that is not known. */
  readonly startedAt?: number | undefined
}

const usual: Parking = { table: "recommended", givenUp: true, keepsRetryAfter: true }

const healthy: Verdict = { state: "healthy" }

const none: ReadonlyArray<string> = []

const nothing: ReadonlyArray<Entry.Entry> = []

const ours = Effect.succeed(true)

/**
 * The table of cooldowns.
 *
 * @stability stable
 * @category services
 * @since 0.1.0
 */
export class Health extends Context.Service<
  Health,
  {
    readonly verdict: (key: Key, now: number) => Verdict
    /**
     * What of this has cooled down and has not answered since, by names that every process gives it: the next attempt is its probe.
     */
    readonly due: (key: Key, now: number) => ReadonlyArray<string>
    /** Whether the probe of what is `due` is ours: `false` where a call of another process has it. One process alone needs no leave. */
    readonly claim: (key: Key, now: number) => Effect.Effect<boolean>
    /**
     * Takes the half-open probe of whatever has just cooled down and no other call probes; what comes back gives it back, and is absent where
     * there was none to take.
     */
    readonly begin: (key: Key, now: number) => (() => void) | undefined
    /** Forgets what it disproves; `false` where nothing was known. */
    readonly success: (key: Key, startedAt: number) => boolean
    /** Counts a failure by the recommended table, or as a policy says. */
    readonly failure: (key: Key, reason: Reason, now: number, parking?: Parking) => void
    readonly rows: (now: number) => ReadonlyArray<Row>
    /** Forgets what is known of a target and its credentials; `false` where nothing was. */
    readonly reset: (provider: string, model: string) => boolean
  }
>()("@orelse/core/target/Health") {
  static readonly layerMemory = Layer.sync(Health, () => make())
}

const make = (): Health["Service"] => {
  const entries: Entries = new Map()
  return {
    verdict: (key, now) => verdictOf(known(entries, key), now),
    due: (key, now) => dueOf(entries, key, now),
    claim: () => ours,
    begin: (key) => probe(known(entries, key)),
    success: (key, startedAt) => succeed(entries, key, startedAt),
    failure: (key, reason, now, parking = usual) => fail(entries, key, reason, now, parking),
    rows: (now) => [...entries.values()].map((entry) => rowOf(entry, now)),
    reset: (provider, model) => forget(entries, provider, model)
  }
}

/** By what `idsOf` gives; in the order in which they were first heard of. */
type Entries = Map<string, Entry.Entry>

/** Targets and credentials that are remembered; a caller may invent models that fail. */
const capacity = 10_000

/** The target, the credential, and the credential for this model. */
const idsOf = (key: Key): [target: string, credential: string, credentialModel: string] => [
  `t\n${key.provider}\n${key.model}`,
  `c\n${key.provider}\n${key.credential}`,
  `m\n${key.provider}\n${key.credential}\n${key.model}`
]

/** What is known of a key: of its target, its credential, and both together. */
const known = (entries: Entries, key: Key): ReadonlyArray<Entry.Entry> =>
  entries.size === 0 ? nothing : idsOf(key).flatMap((id) => entries.get(id) ?? nothing)

/** What of a key a failure counts against. */
const entryFor = (entries: Entries, key: Key, scope: Cooldown.Scope, now: number): Entry.Entry | undefined => {
  if (scope === "none") return undefined
  const [target, credential, credentialModel] = idsOf(key)
  const id = scope === "target" ? target : scope === "credential" ? credential : credentialModel
  const found = entries.get(id)
  if (found !== undefined) return found
  if (entries.size >= capacity) forgetOne(entries, now)
  const entry = Entry.make(
    key.provider,
    scope === "credential" ? undefined : key.model,
    scope === "target" ? undefined : key.credential
  )
  entries.set(id, entry)
  return entry
}

/** One of the oldest that has cooled down, else the oldest. */
const forgetOne = (entries: Entries, now: number): void => {
  let oldest: string | undefined
  let looked = 0
  for (const [id, { until }] of entries) {
    oldest ??= id
    if (until <= now) return void entries.delete(id)
    if (++looked === 16) break
  }
  if (oldest !== undefined) entries.delete(oldest)
}

/** The longest cooldown of them, else a probe of another call. */
const verdictOf = (known: ReadonlyArray<Entry.Entry>, now: number): Verdict => {
  let verdict: Verdict = healthy
  let hardUntil = 0
  for (const entry of known) {
    Entry.setBack(entry, now)
    hardUntil = Math.max(hardUntil, entry.hardUntil)
    if (entry.until > now && (verdict.state !== "cooling" || verdict.until < entry.until)) {
      verdict = { state: "cooling", until: entry.until, hardUntil, reason: entry.lastReason }
    } else if (entry.probing && verdict.state === "healthy") verdict = { state: "probing", reason: entry.lastReason }
  }
  return verdict.state === "cooling" ? { ...verdict, hardUntil } : verdict
}

const dueOf = (entries: Entries, key: Key, now: number): ReadonlyArray<string> =>
  entries.size === 0
    ? none
    : idsOf(key).filter((id) => {
        const entry = entries.get(id)
        return entry !== undefined && entry.until > 0 && entry.until <= now
      })

/** Whoever took a probe gives back that one, and no other's. */
const probe = (known: ReadonlyArray<Entry.Entry>): (() => void) | undefined => {
  const taken = known.filter((entry) => entry.until > 0 && !entry.probing)
  if (taken.length === 0) return undefined
  for (const entry of taken) entry.probing = true
  return () => {
    for (const entry of taken) entry.probing = false
  }
}

const succeed = (entries: Entries, key: Key, startedAt: number): boolean => {
  if (entries.size === 0) return false
  let found = false
  for (const id of idsOf(key)) {
    const entry = entries.get(id)
    if (entry === undefined || startedAt < entry.failedAt) continue
    found = true
    if (startedAt >= entry.hardUntil) entries.delete(id)
    else Entry.forgive(entry)
  }
  return found
}

const fail = (entries: Entries, key: Key, reason: Reason, now: number, parking: Parking): void => {
  const parked = CooldownTables.rulesFor(parking.table, reason._tag).flatMap((rule) => {
    const entry = rule.givenUp === true && !parking.givenUp ? undefined : entryFor(entries, key, rule.scope, now)
    if (entry === undefined) return []
    Entry.park(entry, rule, reason, { now, grows: parking.table === "recommended", startedAt: parking.startedAt })
    return [entry]
  })
  const opensAt = parking.keepsRetryAfter ? Cooldown.opensAt(reason, now) : undefined
  if (opensAt !== undefined) for (const entry of parked) entry.until = Math.max(entry.until, opensAt)
  const asked = parking.keepsRetryAfter && reason.fault !== "local" ? retryAfterOf(reason) : undefined
  if (asked === undefined || Duration.isZero(asked)) return
  // What parks nothing by itself may still have asked to be left alone.
  const kept = parked.length > 0 ? parked : [entryFor(entries, key, "credentialModel", now)]
  for (const entry of kept) if (entry !== undefined) Entry.leaveAlone(entry, reason, now, asked)
}

const rowOf = (entry: Entry.Entry, now: number): Row => ({
  provider: entry.provider,
  model: entry.model,
  credential: entry.credential,
  state: entry.until > now ? "cooling" : entry.probing ? "half-open" : "healthy",
  until: entry.until > now ? entry.until : undefined,
  failures: entry.failures,
  lastReason: entry.lastReason
})

const forget = (entries: Entries, provider: string, model: string): boolean => {
  let found = false
  for (const [id, entry] of entries) {
    if (entry.provider !== provider || (entry.model !== undefined && entry.model !== model)) continue
    entries.delete(id)
    found = true
  }
  return found
}

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
import * as Table from "./health/Table.ts"

/** Whom a verdict is of: a credential at a target. @stability stable @category models @since 0.1.0 */
export type Key = Table.Key

/**
 * Whether somebody may be asked. `until` and `hardUntil` are epoch milliseconds: until `hardUntil` the provider asked not to be called; after
 * it a probe may go before `until`.
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

/** A row of the table, as shown to an operator; `until` is epoch milliseconds, and what a row is not about is `undefined`. @stability stable @category models @since 0.1.0 */
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
  const table = new Table.Table()
  return {
    verdict: (key, now) => verdictOf(table.known(key), now),
    due: (key, now) => dueOf(table.known(key), now),
    claim: () => ours,
    begin: (key) => probe(table.known(key)),
    success: (key, startedAt) => succeed(table, key, startedAt),
    failure: (key, reason, now, parking = usual) => fail(table, key, reason, now, parking),
    rows: (now) => Array.from(table.entries, (entry) => rowOf(entry, now)),
    reset: (provider, model) => forget(table, provider, model)
  }
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

const dueOf = (known: ReadonlyArray<Entry.Entry>, now: number): ReadonlyArray<string> =>
  known.length === 0 ? none : known.filter(({ until }) => until > 0 && until <= now).map(nameOf)

/** The same in every process. */
const nameOf = ({ credential, model, provider }: Entry.Entry): string => {
  if (credential === undefined) return `t\n${provider}\n${model}`
  return model === undefined ? `c\n${provider}\n${credential}` : `m\n${provider}\n${credential}\n${model}`
}

/** Whoever took a probe gives back that one, and no other's. */
const probe = (known: ReadonlyArray<Entry.Entry>): (() => void) | undefined => {
  if (known.length === 0) return undefined
  const taken = known.filter((entry) => entry.until > 0 && !entry.probing)
  if (taken.length === 0) return undefined
  for (const entry of taken) entry.probing = true
  return () => {
    for (const entry of taken) entry.probing = false
  }
}

const succeed = (table: Table.Table, key: Key, startedAt: number): boolean => {
  let found = false
  for (const entry of table.known(key)) {
    if (startedAt < entry.failedAt) continue
    found = true
    if (startedAt >= entry.hardUntil) table.delete(entry)
    else Entry.forgive(entry)
  }
  return found
}

/** What of a key a failure counts against. */
const entryFor = (table: Table.Table, key: Key, scope: Cooldown.Scope, now: number): Entry.Entry | undefined =>
  scope === "none" ? undefined : table.entry(key, scope, now)

const fail = (table: Table.Table, key: Key, reason: Reason, now: number, parking: Parking): void => {
  const parked = CooldownTables.rulesFor(parking.table, reason._tag).flatMap((rule) => {
    const entry = rule.givenUp === true && !parking.givenUp ? undefined : entryFor(table, key, rule.scope, now)
    if (entry === undefined) return []
    Entry.park(entry, rule, reason, { now, grows: parking.table === "recommended", startedAt: parking.startedAt })
    return [entry]
  })
  const opensAt = parking.keepsRetryAfter ? Cooldown.opensAt(reason, now) : undefined
  if (opensAt !== undefined) for (const entry of parked) entry.until = Math.max(entry.until, opensAt)
  const asked = parking.keepsRetryAfter && reason.fault !== "local" ? retryAfterOf(reason) : undefined
  if (asked === undefined || Duration.isZero(asked)) return
  // What parks nothing by itself may still have asked to be left alone.
  const kept = parked.length > 0 ? parked : [entryFor(table, key, "credentialModel", now)]
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

const forget = (table: Table.Table, provider: string, model: string): boolean => {
  let found = false
  for (const entry of table.entries) {
    if (entry.provider !== provider || (entry.model !== undefined && entry.model !== model)) continue
    table.delete(entry)
    found = true
  }
  return found
}

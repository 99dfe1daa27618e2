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

interface Entry {
  readonly provider: string
  readonly model: string | undefined
  readonly credential: string | undefined
  failures: number
  /** The last cooldown, in milliseconds; 0 where none was due yet. */
  cooldownMs: number
  until: number
  hardUntil: number
  /** When the last failure was recorded: a success that began before it does not count. */
  failedAt: number
  probing: boolean
  lastReason: Tag | undefined
}

/** How a policy parks after a failure. @stability stable @category models @since 0.1.0 */
export interface Parking {
  readonly table: CooldownTables.TableName
  /** Whether the target was given up with this failure. */
  readonly givenUp: boolean
  /** Whether a wait that the provider asked for is kept. */
  readonly keepsRetryAfter: boolean
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
    /** Takes the half-open probe of whatever has just cooled down. */
    readonly begin: (key: Key, now: number) => void
    readonly success: (key: Key, startedAt: number) => void
    /** Counts a failure by the recommended table, or as a policy says. */
    readonly failure: (key: Key, reason: Reason, now: number, parking?: Parking) => void
    /** The attempt ended with nothing learned (cancelled): gives a probe back. */
    readonly release: (key: Key) => void
    readonly rows: (now: number) => ReadonlyArray<Row>
    /** Forgets what is known of a target and its credentials; `false` where nothing was. */
    readonly reset: (provider: string, model: string) => boolean
  }
>()("@orelse/core/target/Health") {
  static readonly layerMemory = Layer.sync(Health, () => make())
}

/** Targets and credentials that are remembered; a caller may invent models that fail. */
const capacity = 10_000

const make = (): Health["Service"] => {
  const entries = new Map<string, Entry>()
  const idsOf = (key: Key) => [
    `t\n${key.provider}\n${key.model}`,
    `c\n${key.provider}\n${key.credential}`,
    `m\n${key.provider}\n${key.credential}\n${key.model}`
  ]
  const of = (key: Key): Array<Entry> =>
    entries.size === 0 ? [] : idsOf(key).flatMap((id) => (entries.has(id) ? [entries.get(id)!] : []))
  const entryFor = (key: Key, scope: Cooldown.Scope, now: number): Entry | undefined => {
    if (scope === "none") return undefined
    const [target, credential, credentialModel] = idsOf(key) as [string, string, string]
    const id = scope === "target" ? target : scope === "credential" ? credential : credentialModel
    let entry = entries.get(id)
    if (entry === undefined) {
      if (entries.size >= capacity) forgetOne(entries, now)
      entry = {
        provider: key.provider,
        model: scope === "credential" ? undefined : key.model,
        credential: scope === "target" ? undefined : key.credential,
        failures: 0,
        cooldownMs: 0,
        until: 0,
        hardUntil: 0,
        failedAt: 0,
        probing: false,
        lastReason: undefined
      }
      entries.set(id, entry)
    }
    return entry
  }
  return {
    verdict: (key, now) => {
      let verdict: Verdict = healthy
      let hardUntil = 0
      for (const entry of of(key)) {
        hardUntil = Math.max(hardUntil, entry.hardUntil)
        if (entry.until > now && (verdict.state !== "cooling" || verdict.until < entry.until)) {
          verdict = { state: "cooling", until: entry.until, hardUntil, reason: entry.lastReason }
        } else if (entry.probing && verdict.state === "healthy")
          verdict = { state: "probing", reason: entry.lastReason }
      }
      return verdict.state === "cooling" ? { ...verdict, hardUntil } : verdict
    },
    due: (key, now) =>
      entries.size === 0
        ? none
        : idsOf(key).filter((id) => {
            const entry = entries.get(id)
            return entry !== undefined && entry.until > 0 && entry.until <= now
          }),
    claim: () => ours,
    begin: (key) => {
      for (const entry of of(key)) if (entry.until > 0) entry.probing = true
    },
    success: (key, startedAt) => {
      if (entries.size === 0) return
      for (const id of idsOf(key)) {
        const entry = entries.get(id)
        if (entry === undefined || startedAt < entry.failedAt) continue
        if (startedAt >= entry.hardUntil) entries.delete(id)
        else forgive(entry)
      }
    },
    failure: (key, reason, now, parking = usual) => {
      for (const entry of of(key)) entry.probing = false
      const asked = parking.keepsRetryAfter && reason.fault !== "local" ? retryAfterOf(reason) : undefined
      const parked = CooldownTables.rulesFor(parking.table, reason._tag).flatMap((rule) => {
        const entry = rule.givenUp === true && !parking.givenUp ? undefined : entryFor(key, rule.scope, now)
        if (entry === undefined) return []
        park(entry, rule, reason, now, parking.table === "recommended")
        return [entry]
      })
      if (asked === undefined || Duration.isZero(asked)) return
      // What parks nothing by itself may still have asked to be left alone.
      const kept = parked.length > 0 ? parked : [entryFor(key, "credentialModel", now)]
      for (const entry of kept) if (entry !== undefined) leaveAlone(entry, reason, now + Duration.toMillis(asked))
    },
    release: (key) => {
      for (const entry of of(key)) entry.probing = false
    },
    rows: (now) =>
      [...entries.values()].map((entry) => ({
        provider: entry.provider,
        model: entry.model,
        credential: entry.credential,
        state: entry.until > now ? "cooling" : entry.probing ? "half-open" : "healthy",
        until: entry.until > now ? entry.until : undefined,
        failures: entry.failures,
        lastReason: entry.lastReason
      })),
    reset: (provider, model) => {
      let found = false
      for (const [id, entry] of entries) {
        if (entry.provider !== provider || (entry.model !== undefined && entry.model !== model)) continue
        entries.delete(id)
        found = true
      }
      return found
    }
  }
}

/** One of the oldest that has cooled down, else the oldest. */
const forgetOne = (entries: Map<string, Entry>, now: number): void => {
  let oldest: string | undefined
  let looked = 0
  for (const [id, { until }] of entries) {
    oldest ??= id
    if (until <= now) return void entries.delete(id)
    if (++looked === 16) break
  }
  if (oldest !== undefined) entries.delete(oldest)
}

/** Counts a failure. With `grows` a cooldown is longer than the one before, also where the rows of several reasons meet. */
const park = (entry: Entry, rule: Cooldown.Rule, reason: Reason, now: number, grows: boolean): void => {
  if (rule.forgets === true && entry.until <= now) entry.failures = 0
  entry.failures += 1
  entry.failedAt = now
  entry.lastReason = reason._tag
  const cooldown = Cooldown.after(rule, entry.failures)
  const due = cooldown === undefined ? 0 : Duration.toMillis(cooldown)
  const grown = Math.min(entry.cooldownMs * 2, Math.max(Duration.toMillis(rule.max), entry.cooldownMs))
  entry.cooldownMs = grows ? Math.max(due, grown) : due
  if (entry.cooldownMs > 0) entry.until = Math.max(entry.until, now + entry.cooldownMs)
}

/** All is well again, but for the wait that the provider asked for: an answer that was under way does not end it. */
const forgive = (entry: Entry): void => {
  entry.failures = 0
  entry.cooldownMs = 0
  entry.probing = false
  entry.until = entry.hardUntil
}

/** The provider's own wait: extends a cooldown, never shortens it. */
const leaveAlone = (entry: Entry, reason: Reason, until: number): void => {
  entry.lastReason = reason._tag
  entry.hardUntil = Math.max(entry.hardUntil, until)
  entry.until = Math.max(entry.until, entry.hardUntil)
}

/**
 * Whose key it is: from the configuration and the keys file to an answer for each request.
 *
 * A key is found by its hash together with a secret of this process. The index's own timing tells nothing, because nobody outside can know or
 * steer where a key falls in it. Keys are kept as hashes, so the first time one is shown it is hashed twice; from then on once, and on the connection
 * that showed it last not at all. What a connection showed is known as long as it is open, and compared in constant time: it may be a proxy's, which
 * carries requests of many.
 */
import type { CallerConfig } from "@orelse/core/layer/config/Types"
import * as Redacted from "effect/Redacted"
import { hash, randomBytes, timingSafeEqual } from "node:crypto"
import type { Budget } from "./Budgets.ts"
import * as Caller from "./Caller.ts"
import * as Keys from "./Keys.ts"
import type { Kept } from "./KeysFile.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Registry {
  readonly callers: ReadonlyMap<string, Caller.Caller>
  /** The caller whose key this is; `connection` is what it was shown on. */
  readonly find: (key: string, connection: object) => Caller.Caller | undefined
}

interface Entry {
  readonly digest: Buffer
  readonly caller: Caller.Caller
}

/**
 * The callers of the configuration and of the keys file. What the configuration says of a caller counts before what the file says; a
 * revoked key, one whose caller neither knows, and one whose caller is switched off, is nobody's.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (configured: ReadonlyArray<CallerConfig>, kept: Kept): Registry => {
  const callers = new Map([...kept.callers, ...configured].map((rights) => [rights.name, Caller.make(rights)]))
  for (const { disabled, name } of configured) if (disabled !== undefined) callers.delete(name)
  const secret = randomBytes(32).toString("base64")
  const placeOf = (text: string) => hash("sha256", `${secret}${text}`, "base64")
  const entries = new Map<string, Entry>()
  const add = (name: string, digest: Buffer) => {
    const caller = callers.get(name)
    if (caller !== undefined) entries.set(placeOf(digest.toString("base64")), { digest, caller })
  }
  for (const key of kept.keys) if (key.revokedAt === undefined) add(key.caller, Keys.digestOf(key.hash))
  for (const { key, name } of configured) if (key !== undefined) add(name, Keys.digestOf(Redacted.value(key)))
  /** By the places of the keys themselves: those that were shown, so no more than there are keys. */
  const shown = new Map<string, Caller.Caller>()
  const callerOf = (key: string): Caller.Caller | undefined => {
    const place = placeOf(key)
    const known = shown.get(place)
    if (known !== undefined) return known
    const digest = Keys.digest(key)
    const entry = entries.get(placeOf(digest.toString("base64")))
    if (entry === undefined || !timingSafeEqual(entry.digest, digest)) return undefined
    shown.set(place, entry.caller)
    return entry.caller
  }
  /** What each connection showed last, of those that were somebody's. */
  const lastOn = new WeakMap<object, { readonly key: string; readonly caller: Caller.Caller }>()
  return {
    callers,
    find: (key, connection) => {
      const last = lastOn.get(connection)
      if (last !== undefined && isSame(last.key, key)) return last.caller
      const caller = callerOf(key)
      if (caller !== undefined) lastOn.set(connection, { key, caller })
      return caller
    }
  }
}

/** Takes as long for every key of this length. */
const isSame = (one: string, other: string): boolean => {
  if (one.length !== other.length) return false
  let difference = 0
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at)
  return difference === 0
}

/** Callers that had a budget before and have none now, with the one that they had. @stability experimental @category getters @since 0.1.0 */
export const lifted = (before: Registry, now: Registry): ReadonlyArray<readonly [caller: string, budget: Budget]> =>
  [...before.callers.values()].flatMap(({ budget, name }) =>
    budget === undefined || now.callers.get(name)?.budget !== undefined ? [] : [[name, budget] as const]
  )

/**
 * The cooldowns of the preset `failover` (F-4 to F-7, F-26, F-42, F-43): of a credential, after each rate limit or refused key; of a model,
 * when it is given up.
 */
import * as Duration from "effect/Duration"
import type { Tag } from "../../domain/Reason.ts"
import type { Rule } from "../Cooldown.ts"

/** Milliseconds after the hit number `hit` (from 0): 400 ms doubled up to 30 s, with a fixed share added; 5 s at least, 300 s at most. */
const credentialMs = (hit: number): number => {
  const base = Math.min(400 * 2 ** hit, 30_000)
  const share = (0.31 * hit) % 1
  return Math.min(Math.max(base + base * 0.1 * share, 5000), 300_000)
}

const model = (seconds: number, disabling = false): Rule => ({
  scope: "target",
  base: Duration.seconds(seconds),
  max: Duration.hours(1),
  after: 1,
  givenUp: true,
  ...(disabling ? { fullFrom: 3 } : {})
})

const credential = (forgets: boolean): Rule => ({
  scope: "credential",
  base: Duration.seconds(5),
  max: Duration.minutes(5),
  after: 1,
  length: (failures) => credentialMs(failures - 1),
  forgets
})

type Table = { readonly [T in Tag]: ReadonlyArray<Rule> }

const table = (forgets: boolean): Table => ({
  RateLimited: [credential(forgets), model(30)],
  Unauthenticated: [credential(forgets), model(60, true)],
  PermissionDenied: [model(60, true)],
  QuotaExhausted: [model(60, true)],
  ModelNotFound: [model(60, true)],
  Overloaded: [model(10)],
  ServerError: [model(10)],
  TimedOut: [model(10)],
  ConnectionFailed: [model(10)],
  StreamInterrupted: [model(10)],
  MalformedResponse: [],
  EmptyResponse: [],
  ContextWindowExceeded: [],
  OutputLimitExceeded: [],
  RequestTooLarge: [],
  ContentFiltered: [],
  ToolSchemaRejected: [],
  InvalidRequest: [],
  Unsupported: [],
  Conflict: [],
  UnknownFailure: [],
  LimitReached: []
})

/** Cooldowns of a credential grow until a success (F-7 without F-32). */
export const growing = table(false)

/** A credential's failures are forgotten once its cooldown has passed (F-32): each one is 5 s. */
export const forgetting = table(true)

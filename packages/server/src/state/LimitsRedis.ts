/**
 * Limits that are one over all processes.
 *
 * Every process also counts what it took itself, without refusing anything, so that it goes on with its own part where Redis is
 * away. What it took then is told to Redis when it is back (`Arrears.ts`), and places are held on by a renewal every ten seconds
 * (`Places.ts`). The danger of the time in between: each process has the whole limit for itself.
 */
import { LimitReached } from "@orelse/core/domain/Reason"
import type { Limits as Config } from "@orelse/core/provider/Provider"
import { Limits, type Left, type Permit, type Standing } from "@orelse/core/target/Limits"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import * as Arrears from "./Arrears.ts"
import type { Connection } from "./Connection.ts"
import * as Keys from "./Keys.ts"
import * as Scripts from "./LimitScripts.ts"
import * as Places from "./Places.ts"

/** How often places are held on; milliseconds. */
const renewMs = Scripts.leaseMs / 3

/**
 * Over this connection.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  connection: Connection
): Effect.fn.Return<Limits["Service"], never, Scope.Scope> {
  const local = yield* Effect.provide(Limits, yield* Layer.build(Limits.layerMemory))
  const places = Places.make(connection)
  const arrears = Arrears.make()
  connection.onReturn((direct) => Effect.andThen(arrears.pay(direct), places.renew(direct)))
  yield* Effect.suspend(() => Effect.ignore(places.renew(connection))).pipe(
    Effect.delay(renewMs),
    Effect.forever,
    Effect.forkScoped
  )
  return {
    open: local.open,
    acquire: (key, limits, tokens) =>
      Effect.suspend(() => {
        const place = limits.concurrency === undefined ? undefined : randomUUID()
        return connection.run(Scripts.acquire, keysOf(key), argumentsOf(limits, tokens, place)).pipe(
          Effect.matchEffect({
            onFailure: () => Effect.tap(local.acquire(key, limits, tokens), () => arrears.note(key, limits, 1, tokens)),
            onSuccess: (answer) =>
              Effect.flatMap(judge(key, limits, answer), (standing) =>
                Effect.map(local.acquire(key, boundless(limits), tokens), ({ release }) => ({ standing, release }))
              )
          }),
          Effect.map((permit) => (place === undefined ? permit : held(places, key, place, permit))),
          Effect.uninterruptible
        )
      }),
    standing: (key, limits) =>
      connection.run(Scripts.standing, [Keys.requests(key), Keys.tokens(key)], []).pipe(
        Effect.map((answer) => standingOf(limits, answer)),
        Effect.catch(() => local.standing(key, limits))
      ),
    correct: (key, limits, tokens) =>
      limits.tokens === undefined
        ? Effect.void
        : connection.run(Scripts.add, [Keys.tokens(key)], [Math.round(tokens), 0]).pipe(
            Effect.catch(() => arrears.note(key, limits, 0, Math.round(tokens))),
            Effect.andThen(Effect.suspend(() => local.correct(key, limits, tokens)))
          )
  }
})

const held = (places: Places.Places, key: string, id: string, { release, standing }: Permit): Permit => {
  places.hold(key, id)
  return { standing, release: () => Effect.ensuring(places.leave(key, id), Effect.suspend(release)) }
}

const keysOf = (key: string) => [Keys.requests(key), Keys.tokens(key), Keys.places(key)]

const argumentsOf = ({ concurrency, requests, tokens }: Config, amount: number, place: string | undefined) => [
  ...rate(requests),
  ...rate(tokens),
  Math.round(amount),
  concurrency ?? -1,
  place ?? ""
]

const rate = (of: Config["requests"]) => (of === undefined ? [-1, 0] : [of.limit, Duration.toMillis(of.window)])

/** Counts, and never refuses. */
const boundless = ({ requests, tokens }: Config): Config => ({
  ...(requests === undefined ? {} : { requests: { ...requests, limit: Number.POSITIVE_INFINITY } }),
  ...(tokens === undefined ? {} : { tokens: { ...tokens, limit: Number.POSITIVE_INFINITY } })
})

/** What the script answers: who said no, then used and left of requests and of tokens. */
const numbers = (answer: unknown): ReadonlyArray<number> => (Array.isArray(answer) ? answer.map(Number) : [])

const standingOf = ({ requests, tokens }: Config, answer: unknown): Standing => {
  const [, usedRequests = 0, requestsMs = 0, usedTokens = 0, tokensMs = 0] = numbers(answer)
  return { requests: left(requests, usedRequests, requestsMs), tokens: left(tokens, usedTokens, tokensMs) }
}

const left = (of: Config["requests"], used: number, resetMs: number): Left | undefined =>
  of === undefined
    ? undefined
    : { limit: of.limit, remaining: Math.max(0, of.limit - used), resetMs: used <= 0 ? 0 : resetMs }

const limited = ["none", "concurrency", "requests", "tokens"] as const

const judge = (key: string, limits: Config, answer: unknown): Effect.Effect<Standing, LimitReached> => {
  const [no = 0, , requestsMs = 0, , tokensMs = 0] = numbers(answer)
  const by = limited[no]
  if (by === undefined || by === "none") return Effect.succeed(standingOf(limits, answer))
  return Effect.fail(
    new LimitReached({
      message: `our own ${by} limit of ${key} is reached; nothing was sent`,
      limited: by,
      ...(by === "concurrency" ? {} : { retryAfter: Duration.millis(by === "requests" ? requestsMs : tokensMs) })
    })
  )
}

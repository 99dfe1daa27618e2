/**
 * Limits that are one over all processes.
 *
 * Every process also counts what it took itself, without refusing anything, so that it goes on with its own part where Redis is
 * away. What it took then is told to Redis when it is back (`Arrears.ts`), and places are held on by a renewal every ten seconds
 * (`Places.ts`). The danger of the time in between: each process has the whole limit for itself.
 */
import * as Elapsed from "@orelse/core/domain/Elapsed"
import { LimitReached } from "@orelse/core/domain/Reason"
import type { Limits as Config } from "@orelse/core/provider/Provider"
import { Limits, type Left, type Permit, type Standing } from "@orelse/core/target/Limits"
import * as Clock from "effect/Clock"
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
  const clock = yield* Clock.Clock
  connection.onReturn((direct) => Effect.andThen(arrears.pay(direct), places.renew(direct)))
  yield* Effect.suspend(() => Effect.ignore(places.renew(connection))).pipe(
    Effect.delay(renewMs),
    Effect.forever,
    Effect.forkScoped
  )
  return {
    open: local.open,
    acquire: (key, limits, tokens, now) =>
      Effect.suspend(() => {
        const id = limits.concurrency === undefined ? undefined : randomUUID()
        const at = now ?? Elapsed.millis(clock)
        return connection.change(Scripts.acquire, keysOf(key), argumentsOf(limits, tokens, id)).pipe(
          Effect.matchEffect({
            onFailure: ({ ifUnmade }) =>
              Effect.map(local.acquire(key, limits, tokens, at), (permit) => {
                const place = id === undefined ? undefined : places.hold(key, id)
                ifUnmade(() => {
                  place?.isUnheard()
                  arrears.note(key, limits, 1, tokens, at)
                })
                return held(place, permit)
              }),
            onSuccess: (answer) =>
              Effect.flatMap(judge(key, limits, answer), (standing) =>
                Effect.map(local.acquire(key, boundless(limits), tokens, at), ({ release }) =>
                  held(id === undefined ? undefined : places.hold(key, id), { standing, release })
                )
              )
          }),
          Effect.uninterruptible
        )
      }),
    standing: (key, limits) =>
      connection.run(Scripts.standing, [Keys.requests(key), Keys.tokens(key)], []).pipe(
        Effect.map((answer) => standingOf(limits, answer)),
        Effect.catch(() => local.standing(key, limits))
      ),
    correct: (key, limits, tokens, now) =>
      Effect.suspend(() => {
        if (limits.tokens === undefined) return Effect.void
        const amount = Math.round(tokens)
        const at = now ?? Elapsed.millis(clock)
        return connection.change(Scripts.add, [Keys.tokens(key)], [amount, 0]).pipe(
          Effect.catch(({ ifUnmade }) => Effect.sync(() => ifUnmade(() => arrears.note(key, limits, 0, amount, at)))),
          Effect.andThen(Effect.suspend(() => local.correct(key, limits, tokens, at)))
        )
      })
  }
})

const held = (place: Places.Place | undefined, { release, standing }: Permit): Permit =>
  place === undefined
    ? { standing, release }
    : { standing, release: () => Effect.ensuring(place.leave, Effect.suspend(release)) }

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

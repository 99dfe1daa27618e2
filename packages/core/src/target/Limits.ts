/**
 * Our own limits of a credential: requests and tokens a window, calls at once. A permit lives until its scope closes, so a
 * stream holds it to its end.
 *
 * Nothing is taken before everything is there: a limit that says no leaves the others untouched. A limit never waits; the runner
 * moves on or fails as the route says.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { LimitReached } from "../domain/Reason.ts"
import type { Limits as LimitsConfig } from "../provider/Provider.ts"

/**
 * The limiter.
 *
 * @stability stable
 * @category services
 * @since 0.1.0
 */
export class Limits extends Context.Service<
  Limits,
  {
    /** Takes one request, `tokens` tokens and one place under `key`, or fails and takes nothing. */
    readonly acquire: (
      key: string,
      limits: LimitsConfig,
      tokens: number
    ) => Effect.Effect<void, LimitReached, Scope.Scope>
    /** Calls under way under `key`; looking takes nothing. */
    readonly open: (key: string) => number
  }
>()("@orelse/core/target/Limits") {
  static readonly layerMemory = Layer.sync(Limits, () => make())
}

interface Window {
  count: number
  resetsAt: number
}

const make = (): Limits["Service"] => {
  const open = new Map<string, number>()
  const windows = new Map<string, Window>()
  const look = (
    id: string,
    limit: { readonly limit: number; readonly window: Duration.Duration } | undefined,
    amount: number,
    now: number
  ) => {
    if (limit === undefined) return undefined
    let window = windows.get(id)
    if (window === undefined || window.resetsAt <= now) {
      window = { count: 0, resetsAt: now + Duration.toMillis(limit.window) }
      windows.set(id, window)
    }
    return window.count + amount > limit.limit ? { window, full: true } : { window, full: false }
  }
  return {
    open: (key) => open.get(key) ?? 0,
    acquire: (key, limits, tokens) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const running = open.get(key) ?? 0
        if (limits.concurrency !== undefined && running >= limits.concurrency)
          return Effect.fail(reached(key, "concurrency", undefined))
        const requests = look(`${key}\nrequests`, limits.requests, 1, now)
        if (requests?.full) return Effect.fail(reached(key, "requests", requests.window.resetsAt - now))
        const tokenWindow = look(`${key}\ntokens`, limits.tokens, tokens, now)
        if (tokenWindow?.full) return Effect.fail(reached(key, "tokens", tokenWindow.window.resetsAt - now))
        if (requests !== undefined) requests.window.count += 1
        if (tokenWindow !== undefined) tokenWindow.window.count += tokens
        open.set(key, running + 1)
        return Effect.addFinalizer(() => Effect.sync(() => open.set(key, (open.get(key) ?? 1) - 1)))
      })
  }
}

const reached = (key: string, limited: "requests" | "tokens" | "concurrency", waitMs: number | undefined) =>
  new LimitReached({
    message: `our own ${limited} limit of ${key} is reached; nothing was sent`,
    limited,
    ...(waitMs === undefined ? {} : { retryAfter: Duration.millis(waitMs) })
  })

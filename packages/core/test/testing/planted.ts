/** Engines with one bug each: what the laws must notice. */
import * as Laws from "../../src/testing/laws/Laws.ts"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { CallError } from "../../src/domain/CallError.ts"
import { RateLimited, OutputLimitExceeded } from "../../src/domain/Reason.ts"
import * as Disposition from "../../src/policy/Disposition.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import { ProviderRegistry } from "../../src/provider/Provider.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"
import { Health } from "../../src/target/Health.ts"
import { Limits } from "../../src/target/Limits.ts"

type Run = Router["Service"]["run"]
type Wrapped = (run: Run) => (...args: Parameters<Run>) => ReturnType<Run>

/** The engine, with its router wrapped. */
const routing = (wrap: Wrapped): Laws.Subject => ({
  ...Laws.orelse,
  layer: (named) =>
    Layer.effect(
      Router,
      Effect.map(Router, ({ run }) => ({ run: wrap(run) as Run }))
    ).pipe(Layer.provideMerge(Laws.orelse.layer(named)))
})

/** The engine, over another table of health. */
const healing = (wrap: (health: Health["Service"]) => Health["Service"]): Laws.Subject => ({
  ...Laws.orelse,
  layer: (named) => {
    const health = Layer.effect(Health, Effect.map(Health, wrap)).pipe(Layer.provide(Health.layerMemory))
    return Router.layerRoutes(named).pipe(Layer.provideMerge([health, Limits.layerMemory]))
  }
})

/** The engine, over other limits. */
const limiting = (wrap: (limits: Limits["Service"]) => Limits["Service"]): Laws.Subject => ({
  ...Laws.orelse,
  layer: (named) => {
    const limits = Layer.effect(Limits, Effect.map(Limits, wrap)).pipe(Layer.provide(Limits.layerMemory))
    return Router.layerRoutes(named).pipe(Layer.provideMerge([Health.layerMemory, limits]))
  }
})

const but = (error: CallError, change: { readonly attempts?: CallError["attempts"]; readonly model?: string }) => {
  const { attempts, callId, model, reason } = error
  return new CallError({ attempts, callId, model, reason, ...change })
}

const without = (route: Route.Route, tag: "Deadline" | "Budget"): Route.Route => {
  const { node } = route
  if (node._tag === tag) return without(node.route, tag)
  return "route" in node ? { ...route, node: { ...node, route: without(node.route, tag) } } : route
}

const sweeping = RetryPolicy.make(RetryPolicy.recommended, {
  on: Disposition.override(Disposition.recommended, { InvalidRequest: ["nextTarget", "retry", "abort"] })
})

/** What is wrong, which law says so, and the engine. */
export const planted: ReadonlyArray<{ readonly law: number; readonly bug: string; readonly subject: Laws.Subject }> = [
  {
    law: 1,
    bug: "a failed call is run once more, on a new budget",
    subject: routing((run) => (call, route) => Effect.catch(run(call, route), () => run(call, route)))
  },
  {
    law: 1,
    bug: "the deadline is not heeded",
    subject: routing((run) => (call, route) => run(call, without(route, "Deadline")))
  },
  {
    law: 2,
    bug: "other calls do not hear of a Retry-After",
    subject: healing((health) => ({ ...health, verdict: () => ({ state: "healthy" }) }))
  },
  {
    law: 3,
    bug: "the exchange goes on when its caller is gone",
    subject: routing(
      (run) => (call, route) =>
        Effect.gen(function* () {
          const scope = yield* Scope.make()
          return yield* Fiber.join(
            yield* Effect.forkDetach(Effect.provideService(run(call, route), Scope.Scope, scope))
          )
        })
    )
  },
  {
    law: 3,
    bug: "a permit is never given back",
    subject: limiting((limits) => ({
      ...limits,
      acquire: (key, options, tokens) =>
        Effect.map(limits.acquire(key, options, tokens), (permit) => ({ ...permit, release: () => Effect.void }))
    }))
  },
  {
    law: 4,
    bug: "a stream that breaks is asked for again, after its content",
    subject: routing(
      (run) => (call, route) =>
        Effect.map(run(call, route), (answered) => {
          const { answer } = answered
          if (answer._tag === "Whole") return answered
          const again = (sink: Parameters<typeof answer.run>[0]) =>
            Effect.scoped(
              Effect.ignore(Effect.map(run(call, route), (next) => next.answer._tag === "Streaming" && sink))
            )
          return {
            ...answered,
            answer: { ...answer, run: (sink) => Effect.catch(answer.run(sink), () => again(sink)) }
          }
        })
    )
  },
  {
    law: 4,
    bug: "a stream that breaks ends well",
    subject: routing(
      (run) => (call, route) =>
        Effect.map(run(call, route), (answered) =>
          answered.answer._tag === "Whole"
            ? answered
            : {
                ...answered,
                answer: { ...answered.answer, run: (sink) => Effect.ignore(streaming(answered).run(sink)) }
              }
        )
    )
  },
  {
    law: 5,
    bug: "a malformed request sweeps every target",
    subject: routing((run) => (call, route) => run(call, Route.retry(sweeping)(route)))
  },
  {
    law: 6,
    bug: "what cools down is not asked, even where it is the only one",
    subject: healing((health) => ({
      ...health,
      verdict: (key, now) => {
        const verdict = health.verdict(key, now)
        return verdict.state === "cooling" ? { ...verdict, hardUntil: Number.POSITIVE_INFINITY } : verdict
      }
    }))
  },
  {
    law: 7,
    bug: "a refusal counts as a request",
    subject: limiting((limits) => ({
      ...limits,
      acquire: (key, { concurrency, ...windows }, tokens) =>
        Effect.flatMap(limits.acquire(key, windows, tokens), (counted) =>
          limits.acquire(`${key} open`, concurrency === undefined ? {} : { concurrency }, tokens).pipe(
            Effect.tapError(() => counted.release()),
            Effect.map((place) => ({
              ...place,
              release: () => Effect.andThen(place.release(), Effect.suspend(counted.release))
            }))
          )
        )
    }))
  },
  {
    law: 7,
    bug: "a permit is given back before the stream ends",
    subject: limiting((limits) => ({
      ...limits,
      acquire: (key, options, tokens) =>
        Effect.flatMap(limits.acquire(key, options, tokens), ({ release, standing }) =>
          Effect.as(release(), { standing, release: () => Effect.void })
        )
    }))
  },
  {
    law: 8,
    bug: "the error knows the last attempt only",
    subject: routing(
      (run) => (call, route) =>
        Effect.mapError(run(call, route), (error) => but(error, { attempts: error.attempts.slice(-1) }))
    )
  },
  {
    law: 8,
    bug: "the error names the key that was used",
    subject: {
      ...Laws.orelse,
      layer: (named) =>
        Layer.effect(
          Router,
          Effect.map(Effect.all([Router, ProviderRegistry]), ([{ run }, registry]) => ({
            run: ((call, route) =>
              Effect.mapError(run(call, route), (error) => {
                const secret = registry.get(registry.ids[0] ?? "")?.credentials[0]?.secret
                return but(error, { model: secret === undefined ? "" : Redacted.value(secret) })
              })) as Run
          }))
        ).pipe(Layer.provideMerge(Laws.orelse.layer(named)))
    }
  },
  {
    law: 9,
    bug: "a count begins anew with each failure",
    subject: healing((health) => ({
      ...health,
      failure: (key, reason, now, parking) => {
        health.reset(key.provider, key.model)
        health.failure(key, reason, now, parking)
      }
    }))
  },
  {
    law: 10,
    bug: "whatever names max_tokens is an output limit, whatever is a 429 is a throttle",
    subject: {
      ...Laws.orelse,
      classify: ({ body, status }) => {
        const message = "read by one word"
        return body.includes("max_tokens") || status !== 429
          ? new OutputLimitExceeded({ message })
          : new RateLimited({ message })
      }
    }
  }
]

const streaming = (answered: Effect.Success<ReturnType<Run>>) => {
  if (answered.answer._tag === "Streaming") return answered.answer
  throw new Error("not a stream")
}

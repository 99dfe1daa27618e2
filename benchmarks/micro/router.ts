/**
 * What the router adds to a provider's own function: by depth of the route, by strategy, by number of configured targets. Calls run
 * one after the other in one fiber; the provider answers at once, so that all that is measured is ours.
 */
import type { Answer } from "@orelse/core/domain/Answer"
import { AttemptError } from "@orelse/core/domain/AttemptError"
import * as LibraryCall from "@orelse/core/domain/LibraryCall"
import { Unsupported } from "@orelse/core/domain/Reason"
import * as Request from "@orelse/core/domain/Request"
import * as RetryPolicy from "@orelse/core/policy/RetryPolicy"
import { ProviderRegistry } from "@orelse/core/provider/Provider"
import type { Input, Provider } from "@orelse/core/provider/Provider"
import * as Route from "@orelse/core/route/Route"
import { Router } from "@orelse/core/route/Router"
import { Health } from "@orelse/core/target/Health"
import { Limits } from "@orelse/core/target/Limits"
import * as Duration from "effect/Duration"
import * as Alarms from "@orelse/core/domain/Alarms"
import { Expiry } from "@orelse/core/provider/Expiry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { Task } from "./Task.ts"

const calls = 200

/** The default policy, with attempts enough for the deepest route. */
const policy = RetryPolicy.make(RetryPolicy.recommended, { attempts: 12 })

const answer: Answer = {
  _tag: "Whole",
  protocol: "library",
  usage: { inputTokens: 10, outputTokens: 20 },
  finishReason: "stop",
  response: () => ({ content: [{ type: "text", text: "hi" }], finishReason: "stop" })
}

const credential = { name: "default", secret: undefined }

const provider = (id: string, attempt: Provider["attempt"]): Provider => ({
  id,
  protocol: "library",
  family: id,
  credentials: [credential],
  models: {},
  attempt
})

const answering = (id: string): Provider => provider(id, () => Effect.succeed(answer))

/** Fails with a reason that moves on at once and cools nothing down. */
const failing = (id: string): Provider => {
  const reason = new Unsupported({ message: "no tools", feature: "tools" })
  return provider(id, (input) =>
    Effect.fail(new AttemptError({ reason, provider: id, model: input.model, credential: input.credential.name }))
  )
}

const request = Request.text("hi")

const repeat = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<void, E, R> =>
  Effect.gen(function* () {
    for (let index = 0; index < calls; index++) yield* effect
  })

/** A task that answers calls through this route, with these providers. */
const through = (name: string, providers: ReadonlyArray<Provider>, route: Route.Route): Task => {
  const layer = Router.layer.pipe(
    Layer.provide([ProviderRegistry.layerOf(providers), Health.layerMemory, Limits.layerMemory])
  )
  const runtime = ManagedRuntime.make(layer)
  const one = Effect.gen(function* () {
    const router = yield* Router
    return yield* Effect.scoped(Effect.flatMap(LibraryCall.make(request), (call) => router.run(call, route)))
  })
  return { name, calls, run: () => runtime.runPromise(repeat(one)) }
}

const direct = (): Task => {
  const { attempt } = answering("p")
  const expiry = new Expiry()
  const alarms = Effect.runSync(Alarms.make)
  const one = Effect.scoped(
    Effect.flatMap(LibraryCall.make(request), (call) => {
      const input: Input = {
        call,
        model: "m",
        credential,
        request,
        connectTimeout: Duration.seconds(5),
        commit: { on: "firstContent", maxEvents: 16, maxWait: Duration.seconds(2) },
        trace: {},
        expiry,
        alarms
      }
      return attempt(input)
    })
  )
  return { name: "provider function", calls, run: () => Effect.runPromise(repeat(one)) }
}

const targets = (count: number): ReadonlyArray<Route.Route> =>
  Array.from({ length: count }, (_, index) => Route.target(`p${index}/m`))

const ladder = (count: number): Route.Route => {
  const [first = Route.target("p0/m"), ...rest] = targets(count)
  const route = rest.reduce((left, right) => left.pipe(Route.orElse(right)), first)
  return route.pipe(Route.retry(policy))
}

const providers = (count: number, failures = 0): ReadonlyArray<Provider> =>
  Array.from({ length: count }, (_, index) => (index < failures ? failing(`p${index}`) : answering(`p${index}`)))

const strategies = ["priority", "weighted", "rotation", "random", "least-busy", "fastest", "cheapest"] as const

const plural = (count: number): string => `${count} ${count === 1 ? "target" : "targets"}`

/** All tasks of this file. */
export const tasks = (): Promise<ReadonlyArray<Task>> =>
  Promise.resolve([
    direct(),
    ...[1, 3, 10].map((depth) => through(`router, ${plural(depth)}`, providers(depth), ladder(depth))),
    ...[3, 10].map((depth) =>
      through(`router, ${plural(depth)}, all but the last fail`, providers(depth, depth - 1), ladder(depth))
    ),
    ...strategies.map((name) =>
      through(`router, ${name} over 10`, providers(10), Route.balance(name, targets(10)).pipe(Route.retry(policy)))
    ),
    ...[10, 1_000, 10_000].map((count) => through(`router, ${count} configured`, providers(count), ladder(1)))
  ])

/**
 * What a call on a route would do if every attempt failed for one reason: played by the engine itself, on a clock of its own.
 *
 * Nothing is sent, nobody waits, and no health or limit of the process is touched. Waits are the longest that the policy's jitter allows.
 * Where chance or load orders the members of a balance, the likeliest order is taken.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Attempt } from "../domain/Attempt.ts"
import { AttemptError } from "../domain/AttemptError.ts"
import type { CallError, Skipped } from "../domain/CallError.ts"
import * as LibraryCall from "../domain/LibraryCall.ts"
import type { Tag } from "../domain/Reason.ts"
import type { Request } from "../domain/Request.ts"
import * as TargetName from "../domain/TargetName.ts"
import { ProviderRegistry, type Provider } from "../provider/Provider.ts"
import { Health } from "../target/Health.ts"
import { Limits } from "../target/Limits.ts"
import * as Availability from "../target/Availability.ts"
import * as Bounds from "./Bounds.ts"
import * as Longest from "./explain/Longest.ts"
import * as Supposed from "./explain/Supposed.ts"
import * as VirtualClock from "./explain/VirtualClock.ts"
import * as Router from "./Router.ts"
import * as Tree from "./Tree.ts"

/** What is supposed of a call that is played through. @stability experimental @category models @since 0.1.0 */
export interface Options {
  /** What every attempt fails with. A `TimedOut` provider does not answer at all. */
  readonly on: Tag
  /** The wait that providers ask for, where the reason knows one. */
  readonly retryAfter?: Duration.Duration | undefined
  /** Whether the call is a stream. Default false. */
  readonly stream?: boolean | undefined
  readonly registry: ProviderRegistry["Service"]
  readonly named: (name: string) => Tree.Route | undefined
}

/** What a call would do. @stability experimental @category models @since 0.1.0 */
export interface Walk {
  /** In order; times are milliseconds from the start of the call. */
  readonly attempts: ReadonlyArray<Attempt>
  /** Targets that were not asked, and why. */
  readonly skipped: ReadonlyArray<Skipped>
  /** How the call ends. */
  readonly error: CallError
  readonly tookMs: number
}

/**
 * Walks a route, from start to end.
 *
 * @stability experimental
 * @category running
 * @since 0.1.0
 */
export const walk = (route: Tree.Route, name: string, options: Options): Effect.Effect<Walk> => {
  const likeliest = likeliestOrders()
  const named = (other: string) => {
    const found = options.named(other)
    return found && likeliest(found)
  }
  return Effect.gen(function* () {
    const call = yield* LibraryCall.make(request, { model: name, stream: options.stream ?? false })
    const router = yield* Router.make(named)
    const error = yield* Effect.flip(Effect.scoped(router.run(call, likeliest(route), name)))
    const skipped = error.reason._tag === "NoTarget" ? error.reason.skipped : off(route, options)
    return { attempts: error.attempts, skipped, error, tookMs: yield* Clock.currentTimeMillis }
  }).pipe(
    Effect.orDie,
    // Layers are shared with whoever runs this, unless they are fresh.
    Effect.provide(Layer.fresh(Layer.mergeAll(Health.layerMemory, Limits.layerMemory, failing(options)))),
    Longest.jitter,
    Effect.provideService(Clock.Clock, VirtualClock.make())
  )
}

/** Targets that are never asked, whatever happens. */
const off = (route: Tree.Route, { named, registry }: Options): ReadonlyArray<Skipped> =>
  [...Bounds.of(route, named).targets].flatMap((name) => {
    const target = TargetName.split(name)
    if (target === undefined) return []
    const found = registry.get(target.provider)
    const why = found === undefined ? Availability.unregistered(target.provider) : found.disabled
    return why === undefined ? [] : [{ ...target, why }]
  })

/** The same providers, which fail. */
const failing = (options: Options): Layer.Layer<ProviderRegistry> =>
  Layer.succeed(
    ProviderRegistry,
    ProviderRegistry.of({
      ids: options.registry.ids,
      get: (id) => {
        const provider = options.registry.get(id)
        return provider && { ...provider, attempt: fails(provider, options) }
      }
    })
  )

const fails =
  (provider: Provider, { on, retryAfter }: Options): Provider["attempt"] =>
  ({ credential, model }) =>
    on === "TimedOut"
      ? Effect.never
      : Effect.fail(
          new AttemptError({
            provider: provider.id,
            model,
            credential: credential.name,
            reason: Supposed.make(on, "supposed", retryAfter === undefined ? undefined : Duration.toMillis(retryAfter))
          })
        )

/** Members by weight, the heaviest first, where weights count; in the order of their definition elsewhere. Once for each route. */
const likeliestOrders = () => {
  const done = new Map<Tree.Route, Tree.Route>()
  const of = (route: Tree.Route): Tree.Route => {
    const known = done.get(route)
    if (known !== undefined) return known
    const ordered = Tree.make(nodeOf(route.node))
    done.set(route, ordered)
    return ordered
  }
  const nodeOf = (node: Tree.Node): Tree.Node => {
    switch (node._tag) {
      case "Target":
      case "Named":
        return node
      case "OrElse":
        return { ...node, left: of(node.left), right: of(node.right) }
      case "Balance": {
        const members = node.members.map((member) => ({ ...member, route: of(member.route) }))
        if (node.strategy === "cheapest") return { ...node, members }
        if (node.strategy === "weighted") members.sort((a, b) => b.weight - a.weight)
        return { ...node, strategy: "priority", members }
      }
      case "Retry":
      case "RetryWith":
      case "Repair":
      case "Deadline":
      case "Budget":
        return { ...node, route: of(node.route) }
    }
  }
  return of
}

/** Two turns, a tool that showed an image and a limit of tokens: something for every repair to mend. */
const request: Request = {
  messages: [
    { role: "user", content: [{ type: "text", text: "Hello" }] },
    { role: "assistant", content: [{ type: "toolCall", id: "1", name: "look", arguments: "{}" }] },
    { role: "tool", toolCallId: "1", content: [{ type: "image", mediaType: "image/png", data: "" }] },
    { role: "assistant", content: [{ type: "text", text: "Hello." }] },
    { role: "user", content: [{ type: "text", text: "And now?" }] }
  ],
  tools: [{ name: "look", description: "Looks around.", parameters: { type: "object" } }],
  maxTokens: 1024
}

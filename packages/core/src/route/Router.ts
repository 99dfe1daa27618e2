/**
 * Runs a call on a route: the one interpreter, for whole answers, streams and embeddings, in process and behind HTTP.
 *
 * It walks the tree, hands each target to `target/TargetRunner.ts`, and turns how that ended into an answer or a `CallError`. What
 * moves on to the next target is the policy's table; how members are ordered is `strategy/`. One deadline and one budget cover it all.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Elapsed from "../domain/Elapsed.ts"
import * as Alarms from "../domain/Alarms.ts"
import type { Call } from "../domain/Call.ts"
import type { CallError } from "../domain/CallError.ts"
import type { CallStart } from "../domain/Entry.ts"
import * as InTurn from "../domain/InTurn.ts"
import type { Reason } from "../domain/Reason.ts"
import * as Tokens from "../domain/Tokens.ts"
import { ProviderRegistry } from "../provider/Provider.ts"
import * as Activity from "../target/Activity.ts"
import * as CallState from "../target/CallState.ts"
import type { Engine } from "../target/Engine.ts"
import { Health } from "../target/Health.ts"
import { Limits } from "../target/Limits.ts"
import * as Record from "../target/Record.ts"
import { Recorder } from "../target/Recorder.ts"
import * as Circles from "./Circles.ts"
import * as Interpreter from "./Interpreter.ts"
import type { Route } from "./Route.ts"

/** An answer, and who gave it after what. A stream goes on until its scope closes. @stability stable @category models @since 0.1.0 */
export type Answered = CallState.Answered

/**
 * The router.
 *
 * @stability stable
 * @category services
 * @since 0.1.0
 */
export class Router extends Context.Service<
  Router,
  {
    /**
     * Answers a call through a route, or fails with everything that was tried. The call ends, and is on record, when the scope closes, or
     * `end` is said; one that failed, and has no `status` to tell, at once. Dies where the route leads by more than 1000 targets.
     */
    readonly run: <E extends Reason>(
      call: Call,
      route: Route<E>,
      name?: string
    ) => Effect.Effect<Answered, CallError<E>, Scope.Scope>
  }
>()("@orelse/core/route/Router") {
  /** With these named routes, for `Route.route(name)`. Throws where one leads to itself, or by more than 1000 targets. */
  static readonly layerRoutes = (routes: Readonly<Record<string, Route>>) => {
    const circle = Circles.find(routes)
    if (circle !== undefined) {
      throw new Error(`Router.layerRoutes: routes must not lead to themselves, got ${circle.join(" → ")}`)
    }
    const excess = Circles.excess(routes)
    if (excess !== undefined) {
      throw new Error(`Router.layerRoutes: route "${excess.name}" must lead by at most ${excess.why}, got more`)
    }
    return Layer.effect(
      Router,
      Effect.suspend(() => make((name) => (Object.hasOwn(routes, name) ? routes[name] : undefined)))
    )
  }
  /** Without named routes. */
  static readonly layer = Router.layerRoutes({})
}

/**
 * Builds the router's service; `named` resolves `Route.route(name)`.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (named: (name: string) => Route | undefined) {
  const registry = yield* ProviderRegistry
  const engine: Engine = {
    clock: yield* Clock.Clock,
    alarms: yield* Alarms.make,
    registry,
    health: yield* Health,
    limits: yield* Limits,
    recorder: Option.getOrElse(yield* Effect.serviceOption(Recorder), () => Recorder.none),
    activity: Activity.make(),
    estimateTokens
  }
  const interpreter = Interpreter.make(engine, named)
  return Router.of({
    run: <E extends Reason>(call: Call, route: Route<E>, name = call.model) =>
      run(engine, interpreter, call, route, name) as Effect.Effect<Answered, CallError<E>, Scope.Scope>
  })
})

const run = (
  engine: Engine,
  interpreter: Interpreter.Interpreter,
  call: Call,
  route: Route,
  name: string
): Effect.Effect<Answered, CallError, Scope.Scope> =>
  Effect.withFiber((fiber) => {
    const { context } = fiber
    const state = CallState.make(call, engine.clock.currentTimeMillisUnsafe(), Elapsed.millis(engine.clock))
    const start = started(state, name)
    state.enter = (scope) => fiber.setContext(Context.add(context, Scope.Scope, scope))
    state.end = once((exit) => finish(engine, state, start, exit))
    const walk = Effect.suspend(() =>
      // The one thing at its end: a scope with several has a good deal more to do when it closes.
      InTurn.after(InTurn.atEnd(Context.getUnsafe(context, Scope.Scope), state.end), () =>
        interpreter.run(route, state, start)
      )
    )
    // What was held is given back now, however long the caller's own scope lives; a caller that tells a status does so first.
    return Effect.onExitPrimitive(walk, (exit) => {
      fiber.setContext(context)
      if (Exit.isSuccess(exit)) return undefined
      return Exit.hasInterrupts(exit) || call.status === undefined ? state.end(exit) : state.attempt?.release(exit)
    })
  })

type Finalizer = (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>

/** Lets go of what it would do, once it has: a scope may live on for long. */
const once = (finalizer: Finalizer): Finalizer => {
  let next: Finalizer | undefined = finalizer
  return (exit) => {
    const run = next
    next = undefined
    return run?.(exit) ?? Effect.void
  }
}

const started = (state: CallState.CallState, route: string): CallStart => {
  const { call } = state
  return {
    _tag: "CallStart",
    id: call.id,
    startedAt: state.startedAt,
    route,
    model: call.model,
    operation: call.operation,
    dialect: call.dialect,
    stream: call.stream,
    caller: call.caller,
    metadata: call.options.metadata,
    tags: call.options.tags,
    traceparent: call.traceparent,
    requestBody: call.keepsBodies === true ? kept(call, call.wire?.text) : undefined
  }
}

const kept = (call: Call, text: string | undefined): string | undefined =>
  text === undefined ? undefined : (call.withoutKeys?.(text) ?? text)

/** The call is over: what it holds is given back, then an attempt that was under way ends on record, then the call. */
const finish = (
  engine: Engine,
  state: CallState.CallState,
  start: CallStart,
  exit: Exit.Exit<unknown, unknown>
): Effect.Effect<void> => {
  const { attempt } = state
  state.over = exit
  Record.waitNoMore(state)
  const last = () => {
    if (Exit.hasInterrupts(exit)) interrupted(state)
    return close(engine, state, start, exit)
  }
  if (attempt === undefined) return last()
  return InTurn.andThen(attempt.release(exit), () => InTurn.andThen(attempt.outlived(), last))
}

const interrupted = (state: CallState.CallState): void => {
  const why = state.call.interrupted?.(state.attempts)
  if (why === undefined) return
  state.failure = why
  state.outcome = "cancelled"
}

/** The call's end on record, whatever way it went. A stream's own end is that of its last attempt. */
const close = (
  engine: Engine,
  state: CallState.CallState,
  start: CallStart,
  exit: Exit.Exit<unknown, unknown>
): Effect.Effect<void> => {
  const now = engine.clock.currentTimeMillisUnsafe()
  const { attempts } = state
  const last = attempts.at(-1)
  const outcome =
    state.outcome ??
    (last !== undefined && state.served !== undefined
      ? last.outcome
      : Exit.hasInterrupts(exit)
        ? "cancelled"
        : "failed")
  // A system's clock that is set back must not make what is counted less.
  const durationMs = Math.max(0, now - state.startedAt)
  const end = {
    _tag: "CallEnd",
    id: state.call.id,
    endedAt: now,
    outcome,
    reason: state.failure ?? (outcome === "failed" ? last?.reason : undefined),
    status: state.call.status?.(),
    served: state.served,
    attempts: state.begun,
    fellBack: CallState.fellBack(state),
    firstContentMs: state.firstContentMs,
    durationMs,
    overheadMs: Math.max(0, durationMs - state.awayMs),
    usage: state.usage,
    costUsd: state.costUsd,
    costBasis: state.costBasis,
    responseBody: kept(state.call, state.responseBody)
  } as const
  state.call.ended?.(end)
  return Record.append(engine, state, end, { start, attempts })
}

const estimateTokens = (call: Call): number => {
  const { input, output } = Tokens.expected(call)
  return input + output
}

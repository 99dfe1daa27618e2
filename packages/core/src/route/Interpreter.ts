/**
 * The walk over a route: which target next, and when to stop.
 *
 * Each node either hands the call on to its children or changes the frame they run in. A child that ends with `nextTarget` is
 * followed by what comes after it; one that ends with `stop` ends the call. It makes no attempt itself and knows no provider's ways.
 */
import * as Effect from "effect/Effect"
import * as Elapsed from "../domain/Elapsed.ts"
import type { Answer } from "../domain/Answer.ts"
import type { Reason, Tag } from "../domain/Reason.ts"
import * as RetryPolicy from "../policy/RetryPolicy.ts"
import { attemptsLeft, type CallState, type Cooling, type Ended, type Frame } from "../target/CallState.ts"
import type { Engine } from "../target/Engine.ts"
import * as TargetRunner from "../target/TargetRunner.ts"
import * as Bounds from "./Bounds.ts"
import * as Frames from "./Frames.ts"
import * as Parked from "./Parked.ts"
import type { Node, Route } from "./Route.ts"
import * as Strategies from "./strategy/builtIn.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Interpreter {
  readonly run: (route: Route, state: CallState) => Effect.Effect<Answer, Ended>
  /** What a call on this route may take. */
  readonly bounds: (route: Route) => Bounds.Bounds
}

type Walk = Effect.Effect<Answer, Ended>

/** What every step of a walk needs. */
interface Walker {
  readonly engine: Engine
  /** Elapsed time, as deadlines are. */
  readonly now: () => number
  readonly named: (name: string) => Route | undefined
  readonly strategies: Strategies.Strategies
}

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (engine: Engine, named: (name: string) => Route | undefined): Interpreter => {
  const now = () => Elapsed.millis(engine.clock)
  const walker: Walker = { engine, now, named, strategies: Strategies.make(engine, named) }
  const bounds = (route: Route) => Bounds.of(route, named)
  return {
    bounds,
    run: (route, state) => {
      const sooner: Frame["sooner"] = (id, credential, waitMs) => {
        const at = engine.clock.currentTimeMillisUnsafe()
        return freeInTime({ walker, route, frame, state }, at).some(
          (other) => (other.id !== id || other.credential !== credential) && other.until - at < waitMs
        )
      }
      const frame = Frames.root(bounds(route), state, sooner)
      return Effect.catch(walk(walker, route, frame, state), (ended) =>
        probe({ walker, route, frame, state }, ended, false)
      )
    }
  }
}

const walk = (walker: Walker, { node }: Route, frame: Frame, state: CallState): Walk => {
  switch (node._tag) {
    case "Target":
      return TargetRunner.run(walker.engine, node, frame, state)
    case "OrElse":
      return orElse(walker, node, frame, state)
    case "Balance":
      return Effect.flatMap(walker.strategies.order(node), (order) => inOrder(walker, order, 0, frame, state))
    case "Retry":
    case "RetryWith":
    case "Repair":
    case "Deadline":
    case "Budget":
      return walk(
        walker,
        node.route,
        Frames.inside(node, frame, state, walker.now, frame.probe?.alone === true ? "again" : "begin"),
        state
      )
    case "Named":
      return byName(walker, node.name, frame, state)
  }
}

const orElse = (walker: Walker, node: Extract<Node, { _tag: "OrElse" }>, frame: Frame, state: CallState): Walk => {
  const { engine } = walker
  const isListed = (reason: Reason) => node.on?.includes(reason._tag) === true
  const isFor = (tag: Tag) => node.on === undefined || node.on.includes(tag)
  const isThere = (as: CallState, endsAt?: number) =>
    isOpen(engine, frame, endsAt) && canServe(walker, node.right, frame, as)
  const after: Frame["after"] = (reason, endsAt) =>
    (isFor(reason._tag) && isThere(state, endsAt)) || frame.after(reason, endsAt)
  const listed: Frame["listed"] = (reason) =>
    (isListed(reason) && isThere({ ...state, minimumWindow: windowFor(reason, state) })) || frame.listed(reason)
  return Effect.catch(walk(walker, node.left, { ...frame, after, listed }, state), (ended) => {
    const reason = ended.error?.reason
    // What cools down has failed for this before; the call would only have learned it anew.
    const tag = reason?._tag ?? ended.parkedFor
    if (ended.next === "listed") {
      if (reason === undefined || !isListed(reason)) return Effect.fail(ended)
      state.minimumWindow = windowFor(reason, state)
    } else if (!movesOn(engine, ended, frame) || (tag !== undefined && !isFor(tag))) return Effect.fail(ended)
    return afterIt(ended, walk(walker, node.right, frame, state))
  })
}

/** What is there for an overflow by name is taken to be large enough. */
const windowFor = (reason: Reason, { minimumWindow }: CallState): number | undefined =>
  reason._tag === "ContextWindowExceeded" ? undefined : minimumWindow

/** The members from `index` on. */
const inOrder = (walker: Walker, order: ReadonlyArray<Route>, index: number, frame: Frame, state: CallState): Walk => {
  const member = order[index]
  if (member === undefined) return nobody
  const rest = order.slice(index + 1)
  if (rest.length === 0) return walk(walker, member, frame, state)
  const after: Frame["after"] = (reason, endsAt) =>
    (isOpen(walker.engine, frame, endsAt) && rest.some((next) => canServe(walker, next, frame, state))) ||
    frame.after(reason, endsAt)
  return Effect.catch(walk(walker, member, { ...frame, after }, state), (ended) =>
    movesOn(walker.engine, ended, frame)
      ? afterIt(ended, inOrder(walker, order, index + 1, frame, state))
      : Effect.fail(ended)
  )
}

/** Where what comes after a failure is passed over, that failure is what the nodes around hear of. */
const afterIt = ({ error }: Ended, next: Walk): Walk =>
  error === undefined
    ? next
    : Effect.mapError(next, (ended) => (ended.error === undefined ? { ...ended, error } : ended))

const byName = (walker: Walker, name: string, frame: Frame, state: CallState): Walk => {
  const route = walker.named(name)
  if (route !== undefined) return walk(walker, route, frame, state)
  state.skipped.push({ provider: name, model: "", why: `no route "${name}" is configured` })
  return nobody
}

/** Nobody was there to be asked. */
const nobody = Effect.fail<Ended>({ next: "nextTarget", error: undefined, cause: "skipped" })

/** Whether a route has a target that could be asked now. */
const canServe = (walker: Walker, { node }: Route, frame: Frame, state: CallState): boolean => {
  switch (node._tag) {
    case "Target":
      return isAble(walker.engine, node, frame, state)
    case "OrElse":
      return canServe(walker, node.left, frame, state) || canServe(walker, node.right, frame, state)
    case "Balance":
      return node.members.some((member) => canServe(walker, member.route, frame, state))
    case "Named": {
      const next = walker.named(node.name)
      return next !== undefined && canServe(walker, next, frame, state)
    }
    case "Retry":
      return canServe(walker, node.route, { ...frame, policy: node.policy }, state)
    case "RetryWith":
    case "Repair":
    case "Deadline":
    case "Budget":
      return canServe(walker, node.route, frame, state)
  }
}

/**
 * A branch that has used up a budget or a deadline of its own only, and not those of the nodes around, has given up like any other; so has one
 * whose next wait is too long for its own deadline, where there is more time around it.
 */
const movesOn = (engine: Engine, ended: Ended, frame: Frame): boolean => {
  if (ended.cause === "budget") return attemptsLeft(frame) > 0
  if (ended.cause === "deadline") return isOpen(engine, frame, ended.endsAt)
  return ended.next === "nextTarget"
}

/** Whether attempts and time are left, and more time than until `endsAt`. */
const isOpen = (engine: Engine, frame: Frame, endsAt = Number.NEGATIVE_INFINITY): boolean =>
  attemptsLeft(frame) > 0 && Math.max(endsAt, Elapsed.millis(engine.clock)) < frame.deadlineAt

const isAble = (
  engine: Engine,
  target: { readonly provider: string; readonly model: string },
  frame: Frame,
  state: CallState
): boolean => {
  const provider = engine.registry.get(target.provider)
  if (provider === undefined || TargetRunner.unable(provider, target.model, frame, state) !== undefined) return false
  const now = engine.clock.currentTimeMillisUnsafe()
  return provider.credentials.some(
    (credential) =>
      TargetRunner.heeded(
        engine,
        frame.policy,
        { provider: provider.id, model: target.model, credential: credential.name },
        now
      ).state === "healthy"
  )
}

/** A call on its way through its whole route. */
interface Way {
  readonly walker: Walker
  readonly route: Route
  readonly frame: Frame
  readonly state: CallState
}

/**
 * Health never prevents the only candidate: where every target that could still be asked cools down, the one that is free first
 * is asked all the same: at once if we parked it, after the wait if the provider asked for it. One whose wait does not fit is out of the
 * question. So it is, once a call (`hasLooked`), before the call gives up; and whenever a target gives way because another is free sooner.
 */
const probe = (way: Way, ended: Ended, hasLooked: boolean): Walk => {
  const { frame, route, state, walker } = way
  const { engine } = walker
  const isLeft =
    state.begun === 0 ? ended.cause === "skipped" : ended.isStranded === true || movesOn(engine, ended, frame)
  if (ended.givesWay !== true && (hasLooked || !isLeft)) return Effect.fail(ended)
  if (frame.policy.allCooling === "fail" || !isOpen(engine, frame)) return Effect.fail(ended)
  const now = engine.clock.currentTimeMillisUnsafe()
  const cooling = ended.givesWay === true ? freeInTime(way, now) : worthALook(way, now)
  const soonest = cooling.reduce<Cooling | undefined>(
    (a, b) => (a === undefined || b.until < a.until ? b : a),
    undefined
  )
  if (soonest === undefined) return Effect.fail(ended)
  const waitMs = Math.max(0, (ended.givesWay === true ? soonest.until : soonest.hardUntil) - now)
  const longestMs = Math.max(waitMs, soonest.deadlineAt - walker.now() - 1)
  state.skipped.length = 0
  state.cooling.length = 0
  const next: Frame = { ...frame, probe: { id: soonest.id, alone: state.begun > 0 } }
  return RetryPolicy.spread(frame.policy, waitMs).pipe(
    Effect.flatMap((ms) => TargetRunner.pause(state, Math.min(ms, longestMs))),
    Effect.andThen(Effect.suspend(() => walk(walker, route, next, state))),
    Effect.catch((again) => probe(way, again, hasLooked || ended.givesWay !== true))
  )
}

/** What is free before its part of the route must have answered. */
const freeInTime = ({ frame, route, state, walker }: Way, at: number): ReadonlyArray<Parked.Parked> =>
  Parked.of({ ...walker, state, at }, route, frame).filter(
    ({ deadlineAt, until }) => until - at < deadlineAt - walker.now()
  )

/** What is asked before it is free, unless its provider minds; not again what only we parked. */
const worthALook = ({ frame, route, state, walker }: Way, at: number): ReadonlyArray<Cooling> =>
  state.begun === 0
    ? state.cooling.filter((one) => Parked.fits(walker.engine, one, frame, at))
    : Parked.of({ ...walker, state, at }, route, frame).filter(({ isUnsaid }) => !isUnsaid)

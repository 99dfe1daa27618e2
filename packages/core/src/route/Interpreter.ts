/**
 * The walk over a route: which target next, and when to stop.
 *
 * Each node either hands the call on to its children or changes the frame they run in. What ends without an answer says so to what lies
 * beyond it (`Frame.beyond`): after `nextTarget` that is asked, after `stop` the call ends. It makes no attempt itself and knows no
 * provider's ways.
 */
import * as Effect from "effect/Effect"
import * as Elapsed from "../domain/Elapsed.ts"
import type { AttemptError } from "../domain/AttemptError.ts"
import type { CallStart } from "../domain/Entry.ts"
import * as InTurn from "../domain/InTurn.ts"
import type { Reason, Tag } from "../domain/Reason.ts"
import * as RetryPolicy from "../policy/RetryPolicy.ts"
import type { Beyond, CallState, Cooling, Course, Ended, Frame } from "../target/CallState.ts"
import type { Engine } from "../target/Engine.ts"
import * as Record from "../target/Record.ts"
import * as TargetRunner from "../target/TargetRunner.ts"
import * as Ahead from "./Ahead.ts"
import type { Walker } from "./Ahead.ts"
import * as Bounds from "./Bounds.ts"
import * as CallFailure from "./CallFailure.ts"
import * as Frames from "./Frames.ts"
import * as Parked from "./Parked.ts"
import type { Node, Route } from "./Route.ts"
import * as Strategies from "./strategy/builtIn.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Interpreter {
  /** Puts the call's start on record and begins at the call, on its fiber. */
  readonly run: (route: Route, state: CallState, start: CallStart) => Course
}

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (engine: Engine, named: (name: string) => Route | undefined): Interpreter => {
  const now = () => Elapsed.millis(engine.clock)
  const walker: Walker = { engine, now, named, strategies: Strategies.make(engine, named) }
  return {
    run: (route, state, start) => {
      const way = new Way(walker, route, state)
      state.waitsUntil = way.frame.deadlineAt
      const recorded = Record.append(engine, state, start)
      if (InTurn.left(recorded) === undefined) return walk(walker, route, way.frame, state)
      return Effect.flatMap(recorded, () =>
        now() < state.waitsUntil ? walk(walker, route, way.frame, state) : way.ended(late)
      )
    }
  }
}

/** The record made the call wait for all the time that it had. */
const late: Ended = { next: "stop", error: undefined, cause: "deadline" }

const walk = (walker: Walker, { node }: Route, frame: Frame, state: CallState): Course => {
  switch (node._tag) {
    case "Target":
      return TargetRunner.run(walker.engine, node, frame, state)
    case "OrElse":
      return walk(walker, node.left, { ...frame, beyond: new OnLeft(walker, frame, state, node) }, state)
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

/** What lies beyond a part of a node: what lies beyond that node, unless it says otherwise. */
class Inside implements Beyond {
  readonly walker: Walker
  /** Around the node. */
  readonly frame: Frame
  readonly state: CallState

  constructor(walker: Walker, frame: Frame, state: CallState) {
    this.walker = walker
    this.frame = frame
    this.state = state
  }

  after(reason: Reason, endsAt?: number): boolean {
    return this.frame.beyond.after(reason, endsAt)
  }

  listed(reason: Reason): boolean {
    return this.frame.beyond.listed(reason)
  }

  sooner(id: string, credential: string, waitMs: number): boolean {
    return this.frame.beyond.sooner(id, credential, waitMs)
  }

  ended(ended: Ended): Course {
    return this.frame.beyond.ended(ended)
  }
}

/** On the left of an `orElse`: its right comes next. */
class OnLeft extends Inside {
  readonly node: OrElse

  constructor(walker: Walker, frame: Frame, state: CallState, node: OrElse) {
    super(walker, frame, state)
    this.node = node
  }

  override after(reason: Reason, endsAt?: number): boolean {
    const window = this.state.minimumWindow
    return (isFor(this.node, reason._tag) && this.#isThere(window, endsAt)) || super.after(reason, endsAt)
  }

  override listed(reason: Reason): boolean {
    const window = windowFor(reason, this.state)
    return (isListed(this.node, reason) && this.#isThere(window)) || super.listed(reason)
  }

  override ended(ended: Ended): Course {
    return this.#takes(ended) ? walk(this.walker, this.node.right, since(this, ended), this.state) : super.ended(ended)
  }

  #takes(ended: Ended): boolean {
    const reason = ended.error?.reason
    if (ended.next === "listed") {
      if (reason === undefined || !isListed(this.node, reason)) return false
      this.state.minimumWindow = windowFor(reason, this.state)
      return true
    }
    // What cools down has failed for this before; the call would only have learned it anew.
    const tag = reason?._tag ?? ended.parkedFor
    return Ahead.movesOn(this.walker.engine, ended, this.frame) && (tag === undefined || isFor(this.node, tag))
  }

  #isThere(minimumWindow: number | undefined, endsAt?: number): boolean {
    const { frame, node, walker } = this
    return Ahead.isOpen(walker.engine, frame, endsAt) && Ahead.canServe(walker, node.right, frame, minimumWindow)
  }
}

type OrElse = Extract<Node, { _tag: "OrElse" }>

const isListed = ({ on }: OrElse, reason: Reason): boolean => on?.includes(reason._tag) === true

const isFor = ({ on }: OrElse, tag: Tag): boolean => on === undefined || on.includes(tag)

/** What is there for an overflow by name is taken to be large enough. */
const windowFor = (reason: Reason, { minimumWindow }: CallState): number | undefined =>
  reason._tag === "ContextWindowExceeded" ? undefined : minimumWindow

/** The members from `index` on. */
const inOrder = (
  walker: Walker,
  order: ReadonlyArray<Route>,
  index: number,
  frame: Frame,
  state: CallState
): Course => {
  const member = order[index]
  if (member === undefined) return TargetRunner.giveUp(frame, nobody)
  if (index === order.length - 1) return walk(walker, member, frame, state)
  return walk(walker, member, { ...frame, beyond: new AmongMembers(walker, frame, state, order, index + 1) }, state)
}

/** Among the members of a balance: those from `index` on come next. */
class AmongMembers extends Inside {
  readonly order: ReadonlyArray<Route>
  readonly index: number

  constructor(walker: Walker, frame: Frame, state: CallState, order: ReadonlyArray<Route>, index: number) {
    super(walker, frame, state)
    this.order = order
    this.index = index
  }

  override after(reason: Reason, endsAt?: number): boolean {
    const { frame, index, order, state, walker } = this
    const isThere = () =>
      order.some((next, at) => at >= index && Ahead.canServe(walker, next, frame, state.minimumWindow))
    return (Ahead.isOpen(walker.engine, frame, endsAt) && isThere()) || super.after(reason, endsAt)
  }

  override ended(ended: Ended): Course {
    const { frame, index, order, state, walker } = this
    return Ahead.movesOn(walker.engine, ended, frame)
      ? inOrder(walker, order, index, since(this, ended), state)
      : super.ended(ended)
  }
}

/** Where what comes after a failure is passed over, that failure is what the nodes around hear of. */
class Since extends Inside {
  readonly error: AttemptError

  constructor(walker: Walker, frame: Frame, state: CallState, error: AttemptError) {
    super(walker, frame, state)
    this.error = error
  }

  override ended(ended: Ended): Course {
    return super.ended(ended.error === undefined ? { ...ended, error: this.error } : ended)
  }
}

/** The frame of what comes after; the last failure stands for those before it. */
const since = ({ frame, state, walker }: Inside, { error }: Ended): Frame => {
  if (error === undefined) return frame
  const around = frame.beyond instanceof Since ? frame.beyond.frame : frame
  return { ...frame, beyond: new Since(walker, around, state, error) }
}

const byName = (walker: Walker, name: string, frame: Frame, state: CallState): Course => {
  const route = walker.named(name)
  if (route !== undefined) return walk(walker, route, frame, state)
  state.skipped.push({ provider: name, model: "", why: `no route "${name}" is configured` })
  return TargetRunner.giveUp(frame, nobody)
}

/** Nobody was there to be asked. */
const nobody: Ended = { next: "nextTarget", error: undefined, cause: "skipped" }

/** A call on its way through its whole route: nothing lies beyond that, but what cools down may be asked all the same. */
class Way implements Beyond {
  readonly walker: Walker
  readonly route: Route
  readonly state: CallState
  /** As the call began. */
  readonly frame: Frame
  /** It has looked for what cools down, as it does once before it gives up. */
  hasLooked = false
  readonly #bounds: Bounds.Bounds

  constructor(walker: Walker, route: Route, state: CallState) {
    this.walker = walker
    this.route = route
    this.state = state
    this.#bounds = Bounds.of(route, walker.named)
    this.frame = Frames.root(this.#bounds, state, this)
  }

  after(): boolean {
    return false
  }

  listed(): boolean {
    return false
  }

  sooner(id: string, credential: string, waitMs: number): boolean {
    const at = this.walker.engine.clock.currentTimeMillisUnsafe()
    return freeInTime(this, at).some(
      (other) => (other.id !== id || other.credential !== credential) && other.until - at < waitMs
    )
  }

  ended(ended: Ended): Course {
    return probe(this, ended) ?? this.#fail(ended)
  }

  #fail(ended: Ended): Course {
    const { state, walker } = this
    const error = CallFailure.toCallError(state, ended, this.#bounds, walker.engine.clock.currentTimeMillisUnsafe())
    state.outcome = "failed"
    state.failure = error.reason._tag
    return Effect.fail(error)
  }
}

/**
 * Health never prevents the only candidate: where every target that could still be asked cools down, the one that is free first
 * is asked all the same: at once if we parked it, after the wait if the provider asked for it. One whose wait does not fit is out of the
 * question. So it is, once a call (`hasLooked`), before the call gives up; and whenever a target gives way because another is free sooner.
 */
const probe = (way: Way, ended: Ended): Course | undefined => {
  const { frame, route, state, walker } = way
  const { engine } = walker
  const isLeft =
    state.begun === 0 ? ended.cause === "skipped" : ended.isStranded === true || Ahead.movesOn(engine, ended, frame)
  if (ended.givesWay !== true && (way.hasLooked || !isLeft)) return undefined
  if (frame.policy.allCooling === "fail" || !Ahead.isOpen(engine, frame)) return undefined
  const now = engine.clock.currentTimeMillisUnsafe()
  const cooling = ended.givesWay === true ? freeInTime(way, now) : worthALook(way, now)
  const soonest = cooling.reduce<Cooling | undefined>(
    (a, b) => (a === undefined || b.until < a.until ? b : a),
    undefined
  )
  if (soonest === undefined) return undefined
  const waitMs = Math.max(0, (ended.givesWay === true ? soonest.until : soonest.hardUntil) - now)
  const longestMs = Math.max(waitMs, soonest.deadlineAt - walker.now() - 1)
  state.skipped.length = 0
  state.cooling.length = 0
  way.hasLooked ||= ended.givesWay !== true
  const next: Frame = { ...frame, probe: { id: soonest.id, alone: state.begun > 0 } }
  return RetryPolicy.spread(frame.policy, waitMs).pipe(
    Effect.flatMap((ms) => TargetRunner.pause(state, Math.min(ms, longestMs))),
    Effect.flatMap(() => walk(walker, route, next, state))
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

/**
 * What could still take a call: read off the tree, the frame and health, with nobody asked.
 *
 * It does not say what takes it, which is the walk's (`Interpreter.ts`).
 */
import * as Elapsed from "../domain/Elapsed.ts"
import { attemptsLeft, type Ended, type Frame } from "../target/CallState.ts"
import type { Engine } from "../target/Engine.ts"
import * as Availability from "../target/Availability.ts"
import type { Route } from "./Route.ts"
import type * as Strategies from "./strategy/builtIn.ts"

/** What every step of a walk needs. @stability experimental @category models @since 0.1.0 */
export interface Walker {
  readonly engine: Engine
  /** Elapsed time, as deadlines are. */
  readonly now: () => number
  readonly named: (name: string) => Route | undefined
  readonly strategies: Strategies.Strategies
}

/** Whether a route has a target that could be asked now. @stability experimental @category predicates @since 0.1.0 */
export const canServe = (walker: Walker, { node }: Route, frame: Frame, minimumWindow: number | undefined): boolean => {
  switch (node._tag) {
    case "Target":
      return isAble(walker.engine, node, frame, minimumWindow)
    case "OrElse":
      return canServe(walker, node.left, frame, minimumWindow) || canServe(walker, node.right, frame, minimumWindow)
    case "Balance":
      return node.members.some((member) => canServe(walker, member.route, frame, minimumWindow))
    case "Named": {
      const next = walker.named(node.name)
      return next !== undefined && canServe(walker, next, frame, minimumWindow)
    }
    case "Retry":
      return canServe(walker, node.route, { ...frame, policy: node.policy }, minimumWindow)
    case "RetryWith":
    case "Repair":
    case "Deadline":
    case "Budget":
      return canServe(walker, node.route, frame, minimumWindow)
  }
}

/**
 * A branch that has used up a budget or a deadline of its own only, and not those of the nodes around, has given up like any other; so has one
 * whose next wait is too long for its own deadline, where there is more time around it.
 *
 * @stability experimental
 * @category predicates
 * @since 0.1.0
 */
export const movesOn = (engine: Engine, ended: Ended, frame: Frame): boolean => {
  if (ended.cause === "budget") return attemptsLeft(frame) > 0
  if (ended.cause === "deadline") return isOpen(engine, frame, ended.endsAt)
  return ended.next === "nextTarget"
}

/** Whether attempts and time are left, and more time than until `endsAt`. @stability experimental @category predicates @since 0.1.0 */
export const isOpen = (engine: Engine, frame: Frame, endsAt = Number.NEGATIVE_INFINITY): boolean =>
  attemptsLeft(frame) > 0 && Math.max(endsAt, Elapsed.millis(engine.clock)) < frame.deadlineAt

const isAble = (
  engine: Engine,
  target: { readonly provider: string; readonly model: string },
  frame: Frame,
  minimumWindow: number | undefined
): boolean => {
  const provider = engine.registry.get(target.provider)
  if (provider === undefined || Availability.unable(provider, target.model, frame, minimumWindow) !== undefined)
    return false
  const now = engine.clock.currentTimeMillisUnsafe()
  return provider.credentials.some(
    (credential) =>
      Availability.heeded(
        engine,
        frame.policy,
        { provider: provider.id, model: target.model, credential: credential.name },
        now
      ).state === "healthy"
  )
}

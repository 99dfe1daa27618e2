/**
 * A scheduler that pauses what it runs at one step: whoever interrupts there has tried every place where an interruption can come.
 */
import * as Scheduler from "effect/Scheduler"

/** Pauses once, at this step (1 is the first). @stability experimental @category models @since 0.1.0 */
export class Pausing extends Scheduler.MixedScheduler {
  /** Steps that were run so far. */
  steps = 0
  readonly at: number

  constructor(at: number) {
    super()
    this.at = at
  }

  override shouldYield(): boolean {
    this.steps += 1
    return this.steps === this.at
  }
}

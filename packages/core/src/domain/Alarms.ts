/**
 * Many times that must not pass unnoticed, with one sleeping fiber for all of them.
 *
 * A call sets several (first content, total, silence), and nearly all are cancelled: setting and cancelling one is a few writes, where a
 * fiber that sleeps costs as much as the rest of an attempt. It sleeps in naps, so that it need not be woken when the last alarm goes and the
 * next one comes a moment later. Times are the Clock's, so that a test decides when they come, and go by whatever the system's clock is set to.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Elapsed from "./Elapsed.ts"

/** One that is set. @stability experimental @category models @since 0.1.0 */
export interface Alarm {
  /** It does not ring any more; safe to say again. */
  readonly cancel: () => void
}

/** Calls back when a time has come, under the clock of the program (`TestClock` too). @stability experimental @category models @since 0.1.0 */
export interface Alarms {
  readonly clock: Clock.Clock
  /**
   * Calls `ring` once, so many milliseconds from now. What it throws is logged, and no other alarm hears of it.
   *
   * @param now the elapsed time, where that was just asked: a clock costs more than an alarm.
   */
  readonly set: (ms: number, ring: () => void, now?: number) => Alarm
}

/** The longest nap in milliseconds: how long a program that is over may have to wait for it. */
const napMs = 100

/**
 * Alarms of the current Clock. Nothing sleeps for longer than a nap once none is set.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<Alarms> = Effect.withFiber((fiber) => {
  const { context } = fiber
  return Effect.map(Clock.Clock, (clock) => new Ringer(clock, Effect.runForkWith(context)))
})

/** An alarm in the row of those that were set for the same time from then on: the first is always the next. */
class Entry implements Alarm {
  before: Entry | undefined
  after: Entry | undefined
  ring: (() => void) | undefined
  readonly at: number
  readonly row: Row

  constructor(row: Row, at: number, ring: () => void) {
    this.row = row
    this.at = at
    this.ring = ring
  }

  cancel(): void {
    if (this.ring !== undefined) this.row.remove(this)
  }

  fire(): void {
    const { ring } = this
    this.cancel()
    ring?.()
  }
}

class Row {
  first: Entry | undefined
  #last: Entry | undefined
  readonly ms: number
  readonly #ringer: Ringer

  constructor(ms: number, ringer: Ringer) {
    this.ms = ms
    this.#ringer = ringer
  }

  add(at: number, ring: () => void): Entry {
    const one = new Entry(this, at, ring)
    one.before = this.#last
    if (this.#last === undefined) this.first = one
    else this.#last.after = one
    this.#last = one
    return one
  }

  /** Points to nothing afterwards, so that whoever still holds the alarm holds nothing else. */
  remove(one: Entry): void {
    const { after, before } = one
    if (before === undefined) this.first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    one.before = undefined
    one.after = undefined
    one.ring = undefined
    this.#ringer.removed(this)
  }
}

class Ringer implements Alarms {
  readonly clock: Clock.Clock
  readonly #fork: (effect: Effect.Effect<void>) => Fiber.Fiber<void>
  readonly #rows = new Map<number, Row>()
  #sleeper: Fiber.Fiber<void> | undefined
  /** When the next alarm may be due; never after it is. */
  #nextAt = Number.POSITIVE_INFINITY
  /** When the sleeper looks up. */
  #wakesAt = Number.POSITIVE_INFINITY
  #isRinging = false
  #count = 0

  constructor(clock: Clock.Clock, fork: (effect: Effect.Effect<void>) => Fiber.Fiber<void>) {
    this.clock = clock
    this.#fork = fork
  }

  set(ms: number, ring: () => void, now = Elapsed.millis(this.clock)): Alarm {
    let row = this.#rows.get(ms)
    if (row === undefined) this.#rows.set(ms, (row = new Row(ms, this)))
    const at = now + ms
    this.#count += 1
    const one = row.add(at, ring)
    if (at < this.#nextAt) {
      this.#nextAt = at
      if (this.#sleeper === undefined || at < this.#wakesAt) this.#sleepAnew()
    }
    return one
  }

  removed(row: Row): void {
    this.#count -= 1
    if (row.first === undefined) this.#rows.delete(row.ms)
    if (this.#count === 0) this.#nextAt = Number.POSITIVE_INFINITY
  }

  /** While it rings it looks anew afterwards anyhow. */
  #sleepAnew(): void {
    if (this.#isRinging) return
    this.#sleeper?.interruptUnsafe()
    const sleeper = this.#fork(this.#sleep)
    // What was due at once has rung already.
    this.#sleeper = sleeper.pollUnsafe() === undefined ? sleeper : undefined
  }

  readonly #sleep: Effect.Effect<void> = Effect.suspend(() => {
    const now = Elapsed.millis(this.clock)
    if (now >= this.#nextAt) this.#ringDue(now)
    if (this.#count === 0) {
      this.#sleeper = undefined
      return Effect.void
    }
    const ms = Math.min(Math.max(0, Math.ceil(this.#nextAt - now)), napMs)
    this.#wakesAt = now + ms
    return Effect.andThen(this.clock.sleep(Duration.millis(ms)), this.#sleep)
  })

  /** One that fails must not silence the others: they are the clocks of all calls. What it failed with may hold a caller's words. */
  #fire(entry: Entry): void {
    try {
      entry.fire()
    } catch (error) {
      this.#fork(Effect.logError("A clock's listener failed", error instanceof Error ? error.name : typeof error))
    }
  }

  /** One round over the rows, of which there are few; what is set meanwhile lowers `#nextAt` itself. */
  #ringDue(now: number): void {
    this.#isRinging = true
    this.#nextAt = Number.POSITIVE_INFINITY
    for (const row of this.#rows.values()) {
      while (row.first !== undefined && row.first.at <= now) this.#fire(row.first)
      if (row.first !== undefined) this.#nextAt = Math.min(this.#nextAt, row.first.at)
    }
    this.#isRinging = false
    if (this.#count === 0) this.#nextAt = Number.POSITIVE_INFINITY
  }
}

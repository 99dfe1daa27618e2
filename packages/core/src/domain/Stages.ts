/**
 * The work of a turn of the event loop, kind by kind. The first of each kind is done at once; what comes up later in the same turn waits
 * until the turn is over, and is done then with all of its kind: answers of providers, then answers to callers, then new requests.
 *
 * One call after another, each in all its parts, makes a processor fetch the same code again for each part of each call, and wakes whoever
 * reads a connection for each write anew. In a row the code is there already and the reader awake. A turn with one of a kind, which is every
 * turn of a process with little to do, has nothing to wait for.
 */

/** In the order in which they are done. @stability experimental @category models @since 0.1.0 */
export type Stage = (typeof order)[number]

const order = ["answers", "departures", "requests"] as const

/** Something to do. `after` is called when all that waited with it have run. @stability experimental @category models @since 0.1.0 */
export interface Work {
  readonly run: () => void
  readonly after?: () => void
}

/** @stability experimental @category models @since 0.1.0 */
export interface Stages {
  /** Does it at once, or when the turn is over; whether it is done. Work must not throw: what waits with it would be lost, and other kinds wait a turn more. */
  readonly add: (stage: Stage, work: Work) => boolean
}

/** Stages of one thread; `atTurnsEnd` runs what it is given when the turn is over. @stability experimental @category constructors @since 0.1.0 */
export const make = (atTurnsEnd: (run: () => void) => unknown): Stages => {
  const queues = order.map((): Queue => ({ waiting: [], hasBegun: false }))
  let isDue = false
  /** The stage that is done now, when the turn is over. */
  let current: number | undefined
  const end = (): void => {
    isDue = false
    try {
      for (current = 0; current < order.length; current++) finish(queues[current]!)
    } finally {
      current = undefined
      if (queues.some(({ hasBegun }) => hasBegun)) askForEnd()
    }
  }
  const askForEnd = (): void => {
    if (!isDue) atTurnsEnd(end)
    isDue = true
  }
  return {
    add: (stage, work) => {
      const at = order.indexOf(stage)
      const queue = queues[at]!
      const waits = current === undefined ? queue.hasBegun : at > current
      if (waits) {
        queue.waiting.push(work)
        return false
      }
      if (current === undefined) {
        queue.hasBegun = true
        askForEnd()
      }
      work.run()
      return true
    }
  }
}

interface Queue {
  waiting: Array<Work>
  /** The first of this turn has been done. */
  hasBegun: boolean
}

const finish = (queue: Queue): void => {
  const { waiting } = queue
  queue.hasBegun = false
  if (waiting.length === 0) return
  queue.waiting = []
  for (const work of waiting) work.run()
  for (const work of waiting) work.after?.()
}

/** Those of this thread. @stability experimental @category services @since 0.1.0 */
export const ofThread: Stages = make(setImmediate)

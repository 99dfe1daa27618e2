/**
 * Passes a question of one worker on to all others, and brings the answers back together.
 *
 * One that is gone is not asked; one that is silent is left out after `patienceMs`.
 */
import { type Question, type Reply, type ToPrimary } from "./Message.ts"
import { patienceMs } from "./Peers.ts"
import type { Worker } from "./Worker.ts"

/** A worker with its number. @stability experimental @category models @since 0.1.0 */
export interface Numbered {
  readonly number: number
  readonly worker: Worker
}

interface Open {
  readonly waiting: Map<Worker, number>
  readonly replies: Array<Reply>
  readonly done: (replies: ReadonlyArray<Reply>) => void
  readonly timer: NodeJS.Timeout
}

/** @stability experimental @category models @since 0.1.0 */
export interface Passing {
  /** What a worker said, where it is a question or an answer. */
  readonly hear: (message: ToPrimary, from: Worker) => void
  /** Asks all but one, and nobody need wait. */
  readonly askAll: (question: Question, except?: Worker, done?: (replies: ReadonlyArray<Reply>) => void) => void
}

/** Between the workers of this moment. @stability experimental @category constructors @since 0.1.0 */
export const make = (workers: () => ReadonlyArray<Numbered>): Passing => {
  const open = new Map<number, Open>()
  let last = 0
  const close = (id: number) => {
    const found = open.get(id)
    if (found === undefined) return
    open.delete(id)
    clearTimeout(found.timer)
    found.done(found.replies)
  }
  const askAll: Passing["askAll"] = (question, except, done = () => {}) => {
    const id = ++last
    const asked = workers().filter(
      ({ worker }) => worker !== except && worker.send({ orelse: "question", id, question })
    )
    if (asked.length === 0) return done([])
    open.set(id, {
      waiting: new Map(asked.map(({ number, worker }) => [worker, number])),
      replies: [],
      done,
      timer: setTimeout(() => close(id), patienceMs)
    })
  }
  return {
    askAll,
    hear: (message, from) => {
      if (message.orelse === "ask") {
        const { id, question } = message
        return askAll(question, from, (replies) => from.send({ orelse: "replies", id, replies }))
      }
      if (message.orelse !== "reply") return
      const found = open.get(message.id)
      const worker = found?.waiting.get(from)
      if (found === undefined || worker === undefined) return
      found.waiting.delete(from)
      found.replies.push({ worker, text: message.text })
      if (found.waiting.size === 0) close(message.id)
    }
  }
}

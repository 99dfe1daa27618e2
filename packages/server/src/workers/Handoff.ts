/**
 * Connections on their way to a worker: none is lost with a worker that dies.
 *
 * `node:cluster` accepts a connection in the primary, sends it to a worker, and closes its own end once the worker has said that it
 * took it. A worker that is killed in between says nothing, and the primary keeps the connection open for ever: the caller waits
 * for an answer that nobody writes (Node 24.21, `lib/internal/cluster/round_robin_handle.js`). So each connection is remembered
 * until it was taken; those of a dead worker are sent to another one, unread as they are, or wait for the next.
 *
 * It reads two messages of Node's own, which are no documented interface: where they look otherwise one day, nothing is
 * remembered, and all is as Node has it. `packages/cli/test/integration/workers.test.ts` tells.
 */
import type { ChildProcess } from "node:child_process"
import type { Worker as Child } from "node:cluster"

/** What a process is sent. */
type Send = (message: object, handle: unknown, ...more: ReadonlyArray<unknown>) => boolean

interface Handed {
  readonly message: object
  readonly handle: unknown
}

/** @stability experimental @category models @since 0.1.0 */
export interface Handoff {
  /** Remembers the connections that this worker is sent, from its first on. */
  readonly watch: (worker: Child) => void
}

/**
 * For the workers of one primary.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (): Handoff => {
  const alive = new Map<ChildProcess, Send>()
  const homeless: Array<Handed> = []
  const house = () => {
    const sends = [...alive.values()]
    if (sends.length === 0) return
    for (const [index, { handle, message }] of homeless.splice(0).entries())
      sends[index % sends.length]?.(message, handle)
  }
  return {
    watch: ({ process: child }) => {
      const open = new Map<number, Handed>()
      const original: Send = child.send.bind(child) as Send
      const send: Send = (message, handle, ...more) => {
        const number = numberOf(message)
        if (number !== undefined) open.set(number, { message, handle })
        return original(message, handle, ...more)
      }
      Object.assign(child, { send })
      child.on("internalMessage", (message: object) => {
        if ("ack" in message && typeof message.ack === "number") open.delete(message.ack)
        // Its first words after it listens: from now on it takes connections.
        if ("act" in message && message.act === "listening") {
          alive.set(child, send)
          house()
        }
      })
      child.once("exit", () => {
        alive.delete(child)
        homeless.push(...open.values())
        house()
      })
    }
  }
}

/** The number under which the worker will say that it took the connection; none for any other message. */
const numberOf = (message: object): number | undefined =>
  "act" in message && message.act === "newconn" && "seq" in message && typeof message.seq === "number"
    ? message.seq
    : undefined

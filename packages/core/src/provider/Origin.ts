/**
 * The connections to one origin: one for each exchange that is under way, kept for the next.
 *
 * Those that are free stand on a pile. What they speak is in `http1/`; what opens them is undici's. Why HTTP/1.1:
 * `docs/decisions/0010-connections.md`; why our own: `0017-own-http1.md`.
 */
// By its name in the global scope it is an accessor there, which costs as much as ten calls.
import { Buffer } from "node:buffer"
import { Dispatcher, errors } from "undici"
import { Connection, type Open, type Outgoing, type Owner, type Pile } from "./http1/Connection.ts"
import * as RequestHead from "./http1/RequestHead.ts"

/** What an exchange sends: always a POST, its headers as a list. @stability experimental @category models @since 0.1.0 */
export type Sent = Dispatcher.DispatchOptions & {
  readonly origin: string
  readonly headers: RequestHead.Headers
  readonly body: string
}

/** @stability experimental @category models @since 0.1.0 */
export class Origin extends Dispatcher implements Pile {
  readonly #url: URL
  readonly #opener: Open
  readonly #head: ReturnType<typeof RequestHead.make>
  readonly #all = new Set<Connection>()
  /** The last one that came free is the first to go: it is the least likely to have been closed meanwhile. */
  readonly #free: Array<Connection> = []
  #resting: Array<Connection> = []
  #waiting: Array<Outgoing> = []
  #isScheduled = false
  /** Nobody new comes: what is under way ends, and none is kept for the next. */
  #isLeft = false
  #isEnded = false

  constructor(url: string, open: Open) {
    super()
    this.#url = new URL(url)
    this.#opener = open
    this.#head = RequestHead.make(this.#url.host)
  }

  /**
   * It is sent once all that has come by now was read. A connection that was closed, or answered what nobody has asked, is known by then; an
   * answer that lies there would be taken for this request's (GHSA-35p6-xmwp-9g52).
   */
  override dispatch({ body, headers, path }: Sent, owner: Owner): boolean {
    try {
      if (this.#isEnded) throw new errors.ClientDestroyedError()
      const length = Buffer.byteLength(body)
      this.#waiting.push({ owner, head: this.#head(path, headers, length), body, length })
      this.#schedule()
    } catch (error) {
      owner.onResponseError?.(null as never, error as Error)
    }
    return true
  }

  /** Until the next turn of the event loop: some close what they said they would keep. */
  rest(connection: Connection): void {
    this.#resting.push(connection)
    this.#schedule()
  }

  /** From now on a connection ends with its exchange, those that are free at once. Who still knows it may go on to ask. */
  leave(): void {
    this.#isLeft = true
    this.#close(this.#free.splice(0))
    this.#close(this.#resting.splice(0))
  }

  drop(connection: Connection): void {
    if (!this.#all.delete(connection)) return
    without(this.#free, connection)
    without(this.#resting, connection)
  }

  /** Ends all of them, with what is under way. */
  async end(): Promise<void> {
    this.#isEnded = true
    const error = new errors.ClientDestroyedError()
    for (const { owner } of this.#waiting.splice(0)) owner.onResponseError?.(null as never, error)
    await Promise.all([...this.#all].map((one) => one.end(error)))
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#isScheduled = false
    const waiting = this.#waiting
    const resting = this.#resting
    this.#waiting = []
    this.#resting = []
    for (const one of waiting) if (!one.owner.isOver) (this.#free.pop() ?? this.#open()).start(one)
    if (this.#isLeft) this.#close(resting)
    else this.#free.push(...resting)
  }

  #close(idle: ReadonlyArray<Connection>): void {
    for (const one of idle) one.close()
  }

  #open(): Connection {
    const connection = new Connection(this, this.#url, this.#opener)
    this.#all.add(connection)
    return connection
  }
}

const without = (list: Array<Connection>, one: Connection): void => {
  const at = list.indexOf(one)
  if (at >= 0) list.splice(at, 1)
}

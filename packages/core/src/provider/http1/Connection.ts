/**
 * One connection: opened for the first exchange, used by one after the other, closed once one of them was given up or cannot be told from
 * the next.
 */
import type { Socket } from "node:net"
import { type buildConnector, type Dispatcher, errors } from "undici"
import type { Opening } from "../HttpExchange.ts"
import { Incoming, type Told } from "./Incoming.ts"
import type { ResponseHead } from "./ResponseHead.ts"

/** Opens a connection, and gives what ends it before it is one. @stability experimental @category models @since 0.1.0 */
export type Open = (options: buildConnector.Options, callback: buildConnector.Callback) => Opening | undefined

/** An exchange as its connection needs it. @stability experimental @category models @since 0.1.0 */
export interface Owner extends Dispatcher.DispatchHandler {
  /** Nothing is told to it any more. */
  readonly isOver: boolean
  /** This is being opened for it. */
  readonly connecting: (connection: Opening | undefined) => void
}

/** A request as it is sent. @stability experimental @category models @since 0.1.0 */
export interface Outgoing {
  readonly owner: Owner
  readonly head: string
  readonly body: string
  /** Of the body, in bytes. */
  readonly length: number
}

/** Whose connections they are. @stability experimental @category models @since 0.1.0 */
export interface Pile {
  /** Its exchange is over, and it can have another. */
  readonly rest: (one: Connection) => void
  /** It is closed. */
  readonly drop: (one: Connection) => void
}

/** How long an idle connection is kept, where the other side says nothing of it, and at most; and how much less than that says. */
const idleMs = 30_000
const longestIdleMs = 300_000
const earlierMs = 2_000

/** @stability experimental @category models @since 0.1.0 */
export class Connection {
  readonly #pile: Pile
  readonly #to: buildConnector.Options
  readonly #open: Open
  #opening: Opening | undefined
  #socket: Socket | undefined
  #turn: Turn | undefined
  #idleMs = idleMs
  #isOver = false

  constructor(pile: Pile, to: URL, open: Open) {
    const { host, hostname, port, protocol } = to
    this.#pile = pile
    this.#to = { host, hostname: hostname.replace(/^\[(.*)\]$/, "$1"), port, protocol }
    this.#open = open
  }

  start(outgoing: Outgoing): void {
    const { owner } = outgoing
    this.#turn = new Turn(this, owner)
    if (this.#socket !== undefined) return this.#send(this.#socket, this.#turn, outgoing)
    this.#guard(() => {
      this.#opening = this.#open(this.#to, (error, socket) => {
        this.#opening = undefined
        if (error === null) this.#opened(socket, outgoing)
        else this.fail(error)
      })
      owner.connecting(this.#opening)
    })
  }

  /** Ends it, and the exchange that is under way. */
  fail(error: Error): void {
    const turn = this.#turn
    const opening = this.#opening
    this.close()
    opening?.destroy(error)
    turn?.fail(error)
  }

  /** The same; done when it is closed. */
  async end(error: Error): Promise<void> {
    const socket = this.#socket
    const closed = socket === undefined || socket.closed ? undefined : new Promise((done) => socket.once("close", done))
    this.fail(error)
    await closed
  }

  /** Ends it, where no exchange is under way. */
  close(): void {
    this.#turn = undefined
    this.#isOver = true
    this.#pile.drop(this)
    this.#socket?.destroy()
  }

  pause(): void {
    this.#socket?.pause()
  }

  resume(): void {
    this.#socket?.resume()
  }

  #opened(socket: Socket, outgoing: Outgoing): void {
    if (this.#isOver || this.#turn === undefined) return void socket.on("error", () => {}).destroy()
    this.#socket = socket
    socket
      .on("data", (bytes: Buffer) => this.#take(bytes))
      .on("end", () => this.#guard(() => this.#closed()))
      .on("error", (error) => this.fail(error))
      .on("close", () => this.fail(new errors.SocketError("closed")))
      .on("timeout", () => {
        if (this.#turn === undefined) this.close()
      })
      .setTimeout(idleMs)
    this.#send(socket, this.#turn, outgoing)
  }

  /** In one piece where each of its characters is a byte. */
  #send(socket: Socket, turn: Turn, { body, head, length, owner }: Outgoing): void {
    this.#guard(() => owner.onRequestStart?.(turn, null))
    if (turn.isOver) return
    socket.ref()
    if (length === body.length) return void socket.write(head + body, "latin1")
    socket.cork()
    socket.write(head, "latin1")
    socket.write(body)
    socket.uncork()
  }

  #take(bytes: Buffer): void {
    const turn = this.#turn
    if (turn === undefined) return this.close()
    this.#guard(() => {
      const rest = turn.incoming.push(bytes)
      if (rest !== undefined && !turn.isOver) this.#ended(turn, rest.length === 0)
    })
  }

  /** What throws in there, an exchange's own code too, ends the exchange: here, on the event loop, nobody else would catch it. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.fail(error as Error)
    }
  }

  /** The other side sends no more. */
  #closed(): void {
    const turn = this.#turn
    if (turn?.incoming.head?.body === "close") this.#ended(turn, false)
    else this.fail(new errors.SocketError("other side closed"))
  }

  #ended(turn: Turn, isClean: boolean): void {
    this.#turn = undefined
    const head = turn.incoming.head!
    const ms = head.idleMs === undefined ? idleMs : Math.min(head.idleMs - earlierMs, longestIdleMs)
    // An answer may come while its request is still being sent.
    const isSent = this.#socket?.writableLength === 0
    if (isClean && isSent && head.stays && ms > 0) this.#rest(turn, ms)
    else this.close()
    turn.end()
  }

  #rest(turn: Turn, ms: number): void {
    const socket = this.#socket!
    if (turn.paused) socket.resume()
    socket.unref()
    if (ms !== this.#idleMs) socket.setTimeout((this.#idleMs = ms))
    this.#pile.rest(this)
  }
}

/** One exchange on a connection, which is another's afterwards. */
class Turn implements Dispatcher.DispatchController, Told {
  readonly incoming = new Incoming(this)
  aborted = false
  paused = false
  reason: Error | null = null
  isOver = false
  readonly #connection: Connection
  readonly #owner: Owner

  constructor(connection: Connection, owner: Owner) {
    this.#connection = connection
    this.#owner = owner
  }

  abort(reason: Error): void {
    if (this.isOver) return
    this.aborted = true
    this.reason = reason
    this.#connection.fail(reason)
  }

  pause(): void {
    if (this.isOver || this.paused) return
    this.paused = true
    this.#connection.pause()
  }

  resume(): void {
    if (this.isOver || !this.paused) return
    this.paused = false
    this.#connection.resume()
  }

  onHead({ headers, status }: ResponseHead): void {
    this.#owner.onResponseStart?.(this, status, headers as Record<string, string>)
  }

  onBody(bytes: Buffer): void {
    if (!this.isOver) this.#owner.onResponseData?.(this, bytes)
  }

  end(): void {
    this.isOver = true
    this.#owner.onResponseEnd?.(this, {})
  }

  fail(error: Error): void {
    this.isOver = true
    this.#owner.onResponseError?.(this, error)
  }
}

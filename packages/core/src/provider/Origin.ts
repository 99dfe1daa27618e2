/**
 * The connections to one origin: one for each exchange that is under way, kept for the next.
 *
 * A connection is an undici `Client`. Its `Pool` looks through all that there are for every request, and a gateway has as many as open
 * streams: here those that are free stand on a pile. Each knows besides whom it is opened for, also where undici opens it anew because the
 * other side had closed it. Why HTTP/1.1: `docs/decisions/0010-connections.md`.
 */
import { type buildConnector, Client, Dispatcher } from "undici"
import type { Opening } from "./HttpExchange.ts"

/** Opens a connection, and gives what ends it before it is one. @stability experimental @category models @since 0.1.0 */
export type Open = (options: buildConnector.Options, callback: buildConnector.Callback) => Opening | undefined

/** An exchange as its connection needs it. @stability experimental @category models @since 0.1.0 */
export interface Owner extends Dispatcher.DispatchHandler {
  /** Nothing is told to it any more. */
  readonly isOver: boolean
  /** This is being opened for it. */
  readonly connecting: (connection: Opening | undefined) => void
}

/** To hang up closes a connection, and so tells the provider, where of HTTP/2 it ends one stream of many. The clocks are the attempt's. */
const settings: Client.Options = {
  allowH2: false,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 30_000,
  keepAliveMaxTimeout: 300_000,
  pipelining: 1
}

/** @stability experimental @category models @since 0.1.0 */
export class Origin extends Dispatcher {
  readonly #url: string
  readonly #opener: Open
  readonly #all = new Set<Connection>()
  /** The last one that came free is the first to go: it is the least likely to have been closed meanwhile. */
  readonly #free: Array<Connection> = []
  /** Nobody new comes: what is under way ends, and none is kept for the next. */
  #isLeft = false
  /** Once they have ended: one that was destroyed fails whatever is dispatched. */
  #ended: Client | undefined

  constructor(url: string, open: Open) {
    super()
    this.#url = url
    this.#opener = open
  }

  override dispatch(options: Dispatcher.DispatchOptions, owner: Owner): boolean {
    if (this.#ended !== undefined) return this.#ended.dispatch(options, owner)
    const connection = this.#free.pop() ?? this.#open()
    connection.owner = owner
    connection.client.dispatch(options, owner)
    // It was refused, and nothing will be told of it any more.
    if (owner.isOver) this.drop(connection)
    return true
  }

  /** Its exchange is over; of one that has closed nothing is kept. */
  free(connection: Connection): void {
    if (connection.owner === undefined) return
    connection.owner = undefined
    if (connection.isOpen && !this.#isLeft) this.#free.push(connection)
    else this.drop(connection)
  }

  /** From now on a connection ends with its exchange, those that are free at once. Who still knows it may go on to ask. */
  leave(): void {
    this.#isLeft = true
    for (const connection of this.#free.splice(0)) this.drop(connection)
  }

  drop(connection: Connection): void {
    if (!this.#all.delete(connection)) return
    connection.owner = undefined
    const at = this.#free.indexOf(connection)
    if (at >= 0) this.#free.splice(at, 1)
    void connection.client.destroy()
  }

  /** Ends all of them, with what is under way. */
  async end(): Promise<void> {
    this.#ended ??= new Client(this.#url)
    await Promise.all([this.#ended, ...[...this.#all].map(({ client }) => client)].map((client) => client.destroy()))
  }

  #open(): Connection {
    const connection = new Connection(this.#url, this.#opener, this)
    this.#all.add(connection)
    return connection
  }
}

class Connection {
  readonly client: Client
  isOpen = false
  /** Whose it is, until it is free. */
  owner: Owner | undefined

  constructor(url: string, open: Open, origin: Origin) {
    const connect: buildConnector.connector = (options, callback) => {
      const opening = open(options, callback)
      this.owner?.connecting(opening)
    }
    this.client = new Client(url, { ...settings, connect })
      .on("connect", () => {
        this.isOpen = true
      })
      .on("disconnect", () => {
        this.isOpen = false
        if (this.owner === undefined) origin.drop(this)
      })
      .on("drain", () => origin.free(this))
  }
}

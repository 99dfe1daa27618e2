import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer, type Server } from "node:http"
import { type AddressInfo, createServer as createRaw, Socket } from "node:net"
import { HttpExchange, open, type Listener } from "../../src/provider/HttpExchange.ts"
import { Origin } from "../../src/provider/Origin.ts"

/** A provider on loopback: it answers when it is told to, and knows its connections. */
class Loopback {
  readonly sockets = new Set<Socket>()
  readonly answers: Array<() => void> = []
  opened = 0
  url = ""
  readonly #server: Server

  constructor() {
    this.#server = createServer((_, response) => {
      this.answers.push(() => response.end("{}"))
      this.#heard()
    })
    this.#server.on("connection", (socket) => {
      this.opened += 1
      this.sockets.add(socket)
      socket.on("close", () => this.sockets.delete(socket))
    })
  }

  #heard = (): void => {}

  static readonly make = Effect.acquireRelease(
    Effect.callback<Loopback>((resume) => {
      const one = new Loopback()
      one.#server.listen(0, "127.0.0.1", () => {
        one.url = `http://127.0.0.1:${(one.#server.address() as AddressInfo).port}`
        resume(Effect.succeed(one))
      })
    }),
    (one) => Effect.sync(() => (one.#server.closeAllConnections(), one.#server.close()))
  )

  /** So many have asked, and wait. */
  readonly asked = (count: number) =>
    Effect.promise(
      () =>
        new Promise<void>((resolve) => {
          this.#heard = () => {
            if (this.answers.length === count) resolve()
          }
          this.#heard()
        })
    )

  answer(): void {
    for (const answer of this.answers.splice(0)) answer()
  }
}

const head = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n"

/** A provider that gives these answers, byte for byte, one for each request; what it was asked, by connection. */
const scripted = (answers: ReadonlyArray<string>, then: (socket: Socket) => void = () => {}) => {
  const asked: Array<Array<string>> = []
  const sockets: Array<Socket> = []
  let given = 0
  const server = createRaw((socket) => {
    const requests: Array<string> = []
    asked.push(requests)
    sockets.push(socket)
    socket.on("error", () => {})
    socket.on("data", (bytes) => {
      requests.push(bytes.toString("latin1"))
      socket.write(answers[given++]!, "latin1")
      then(socket)
    })
  })
  /** Without having been asked. */
  const say = (text: string) => sockets.forEach((socket) => socket.write(text))
  const opened = Effect.callback<{ readonly url: string; readonly asked: typeof asked; readonly say: typeof say }>(
    (resume) => {
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, say }))
      )
    }
  )
  return Effect.acquireRelease(opened, () => Effect.sync(() => server.close()))
}

const to = (url: string) =>
  Effect.acquireRelease(
    Effect.sync(() => new Origin(url, open)),
    (one) => Effect.promise(() => one.end())
  )

const listener = (told: (how: string) => void = () => {}): Listener => ({
  onConnecting: () => {},
  onConnected: () => {},
  onHead: () => {},
  onData: () => {},
  onEnd: () => told("answered"),
  onError: (error) => told("code" in error ? String(error.code) : error.message)
})

/** One exchange, and how it ends. */
const begin = (over: Origin, headers: Array<string> = [], body = "{}") => {
  let told: (how: string) => void = () => {}
  const ended = new Promise<string>((resolve) => (told = resolve))
  const exchange = new HttpExchange(listener((how) => told(how)))
  exchange.start(over, { origin: "http://127.0.0.1", path: "/", headers, body })
  return { exchange, ended: Effect.promise(() => ended) }
}

/** As long as it takes until a connection that was used is free for the next exchange, or known to be closed. */
const turns = Effect.promise(async () => {
  for (let left = 20; left > 0; left--) await new Promise<void>((resolve) => setImmediate(resolve))
})

describe("Origin", () => {
  it.live("has as many connections as exchanges at once, and uses them again", () =>
    Effect.gen(function* () {
      const server = yield* Loopback.make
      const over = yield* to(server.url)
      for (const at of [1, 3, 2]) {
        const begun = Array.from({ length: at }, () => begin(over))
        yield* server.asked(at)
        server.answer()
        for (const one of begun) assert.strictEqual(yield* one.ended, "answered")
        yield* turns
      }
      assert.strictEqual(server.opened, 3)
      assert.strictEqual(server.sockets.size, 3)
    }).pipe(Effect.scoped)
  )

  it.live("opens one anew where the other side has closed it, or its exchange was given up", () =>
    Effect.gen(function* () {
      const server = yield* Loopback.make
      const over = yield* to(server.url)
      const first = begin(over)
      yield* server.asked(1)
      server.answer()
      yield* first.ended
      for (const socket of server.sockets) socket.destroy()
      // Whether it is known by then or not.
      const second = begin(over)
      yield* server.asked(1)
      second.exchange.abort()
      server.answers.length = 0
      const third = begin(over)
      yield* server.asked(1)
      server.answer()
      assert.strictEqual(yield* third.ended, "answered")
      assert.strictEqual(server.opened, 3)
    }).pipe(Effect.scoped)
  )

  it.live("ends an exchange that nobody listens to or that cannot be sent, and takes the next one", () =>
    Effect.gen(function* () {
      const server = yield* Loopback.make
      const over = yield* to(server.url)
      const nobody = yield* to("http://127.0.0.1:1")
      for (const _ of [1, 2]) assert.strictEqual(yield* begin(nobody).ended, "ECONNREFUSED")
      assert.strictEqual(yield* begin(over, ["a", "\n"]).ended, "UND_ERR_INVALID_ARG")
      const next = begin(over)
      yield* server.asked(1)
      server.answer()
      assert.strictEqual(yield* next.ended, "answered")
    }).pipe(Effect.scoped)
  )

  it("ends what is being opened for an exchange with it, whether that was given up before or after", () => {
    // undici hears of it, as it does of every connection that it opens.
    const before = new Socket().on("error", () => {})
    const after = new Socket().on("error", () => {})
    const exchange = new HttpExchange(listener())
    exchange.connecting(before)
    exchange.abort()
    exchange.connecting(after)
    assert.deepStrictEqual([before.destroyed, after.destroyed], [true, true])
  })

  it.live("ends each connection with its exchange once it is left, and goes on for who still asks", () =>
    Effect.gen(function* () {
      const server = yield* Loopback.make
      const over = yield* to(server.url)
      const used = begin(over)
      yield* server.asked(1)
      server.answer()
      yield* used.ended
      yield* turns
      const [one, other] = [begin(over), begin(over)]
      yield* server.asked(2)
      assert.strictEqual(server.sockets.size, 2)
      server.answers.shift()?.()
      yield* Effect.promise(() => Promise.race([Effect.runPromise(one.ended), Effect.runPromise(other.ended)]))
      yield* turns
      // One is free, and one under way.
      over.leave()
      yield* turns
      assert.strictEqual(server.sockets.size, 1)
      const late = begin(over)
      yield* server.asked(2)
      server.answer()
      for (const { ended } of [one, other, late]) assert.strictEqual(yield* ended, "answered")
      yield* turns
      assert.strictEqual(server.sockets.size, 0)
    }).pipe(Effect.scoped)
  )

  it.live("fails what is under way when it ends, and what comes later", () =>
    Effect.gen(function* () {
      const server = yield* Loopback.make
      const over = new Origin(server.url, open)
      const used = begin(over)
      yield* server.asked(1)
      server.answer()
      yield* used.ended
      yield* turns
      const one = begin(over)
      const other = begin(over)
      yield* server.asked(2)
      yield* Effect.promise(() => over.end())
      assert.deepStrictEqual([yield* one.ended, yield* other.ended], ["UND_ERR_DESTROYED", "UND_ERR_DESTROYED"])
      assert.strictEqual(yield* begin(over).ended, "UND_ERR_DESTROYED")
      yield* turns
      assert.strictEqual(server.opened, 2)
    }).pipe(Effect.scoped)
  )

  it.live("uses no connection again that says that it closes, closes soon, or gave more than was asked", () =>
    Effect.gen(function* () {
      const ends = [
        "connection: close\r\n\r\n{}",
        "keep-alive: timeout=2\r\n\r\n{}",
        "\r\n{}HTTP/1.1 200 OK\r\n\r\n",
        "\r\n{}"
      ]
      const server = yield* scripted(ends.map((end) => head + end))
      const over = yield* to(server.url)
      for (const _ of ends) {
        assert.strictEqual(yield* begin(over).ended, "answered")
        yield* turns
      }
      assert.strictEqual(server.asked.length, ends.length)
    }).pipe(Effect.scoped)
  )

  it.live("uses no connection again on which a request is still being sent", () =>
    Effect.gen(function* () {
      const server = yield* scripted([`${head}\r\n{}`, `${head}\r\n{}`], (socket) => void socket.pause())
      const over = yield* to(server.url)
      assert.strictEqual(yield* begin(over, [], "x".repeat(32 * 1024 ** 2)).ended, "answered")
      yield* turns
      assert.strictEqual(yield* begin(over).ended, "answered")
      assert.strictEqual(server.asked.length, 2)
    }).pipe(Effect.scoped)
  )

  it.live("takes an answer that came before it was asked for no request's own", () =>
    Effect.gen(function* () {
      const server = yield* scripted([`${head}\r\n{}`, `${head}\r\n{}`])
      const over = yield* to(server.url)
      assert.strictEqual(yield* begin(over).ended, "answered")
      yield* turns
      server.say("HTTP/1.1 500 Unasked\r\ncontent-length: 0\r\n\r\n")
      yield* turns
      assert.strictEqual(yield* begin(over).ended, "answered")
      assert.strictEqual(server.asked.length, 2)
    }).pipe(Effect.scoped)
  )

  it.live("sends text that is not ASCII as UTF-8, and says its length in bytes", () =>
    Effect.gen(function* () {
      const server = yield* scripted([`${head}\r\n{}`])
      const over = yield* to(server.url)
      assert.strictEqual(yield* begin(over, ["x-a", "\xe9"], "\u20ac").ended, "answered")
      const sent = server.asked[0]!.join("")
      assert.include(sent, "x-a: \xe9\r\ncontent-length: 3\r\n\r\n\xe2\x82\xac")
    }).pipe(Effect.scoped)
  )

  it.live("ends an exchange whose listener throws, and tells it why", () =>
    Effect.gen(function* () {
      const server = yield* scripted([`${head}\r\n{}`])
      const over = yield* to(server.url)
      const ended = yield* Effect.callback<string>((resume) => {
        const thrower: Listener = {
          ...listener((how) => resume(Effect.succeed(how))),
          onHead: () => {
            throw new Error("planted")
          }
        }
        new HttpExchange(thrower).start(over, { origin: server.url, path: "/", headers: [], body: "{}" })
      })
      assert.strictEqual(ended, "planted")
    }).pipe(Effect.scoped)
  )
})

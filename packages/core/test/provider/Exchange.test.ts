import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Dispatcher, errors } from "undici"
import type { Answer } from "../../src/domain/Answer.ts"
import { AttemptError } from "../../src/domain/AttemptError.ts"
import { TimedOut } from "../../src/domain/Reason.ts"
import type { StreamPart } from "../../src/domain/Response.ts"
import { Exchange } from "../../src/provider/Exchange.ts"
import { Expiry } from "../../src/provider/Expiry.ts"
import { profiles } from "../../src/provider/profiles.ts"
import type { Deployment } from "../../src/provider/Deployment.ts"
import * as HttpAttempt from "../../src/provider/HttpAttempt.ts"
import { HttpExchange } from "../../src/provider/HttpExchange.ts"
import type { Protocol } from "../../src/provider/Protocol.ts"
import type { Input } from "../../src/provider/Provider.ts"
import * as OpenAiChat from "../../src/provider/protocols/OpenAiChat.ts"
import * as Attempt from "./attempt.ts"
import { FakeDispatcher } from "./fakeDispatcher.ts"

interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/** A connection whose events come when the test says so. */
class Played extends Dispatcher {
  handler: Dispatcher.DispatchHandler | undefined
  isAborted = false
  readonly #head: Head
  readonly controller: Dispatcher.DispatchController = {
    aborted: false,
    paused: false,
    reason: null,
    abort: () => {
      this.isAborted = true
    },
    pause: () => {},
    resume: () => {}
  }

  constructor(head: Head = { status: 200, headers: { "content-type": "text/event-stream" } }) {
    super()
    this.#head = head
  }

  override dispatch(_options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.handler = handler
    handler.onRequestStart?.(this.controller, {})
    const { headers, status } = this.#head
    handler.onResponseStart?.(this.controller, status, headers)
    return true
  }

  say(content: string): void {
    const chunk = { id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content } }] }
    this.handler?.onResponseData?.(this.controller, Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`))
  }
}

const turn = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** One that is being opened, as `Origin` has it, until the test says that it is there. */
class Opened extends Played {
  isDestroyed = false

  override dispatch(_options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.handler = handler
    const connection = { destroy: () => void (this.isDestroyed = true) }
    if (handler instanceof HttpExchange) handler.connecting(connection)
    return true
  }

  connected(): void {
    this.handler?.onRequestStart?.(this.controller, {})
  }

  answer(text: string): void {
    this.handler?.onResponseStart?.(this.controller, 200, { "content-type": "application/json" })
    this.handler?.onResponseData?.(this.controller, Buffer.from(text))
    this.handler?.onResponseEnd?.(this.controller, {})
  }
}

/** A stream that has begun to be read, and what was read of it. */
const begun = Effect.gen(function* () {
  const connection = new Played()
  const expiry = new Expiry()
  const attempt = Attempt.at(profiles["openai"]!, connection, { stream: true, expiry })
  const texts: Array<string> = []
  const note = (parts: ReadonlyArray<StreamPart>) => {
    for (const part of parts) if (part.type === "text") texts.push(part.text)
    return true
  }
  const reading = yield* Effect.flatMap(attempt, (answer) =>
    answer._tag === "Streaming" ? answer.run({ wants: "parts", write: note, onReady: () => {} }) : Effect.never
  ).pipe(Effect.flip, Effect.forkChild({ startImmediately: true }))
  connection.say("one")
  yield* turn
  assert.deepStrictEqual(texts, ["one"])
  return { connection, expiry, reading, texts }
})

const late = new AttemptError({
  reason: new TimedOut({ phase: "idle", message: "no further content within 1 ms" }),
  provider: "openai",
  model: "m",
  credential: "OPENAI_API_KEY"
})

describe("Exchange, while its connection is being opened", () => {
  const opening = Effect.gen(function* () {
    const connection = new Opened()
    const attempt = Attempt.at(profiles["openai"]!, connection)
    return { connection, waiting: yield* Effect.forkChild(attempt, { startImmediately: true }) }
  })

  it.effect("gives up when its time to connect is over, and not before, and closes what is being opened", () =>
    Effect.gen(function* () {
      const { connection, waiting } = yield* opening
      yield* TestClock.adjust("4999 millis")
      assert.deepStrictEqual([waiting.pollUnsafe(), connection.isDestroyed], [undefined, false])
      yield* TestClock.adjust("1 millis")
      const { reason } = yield* Effect.flip(Fiber.join(waiting))
      assert.deepInclude(reason, { _tag: "TimedOut", phase: "connect" })
      assert.isTrue(connection.isDestroyed)
    }).pipe(Effect.scoped)
  )

  it.effect("fails for what the network says", () =>
    Effect.gen(function* () {
      const { connection, waiting } = yield* opening
      const error = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })
      connection.handler?.onResponseError?.(connection.controller, error)
      const { reason } = yield* Effect.flip(Fiber.join(waiting))
      assert.strictEqual(reason._tag, "ConnectionFailed")
    }).pipe(Effect.scoped)
  )

  for (const [code, address] of [
    ["EMFILE", undefined],
    ["ENFILE", undefined],
    ["EADDRNOTAVAIL", "192.0.2.1"]
  ] as const)
    it.effect(`blames no provider where this machine has run out of what a connection takes: ${code}`, () =>
      Effect.gen(function* () {
        const { connection, waiting } = yield* opening
        const error = Object.assign(new Error(`connect ${code}`), { code, address })
        connection.handler?.onResponseError?.(connection.controller, error)
        const { reason } = yield* Effect.flip(Fiber.join(waiting))
        assert.deepInclude(reason, { _tag: "LimitReached", fault: "local", providerCode: code })
        assert.match(reason.message, /^this (process|machine) has no .* left .*(ulimit|sysctl)/)
      }).pipe(Effect.scoped)
    )

  it.effect("blames the connection where an address is of a kind that this machine has none of", () =>
    Effect.gen(function* () {
      const { connection, waiting } = yield* opening
      const error = Object.assign(new Error("connect"), { code: "EADDRNOTAVAIL", address: "::1" })
      connection.handler?.onResponseError?.(connection.controller, error)
      assert.strictEqual((yield* Effect.flip(Fiber.join(waiting))).reason._tag, "ConnectionFailed")
    }).pipe(Effect.scoped)
  )

  it.effect("is hurried by that clock no more once it is connected", () =>
    Effect.gen(function* () {
      const { connection, waiting } = yield* opening
      yield* TestClock.adjust("4999 millis")
      connection.connected()
      yield* TestClock.adjust("1 hour")
      connection.answer(whole)
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "Whole")
    }).pipe(Effect.scoped)
  )
})

describe("Exchange, whose caller leaves or whose time is up", () => {
  const waiting = (connection: Dispatcher, expiry: Expiry) =>
    Effect.forkChild(Effect.scoped(Attempt.at(profiles["openai"]!, connection, { expiry })), { startImmediately: true })
  const ways = (expiry: Expiry) => [Fiber.interrupt, () => Effect.sync(() => expiry.expire(late))] as const

  it.effect("closes its connection while nothing has come", () =>
    Effect.gen(function* () {
      const expiry = new Expiry()
      for (const leave of ways(expiry)) {
        const connection = new Played()
        const fiber = yield* waiting(connection, expiry)
        yield* leave(fiber)
        assert.isTrue(connection.isAborted)
        assert.isTrue(Exit.isFailure(yield* Fiber.await(fiber)))
      }
    })
  )

  it.effect("closes what is being opened for it, and uses no connection that comes all the same", () =>
    Effect.gen(function* () {
      const expiry = new Expiry()
      for (const leave of ways(expiry)) {
        const connection = new Opened()
        yield* leave(yield* waiting(connection, expiry))
        assert.deepStrictEqual([connection.isDestroyed, connection.isAborted], [true, false])
        connection.connected()
        assert.isTrue(connection.isAborted)
      }
    })
  )
})

describe("Exchange, whose connection breaks amid a stream", () => {
  for (const [error, told] of [
    [new errors.SocketError("other side closed"), "the connection broke: other side closed"],
    [Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }), "the connection broke: read ECONNRESET"]
  ] as const) {
    it.effect(`says what happened in words that are not its library's own: ${told}`, () =>
      Effect.gen(function* () {
        const { connection, reading } = yield* begun
        connection.handler?.onResponseError?.(connection.controller, error)
        assert.strictEqual((yield* Fiber.join(reading)).reason.message, told)
      }).pipe(Effect.scoped)
    )
  }
})

describe("Exchange, where content waits for the end of the turn", () => {
  it.effect("tells nothing of it when its time is up in that very turn: its reader has been told the end", () =>
    Effect.gen(function* () {
      const { connection, expiry, reading, texts } = yield* begun
      connection.say("two")
      expiry.expire(late)
      yield* turn
      assert.strictEqual(yield* Fiber.join(reading), late)
      assert.deepStrictEqual(texts, ["one"])
      assert.isTrue(connection.isAborted)
    }).pipe(Effect.scoped)
  )

  it.effect("gives it to its reader where the connection breaks in that very turn, and then an error for an end", () =>
    Effect.gen(function* () {
      const { connection, reading, texts } = yield* begun
      connection.say("two")
      connection.handler?.onResponseError?.(connection.controller, new Error("reset"))
      yield* turn
      const { reason } = yield* Fiber.join(reading)
      assert.deepInclude(reason, { _tag: "StreamInterrupted", contentSent: true })
      assert.deepStrictEqual(texts, ["one", "two"])
    }).pipe(Effect.scoped)
  )

  it.effect("tells nothing of it when its reader leaves in that very turn", () =>
    Effect.gen(function* () {
      const { connection, reading, texts } = yield* begun
      connection.say("two")
      yield* Fiber.interrupt(reading)
      yield* turn
      assert.deepStrictEqual(texts, ["one"])
      assert.isTrue(connection.isAborted)
    }).pipe(Effect.scoped)
  )
})

describe("Exchange, where whole answers come in one turn", () => {
  it.effect(
    "reads the first at once, the others when it is over, and none whose call has ended in that very turn",
    () =>
      Effect.gen(function* () {
        const read: Array<string> = []
        const begin = (name: string) => {
          const noted: Partial<Protocol> = {
            read: (body) => {
              read.push(name)
              return OpenAiChat.protocol.read?.(body)
            }
          }
          return Effect.forkChild(Effect.scoped(attemptAt(noted, false)), { startImmediately: true })
        }
        yield* turn
        const [first, second, third] = [yield* begin("first"), yield* begin("second"), yield* begin("third")]
        yield* Effect.promise(() => Promise.resolve())
        assert.deepStrictEqual(read, ["first"])
        yield* Fiber.interrupt(second)
        yield* turn
        assert.deepStrictEqual(read, ["first", "third"])
        assert.strictEqual((yield* Fiber.join(first))._tag, "Whole")
        assert.strictEqual((yield* Fiber.join(third))._tag, "Whole")
      })
  )

  it.effect("makes nothing of one whose time is up in that very turn: who waited has been told the end", () =>
    Effect.gen(function* () {
      const deployment = deploymentOf({}, false)
      const told: Array<Effect.Effect<Answer, AttemptError>> = []
      const attempt = (input: Input) =>
        Effect.callback<Answer, AttemptError>((resume) => {
          const note = (ended: Effect.Effect<Answer, AttemptError>) => {
            told.push(ended)
            resume(ended)
          }
          new Exchange(deployment, input).start({ origin: deployment.origin, path: "/", headers: [], body: "" }, note)
        })
      const expiry = new Expiry()
      yield* turn
      yield* Effect.forkChild(Effect.scoped(attemptAt({}, false)), { startImmediately: true })
      const waiting = yield* Attempt.of({ attempt, credentials }, { expiry }).pipe(
        Effect.flip,
        Effect.scoped,
        Effect.forkChild({ startImmediately: true })
      )
      yield* Effect.promise(() => Promise.resolve())
      assert.strictEqual(told.length, 0)
      expiry.expire(late)
      yield* turn
      assert.strictEqual(yield* Fiber.join(waiting), late)
      assert.strictEqual(told.length, 1)
    })
  )
})

/** A provider that speaks this protocol. */
const deploymentOf = (protocol: Partial<Protocol>, stream: boolean): Deployment => ({
  id: "broken",
  family: "openai",
  protocol: { ...OpenAiChat.protocol, ...protocol },
  origin: "http://broken.test",
  path: (written) => written,
  headers: {},
  quirks: {},
  authorize: () => ({ headers: {} }),
  rules: undefined,
  dispatcher: new FakeDispatcher(() => ({ body: stream ? said : whole }))
})

const credentials = [{ name: "KEY", secret: Redacted.make(Attempt.secret) }]

/** An attempt at a provider that speaks this protocol. */
const attemptAt = (protocol: Partial<Protocol>, stream: boolean) =>
  Attempt.of({ attempt: HttpAttempt.make(deploymentOf(protocol, stream)), credentials }, { stream })

/** What an attempt makes of events that its protocol, or whoever takes what was read, throws at. */
const thrownAt = (protocol: Partial<Protocol>, stream: boolean, write = (): boolean => true) =>
  attemptAt(protocol, stream).pipe(
    Effect.flatMap((answer) =>
      answer._tag === "Streaming" ? answer.run({ wants: "parts", write, onReady: () => {} }) : Effect.void
    ),
    Effect.flip,
    Effect.map(({ reason }) => reason),
    Effect.scoped
  )

const said = 'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n'
const whole = '{"choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}]}'

const throws = (): never => {
  throw new RangeError("Maximum call stack size exceeded")
}

describe("Exchange, where what reads an answer throws", () => {
  it.effect("fails the attempt as malformed, whole and streamed, and says what was thrown", () =>
    Effect.gen(function* () {
      const reader = () => ({ read: throws, isComplete: () => false, isTerminated: () => false })
      for (const reason of [yield* thrownAt({ read: throws }, false), yield* thrownAt({ reader }, true)]) {
        assert.strictEqual(reason._tag, "MalformedResponse")
        assert.include(reason.message, "RangeError: Maximum call stack size exceeded")
      }
    })
  )

  it.effect("fails the attempt where whoever takes what was read throws", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* thrownAt({}, true, throws))._tag, "MalformedResponse")
    })
  )

  it.effect("does so too where that throws once it is ready again, long after what it takes came", () =>
    Effect.gen(function* () {
      const connection = new Played()
      const attempt = Attempt.at(profiles["openai"]!, connection, { stream: true })
      let writes = 0
      let resume = () => {}
      const write = () => (++writes === 1 ? false : throws())
      const onReady = (ready: () => void) => void (resume = ready)
      const reading = yield* Effect.flatMap(attempt, (answer) =>
        answer._tag === "Streaming" ? answer.run({ wants: "parts", write, onReady }) : Effect.never
      ).pipe(Effect.flip, Effect.forkChild({ startImmediately: true }))
      connection.say("one")
      yield* turn
      connection.say("two")
      yield* turn
      resume()
      assert.strictEqual((yield* Fiber.join(reading)).reason._tag, "MalformedResponse")
      assert.isTrue(connection.isAborted)
    }).pipe(Effect.scoped)
  )
})

describe("Exchange, where an answer is in an encoding that nobody asked for", () => {
  const refusalOf = (encoding: string) =>
    Effect.gen(function* () {
      const connection = new Played({ status: 200, headers: { "content-encoding": encoding } })
      const { reason } = yield* Effect.flip(Attempt.at(profiles["openai"]!, connection))
      return reason.message
    }).pipe(Effect.scoped)

  it.effect("says its name, but no key that stands there, and nothing that is no name", () =>
    Effect.gen(function* () {
      assert.include(yield* refusalOf("gzip"), "(content-encoding: gzip)")
      assert.include(yield* refusalOf(Attempt.secret.toUpperCase()), "(content-encoding: [REDACTED])")
      assert.include(yield* refusalOf("x".repeat(16_000)), "(content-encoding: one that nobody knows)")
    })
  )
})

describe("Exchange, where an answer has no end", () => {
  const mebibyte = Buffer.alloc(1024 ** 2, " ")

  /** Gives this piece again and again until the connection is closed, at most so often; what the attempt fails with, and after how many. */
  const flooded = (head: Head, piece: Buffer, most: number) =>
    Effect.gen(function* () {
      const connection = new Played(head)
      const attempt = Attempt.at(profiles["openai"]!, connection)
      const waiting = yield* Effect.forkChild(Effect.flip(attempt), { startImmediately: true })
      let pieces = 0
      for (; pieces < most && !connection.isAborted; pieces++)
        connection.handler?.onResponseData?.(connection.controller, piece)
      assert.isTrue(connection.isAborted)
      const { reason } = yield* Fiber.join(waiting)
      return { pieces, reason }
    }).pipe(Effect.scoped)

  it.effect("closes the connection of a whole answer at 256 MiB, and says so", () =>
    Effect.gen(function* () {
      const head = { status: 200, headers: { "content-type": "application/json" } }
      const { pieces, reason } = yield* flooded(head, mebibyte, 300)
      assert.strictEqual(pieces, 257)
      assert.strictEqual(reason._tag, "MalformedResponse")
      assert.match(reason.message, /^the answer is larger than 256 MiB/)
    })
  )

  it.effect("reads an error by its head and its first 256 KiB, and waits for no more of it", () =>
    Effect.gen(function* () {
      const head = { status: 429, headers: { "content-type": "application/json", "retry-after": "7" } }
      const { pieces, reason } = yield* flooded(head, mebibyte.subarray(0, 64 * 1024), 10)
      assert.strictEqual(pieces, 5)
      assert.strictEqual(reason._tag, "RateLimited")
    })
  )
})

/**
 * Exactly one exchange with a provider over HTTP: write the request, read the answer, say why it failed. It never retries, never
 * follows a redirect, and ends its connection when its fiber is interrupted or its scope closes.
 *
 * Where caller and provider speak the same dialect the caller's bytes go out with only `model` changed and the answer's bytes come
 * back as they are; else the protocol writes and reads both. What an error means is `Failure.ts`; the guards are in `target/`.
 */
import type { Dispatcher } from "undici"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import type { Answer, Sink, Streaming, Whole } from "../domain/Answer.ts"
import { AttemptError } from "../domain/AttemptError.ts"
import type { DialectId, ProtocolId } from "../domain/Dialect.ts"
import * as Json from "../domain/Json.ts"
import { EmptyResponse, MalformedResponse, Unsupported, type InvalidRequest, type Reason } from "../domain/Reason.ts"
import * as Redaction from "../domain/Redaction.ts"
import type { Response } from "../domain/Response.ts"
import * as Echo from "./Echo.ts"
import * as Failure from "./Failure.ts"
import type { RuleSet } from "./failure/RuleSet.ts"
import * as Framing from "./Framing.ts"
import * as HttpExchange from "./HttpExchange.ts"
import type { Context, Protocol, WireRequest } from "./Protocol.ts"
import type { Input, Provider } from "./Provider.ts"
import { StreamBody } from "./StreamBody.ts"

/** A callable deployment, put together when the configuration loads. @stability experimental @category models @since 0.1.0 */
export interface Deployment {
  readonly id: string
  readonly family: string
  readonly protocol: Protocol
  /** Scheme, host and port. */
  readonly origin: string
  /** The path and query to call, from what the protocol wrote. */
  readonly path: (written: string) => string
  readonly headers: Readonly<Record<string, string>>
  readonly quirks: Context["quirks"]
  /** The auth headers of a credential (or a whole signature of this request). */
  readonly authorize: (
    credential: Input["credential"],
    request: { readonly path: string; readonly body: string }
  ) => Auth
  readonly rules: RuleSet | undefined
  /** A dispatcher whose connections time out after so many milliseconds. */
  readonly dispatcher: (connectTimeoutMs: number) => Dispatcher
}

/** What auth adds: headers, and for some providers a query. @stability experimental @category models @since 0.1.0 */
export type Auth =
  | { readonly headers: Readonly<Record<string, string>>; readonly query?: string | undefined }
  | Effect.Effect<{ readonly headers: Readonly<Record<string, string>>; readonly query?: string | undefined }, Reason>

/** The most bytes that an error's body is read for. */
const errorBodyLimit = 256 * 1024

/**
 * The `attempt` of a provider over HTTP.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make =
  (deployment: Deployment): Provider["attempt"] =>
  (input) =>
    Effect.suspend(() => {
      const written = write(deployment, input)
      if (Result.isFailure(written)) return Effect.fail(failed(deployment, input, written.failure))
      return Effect.flatMap(prepare(deployment, input, written.success), (request) =>
        exchange(deployment, input, request)
      )
    })

/** Whether the caller's bytes can go out as they are. @stability experimental @category predicates @since 0.1.0 */
export const passesThrough = (protocol: ProtocolId, dialect: DialectId): boolean =>
  protocol === dialect || (protocol === "azure-openai" && dialect === "openai-chat")

const write = (deployment: Deployment, input: Input): Result.Result<WireRequest, Unsupported | InvalidRequest> => {
  const { call } = input
  const { protocol } = deployment
  const context: Context = { model: input.model, stream: call.stream, quirks: deployment.quirks }
  if (input.request === undefined && call.wire !== undefined && passesThrough(protocol.id, call.dialect)) {
    return Result.succeed(protocol.passThrough(call.wire.text, call.wire.body, context))
  }
  if (call.operation === "chat") {
    const request = input.request === undefined ? call.request() : Result.succeed(input.request)
    return Result.flatMap(request, (request) => protocol.encode(request, context))
  }
  if (protocol.embeddings === undefined || call.embeddings === undefined) {
    return Result.fail(
      new Unsupported({ message: `${deployment.id} (${protocol.id}) has no embeddings`, feature: "embeddings" })
    )
  }
  const { encode } = protocol.embeddings
  return Result.flatMap(call.embeddings(), (request) => encode(request, context))
}

const prepare = (
  deployment: Deployment,
  input: Input,
  written: WireRequest
): Effect.Effect<HttpExchange.HttpRequest, AttemptError> => {
  const path = deployment.path(written.path)
  const auth = deployment.authorize(input.credential, { path, body: written.body })
  const crossing = input.call.wire?.headers
  const finish = (ready: {
    readonly headers: Readonly<Record<string, string>>
    readonly query?: string | undefined
  }): HttpExchange.HttpRequest => ({
    origin: deployment.origin,
    path: ready.query === undefined ? path : `${path}${path.includes("?") ? "&" : "?"}${ready.query}`,
    headers: {
      "content-type": "application/json",
      accept: input.call.stream ? "text/event-stream, application/json" : "application/json",
      "user-agent": "orelse",
      ...crossing,
      ...written.headers,
      ...deployment.headers,
      ...ready.headers
    },
    body: written.body
  })
  return Effect.isEffect(auth)
    ? Effect.mapBoth(auth, { onSuccess: finish, onFailure: (reason) => failed(deployment, input, reason) })
    : Effect.succeed(finish(auth))
}

const exchange = (
  deployment: Deployment,
  input: Input,
  request: HttpExchange.HttpRequest
): Effect.Effect<Answer, AttemptError, Scope.Scope> =>
  Effect.flatMap(Clock.Clock, (clock) => {
    const one = new Exchange(deployment, input, clock)
    const answer = Effect.callback<Answer, AttemptError>((resume) => {
      one.start(
        request,
        (answer) => resume(Effect.succeed(answer)),
        (reason) => resume(Effect.fail(failed(deployment, input, reason)))
      )
      return Effect.sync(() => one.abort())
    })
    return input.call.stream
      ? Effect.tap(committing(answer, one, input), () =>
          Effect.flatMap(Effect.scope, (scope) =>
            Scope.addFinalizer(
              scope,
              Effect.sync(() => one.letGo())
            )
          )
        )
      : answer
  })

/** With a watch that commits a stream whose first events held no content, after `maxWait`. */
const committing = (
  answer: Effect.Effect<Answer, AttemptError>,
  one: Exchange,
  input: Input
): Effect.Effect<Answer, AttemptError> =>
  Effect.withFiber((fiber) => {
    one.onFirstEvent = () => {
      one.timer = Effect.runForkWith(fiber.context)(
        Effect.andThen(
          Effect.sleep(input.commit.maxWait),
          Effect.sync(() => one.commit())
        )
      )
    }
    return answer
  })

type Mode = "stream" | "whole" | "error"

/** The listener of one exchange: what kind of answer comes, and what it is in the end. */
class Exchange implements HttpExchange.Listener {
  onFirstEvent: () => void = () => {}
  timer: Fiber.Fiber<unknown, unknown> | undefined
  readonly #deployment: Deployment
  readonly #input: Input
  readonly #clock: Clock.Clock
  readonly #startedAt: number
  readonly #http: HttpExchange.HttpExchange
  #succeed: (answer: Answer) => void = () => {}
  #fail: (reason: Reason) => void = () => {}
  #mode: Mode = "whole"
  #status = 0
  #headers: HttpExchange.Headers = {}
  #chunks: Array<Buffer> = []
  #size = 0
  #stream: StreamBody | undefined

  constructor(deployment: Deployment, input: Input, clock: Clock.Clock) {
    this.#deployment = deployment
    this.#input = input
    this.#clock = clock
    this.#startedAt = clock.currentTimeMillisUnsafe()
    this.#http = new HttpExchange.HttpExchange(this)
  }

  start(request: HttpExchange.HttpRequest, succeed: (answer: Answer) => void, fail: (reason: Reason) => void): void {
    this.#succeed = succeed
    this.#fail = fail
    this.#http.start(this.#deployment.dispatcher(Duration.toMillis(this.#input.connectTimeout)), request)
  }

  abort(): void {
    this.#stopTimer()
    this.#http.abort()
  }

  /** The stream is not wanted any more: cut it, unless it has ended and only the connection's own end is to come. */
  letGo(): void {
    this.#stopTimer()
    if (this.#stream?.isTerminated === true) this.#http.linger()
    else this.#http.abort()
  }

  commit(): void {
    this.#stream?.commit()
  }

  onConnected(): void {
    this.#input.trace.connectMs = this.#elapsed()
  }

  onHead(status: number, headers: HttpExchange.Headers): void {
    this.#status = status
    this.#headers = headers
    this.#input.trace.status = status
    this.#input.trace.requestId = requestIdOf(headers)
    if (status < 200 || status > 299) this.#mode = "error"
    else if (this.#input.call.stream) {
      this.#mode = "stream"
      this.#stream = this.#openStream()
      if (this.#input.commit.on === "headers") this.#stream.commit()
    }
  }

  onData(chunk: Buffer): void {
    if (this.#stream !== undefined) return this.#gather(chunk)
    this.#size += chunk.length
    if (this.#mode === "error" && this.#size > errorBodyLimit) return
    this.#chunks.push(chunk)
  }

  onEnd(): void {
    if (this.#stream !== undefined) {
      this.#pour()
      return this.#stream.close()
    }
    if (this.#mode === "error") return this.#fail(this.#classify(this.#text(), "http"))
    this.#whole(this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks))
  }

  onError(error: Error, requestSent: boolean): void {
    if (this.#stream !== undefined) {
      this.#pour()
      return this.#stream.broke(`the connection broke: ${codeOf(error) ?? error.message}`)
    }
    if (this.#mode === "error" && this.#chunks.length > 0) return this.#fail(this.#classify(this.#text(), "http"))
    this.#fail(
      Failure.classify(
        {
          provider: this.#deployment.id,
          family: this.#deployment.family,
          protocol: this.#deployment.protocol.id,
          transport: "network",
          headers: {},
          body: error.message,
          code: codeOf(error),
          requestSent,
          contentSent: false,
          now: this.#clock.currentTimeMillisUnsafe()
        },
        this.#deployment.rules
      )
    )
  }

  /** One read of the socket brings many HTTP chunks: they are taken together, in the same turn of the event loop. */
  #gather(chunk: Buffer): void {
    if (this.#chunks.push(chunk) === 1) process.nextTick(pour, this)
  }

  #pour(): void {
    const chunks = this.#chunks
    if (chunks.length === 0) return
    this.#chunks = []
    this.#stream?.push(chunks.length === 1 ? chunks[0]! : gathered(chunks))
  }

  static pour(one: Exchange): void {
    one.#pour()
  }

  #whole(bytes: Buffer): void {
    const text = bytes.toString()
    const body = Json.parseObject(text)
    if (body === undefined) return this.#fail(notJson(text))
    if (Failure.errorInSuccess(body)) return this.#fail(this.#classify(text, "http"))
    const answer = this.#input.call.operation === "embeddings" ? this.#embeddings(bytes, body) : this.#chat(bytes, body)
    this.#input.trace.firstContentMs = this.#elapsed()
    if ("_tag" in answer && answer._tag === "Whole") this.#succeed(answer)
    else this.#fail(answer)
  }

  #chat(bytes: Buffer, body: Json.JsonObject): Whole | Reason {
    const response = this.#deployment.protocol.decode(body)
    if (response === undefined) return notJson(bytes.toString("utf8", 0, 400))
    if (isEmpty(response))
      return new EmptyResponse({
        message: "the answer holds neither content nor a finish reason",
        status: this.#status
      })
    return {
      ...this.#kept(bytes),
      usage: response.usage,
      finishReason: response.finishReason,
      response: () => response
    }
  }

  #embeddings(bytes: Buffer, body: Json.JsonObject): Whole | Reason {
    const decoded = this.#deployment.protocol.embeddings?.decode(body)
    if (decoded === undefined) return notJson(bytes.toString("utf8", 0, 400))
    return { ...this.#kept(bytes), usage: decoded.usage, response: () => ({ content: [] }), embeddings: () => decoded }
  }

  #kept(bytes: Buffer) {
    return {
      _tag: "Whole",
      protocol: this.#deployment.protocol.id,
      bytes,
      contentType: HttpExchange.header(this.#headers, "content-type")
    } as const
  }

  #openStream(): StreamBody {
    const { call, commit, trace } = this.#input
    return new StreamBody({
      splitter: Framing.make(this.#deployment.protocol.framing),
      reader: this.#deployment.protocol.reader(),
      trace,
      commit,
      hideUsage: call.dialect === "openai-chat" && Json.at(call.wire?.body, "stream_options", "include_usage") !== true,
      now: () => this.#clock.currentTimeMillisUnsafe(),
      classify: (body, event) => this.#classify(body, "stream", exceptionOf(event)),
      pause: () => this.#http.pause(),
      resume: () => this.#http.resume(),
      onFirstEvent: () => this.onFirstEvent(),
      onCommit: () => this.#committed(),
      onFailure: (reason) => {
        this.#stopTimer()
        this.#http.abort()
        this.#fail(reason)
      }
    })
  }

  #committed(): void {
    this.#stopTimer()
    const stream = this.#stream!
    this.#input.trace.firstContentMs = this.#elapsed()
    const answer: Streaming = {
      _tag: "Streaming",
      protocol: this.#deployment.protocol.id,
      lastContentAt: () => stream.lastContentAt,
      isTerminated: () => stream.isTerminated,
      run: (sink: Sink) =>
        Effect.callback<void, AttemptError>((resume) => {
          stream.run(sink, (end) =>
            resume(
              end.reason === undefined ? Effect.void : Effect.fail(failed(this.#deployment, this.#input, end.reason))
            )
          )
          return Effect.sync(() => this.letGo())
        })
    }
    this.#succeed(answer)
  }

  #classify(body: string, transport: "http" | "stream", code?: string): Reason {
    return Failure.classify(
      {
        provider: this.#deployment.id,
        family: this.#deployment.family,
        protocol: this.#deployment.protocol.id,
        transport,
        status: transport === "http" ? this.#status : undefined,
        headers: HttpExchange.plain(this.#headers),
        body,
        code,
        now: this.#clock.currentTimeMillisUnsafe()
      },
      this.#deployment.rules
    )
  }

  #text(): string {
    return Buffer.concat(this.#chunks).toString()
  }

  #elapsed(): number {
    return this.#clock.currentTimeMillisUnsafe() - this.#startedAt
  }

  #stopTimer(): void {
    this.timer?.interruptUnsafe()
    this.timer = undefined
  }
}

const pour = (one: Exchange): void => Exchange.pour(one)

/** Where the chunks of one turn are put together: large buffers of their own would make the collector look through the whole heap. */
const scratch = Buffer.allocUnsafeSlow(256 * 1024)

/** Several chunks as one that is good until the next. */
const gathered = (chunks: ReadonlyArray<Buffer>): Buffer => {
  let size = 0
  for (const chunk of chunks) size += chunk.length
  if (size > scratch.length) return Buffer.concat(chunks)
  let at = 0
  for (const chunk of chunks) {
    scratch.set(chunk, at)
    at += chunk.length
  }
  return scratch.subarray(0, size)
}

const failed = (deployment: Deployment, input: Input, reason: Reason): AttemptError => {
  const sent = Echo.sent(input, deployment.headers)
  const { trace } = input
  if (trace.requestId !== undefined) trace.requestId = Echo.mask(trace.requestId, sent)
  return new AttemptError({
    reason: Echo.without(reason, sent),
    provider: deployment.id,
    model: input.model,
    credential: input.credential.name
  })
}

const notJson = (text: string): Reason =>
  text.trim() === ""
    ? new EmptyResponse({ message: "the answer is empty" })
    : new MalformedResponse({
        message: "the answer is not what the protocol promises",
        body: Redaction.redact(text.slice(0, 200))
      })

const isEmpty = (response: Response): boolean => response.content.length === 0 && response.finishReason === undefined

/** AWS names what went wrong in the frame, not in its body. */
const exceptionOf = (event: string | undefined): string | undefined =>
  event?.startsWith("exception:") === true ? event.slice("exception:".length) : undefined

const codeOf = (error: Error): string | undefined => {
  const code: unknown = "code" in error ? error.code : undefined
  return typeof code === "string" ? code : undefined
}

const requestIdNames = ["x-request-id", "request-id", "x-amzn-requestid", "apim-request-id", "cf-ray"]

const requestIdOf = (headers: HttpExchange.Headers): string | undefined => {
  for (const name of requestIdNames) {
    const value = HttpExchange.header(headers, name)
    if (value !== undefined) return value.slice(0, 200)
  }
  return undefined
}

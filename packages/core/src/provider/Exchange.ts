/**
 * One exchange as it goes on: what kind of answer comes, and what it is in the end. The listener of `HttpExchange.ts`.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Alarm } from "../domain/Alarms.ts"
import * as Bytes from "../domain/Bytes.ts"
import type { Answer, Sink, Streaming } from "../domain/Answer.ts"
import { AttemptError } from "../domain/AttemptError.ts"
import * as Elapsed from "../domain/Elapsed.ts"
import * as Json from "../domain/Json.ts"
import * as Stages from "../domain/Stages.ts"
import { MalformedResponse, TimedOut, type Reason } from "../domain/Reason.ts"
import * as Redaction from "../domain/Redaction.ts"
import * as Echo from "./Echo.ts"
import * as Encoding from "./Encoding.ts"
import * as Exhausted from "./Exhausted.ts"
import * as Failure from "./Failure.ts"
import * as Framing from "./Framing.ts"
import type { Deployment } from "./Deployment.ts"
import * as Elsewhere from "./failure/Elsewhere.ts"
import * as HttpExchange from "./HttpExchange.ts"
import type { Input } from "./Provider.ts"
import * as Proxy from "./Proxy.ts"
import { StreamBody, type End } from "./StreamBody.ts"
import * as WholeAnswer from "./WholeAnswer.ts"

/** The most bytes that an error's body is read for. */
const errorBodyLimit = 256 * 1024

/** The most bytes of a whole answer: the largest that providers give, embeddings of thousands of texts, take half of it. */
const wholeBodyLimit = 256 * 1024 * 1024

/** The most characters of an encoding's name that are said again; several in a row have one name. */
const longestEncoding = 40

type Mode = "stream" | "whole" | "error"

const nobody = (): void => {}

const noHeaders: HttpExchange.Headers = {}

/** Nothing is added to it. */
const none: Array<Buffer> = []

/** @stability experimental @category models @since 0.1.0 */
export class Exchange implements HttpExchange.Listener {
  readonly #deployment: Deployment
  readonly #input: Input
  readonly #startedAt: number
  readonly #http: HttpExchange.HttpExchange
  #resume: (ended: Effect.Effect<Answer, AttemptError>) => void = nobody
  /** While it connects, that clock; then it commits a stream whose first events held no content. */
  #alarm: Alarm | undefined
  #mode: Mode = "whole"
  #status = 0
  #headers = noHeaders
  /** The encoding of a body that is compressed. */
  #encoding: string | undefined
  #chunks = none
  #size = 0
  #stream: StreamBody | undefined
  /** Nobody waits for it any more. */
  #isForgotten = false

  constructor(deployment: Deployment, input: Input) {
    this.#deployment = deployment
    this.#input = input
    this.#startedAt = this.#elapsed()
    this.#http = new HttpExchange.HttpExchange(this)
  }

  start(request: HttpExchange.HttpRequest, resume: (ended: Effect.Effect<Answer, AttemptError>) => void): void {
    this.#resume = resume
    this.#input.expiry.listen((error) => {
      this.abort()
      resume(Effect.fail(error))
    })
    this.#http.start(this.#deployment.dispatcher, request)
  }

  abort(): void {
    this.#forget()
    this.#http.abort()
  }

  /** The stream is not wanted any more: cut it, unless it has ended and only the connection's own end is to come. */
  letGo(): void {
    this.#forget()
    if (this.#stream?.isTerminated === true) this.#http.linger()
    else this.#http.abort()
  }

  /** Nobody is told anything any more, not even what has come already and waits for the end of the turn. */
  #forget(): void {
    this.#isForgotten = true
    this.#alarm?.cancel()
    this.#chunks = none
    this.#stream?.drop()
  }

  onConnecting(): void {
    this.#alarm ??= this.#limitConnecting()
  }

  onConnected(): void {
    this.#input.trace.connectMs = this.#alarm === undefined ? 0 : this.#tookMs()
    this.#alarm?.cancel()
  }

  onHead(status: number, headers: HttpExchange.Headers): void {
    this.#status = status
    this.#headers = headers
    this.#input.trace.status = status
    this.#input.trace.requestId = requestIdOf(headers)
    this.#encoding = Encoding.of(headers)
    if (status > 299) this.#mode = "error"
    else if (this.#encoding !== undefined) this.#refuse(this.#encoding)
    else if (this.#input.call.stream) {
      this.#mode = "stream"
      this.#stream = this.#openStream()
      if (this.#input.commit.on === "headers") this.#stream.commit()
    }
  }

  onData(chunk: Buffer): void {
    if (this.#stream !== undefined) return this.#gather(chunk)
    this.#size += chunk.length
    const over = this.#size - (this.#mode === "error" ? errorBodyLimit : wholeBodyLimit)
    if (over <= 0) return this.#keep(chunk)
    this.#keep(chunk.subarray(0, chunk.length - over))
    this.#cutOff()
  }

  /** What ends a stream leaves with its last chunk; what is whole is read with the others of this turn. */
  onEnd(): void {
    if (this.#stream === undefined) Stages.ofThread.add("answers", { run: () => this.#guard(() => this.#ended()) })
    else this.#guard(() => this.#ended())
  }

  onError(error: Error, requestSent: boolean): void {
    this.#guard(() => this.#broke(error, requestSent))
  }

  #ended(): void {
    if (this.#isForgotten) return
    if (this.#stream !== undefined) {
      this.#pour()
      return this.#stream.close()
    }
    if (this.#mode === "error") return this.#fail(this.#classify(this.#text(), "http"))
    this.#whole(this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#size))
  }

  #broke(error: Error, requestSent: boolean): void {
    if (this.#stream !== undefined) {
      this.#pour()
      return this.#stream.broke(
        `the connection broke: ${Redaction.redact(error.message || (codeOf(error) ?? error.name))}`
      )
    }
    if (this.#mode === "error" && this.#chunks.length > 0) return this.#fail(this.#classify(this.#text(), "http"))
    const exhausted = Exhausted.reason(error)
    if (exhausted !== undefined) return this.#fail(exhausted)
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
          requestSent: requestSent && !(error instanceof Proxy.ProxyError && error.isRefusal),
          contentSent: false,
          now: this.#now()
        },
        this.#deployment.rules
      )
    )
  }

  /** More comes than is ever read: who waited for the end would wait for as long as somebody likes, and hold all of it. */
  #cutOff(): void {
    this.#http.abort()
    this.#guard(() => {
      const reason = this.#mode === "error" ? this.#classify(this.#text(), "http") : tooLarge(this.#status)
      this.#chunks = none
      this.#fail(reason)
    })
  }

  #refuse(encoding: string): void {
    const named = encoding.length > longestEncoding ? "one that nobody knows" : Redaction.redact(encoding)
    const message = `the answer is compressed (content-encoding: ${named}) although the request takes none that is; turn that off at the provider, or at the proxy before it`
    this.#http.abort()
    this.#fail(new MalformedResponse({ message, status: this.#status }))
  }

  #limitConnecting(): Alarm {
    const ms = Duration.toMillis(this.#input.connectTimeout)
    const late = () => {
      this.#http.abort()
      const message = `no connection within ${ms} ms${Proxy.through(this.#deployment.proxy)}`
      this.#fail(new TimedOut({ phase: "connect", message }))
    }
    return this.#input.alarms.set(ms, late, this.#startedAt)
  }

  /** One read of the socket brings many HTTP chunks: they are taken together, in the same turn of the event loop. */
  #gather(chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#chunks === none) process.nextTick(pour, this)
    this.#keep(chunk)
  }

  /** Mostly there is but one: a list that grows is made for 17. */
  #keep(chunk: Buffer): void {
    if (this.#chunks === none) this.#chunks = [chunk]
    else this.#chunks.push(chunk)
  }

  #pour(): void {
    const chunks = this.#chunks
    if (chunks.length === 0) return
    this.#chunks = none
    const size = this.#size
    this.#size = 0
    this.#stream?.push(Bytes.joined(chunks, size))
  }

  static pour(one: Exchange): void {
    one.#guard(() => one.#pour())
  }

  /**
   * Nothing that reads an answer, or takes what was read, is meant to throw. What does all the same is this attempt's failure: here, on the
   * event loop, nobody else would catch it, and the process would end.
   */
  #guard(work: () => void): void {
    try {
      work()
    } catch (thrown) {
      const what = Redaction.redact(String(thrown).slice(0, 200))
      const reason = new MalformedResponse({ message: `the answer could not be taken: ${what}`, status: this.#status })
      this.#http.abort()
      if (this.#stream === undefined) this.#fail(reason)
      else this.#stream.fail(reason)
    }
  }

  #whole(bytes: Buffer): void {
    const answer = WholeAnswer.read(
      {
        protocol: this.#deployment.protocol,
        input: this.#input,
        status: this.#status,
        classify: (body) => this.#classify(body, "http")
      },
      bytes
    )
    if (answer._tag !== "Whole") return this.#fail(answer)
    this.#input.trace.firstContentMs = this.#tookMs()
    this.#succeed(answer)
  }

  #openStream(): StreamBody {
    const { call, commit, trace } = this.#input
    return new StreamBody({
      splitter: Framing.make(this.#deployment.protocol.framing),
      reader: this.#deployment.protocol.reader(),
      trace,
      commit,
      hideUsage: call.dialect === "openai-chat" && Json.at(call.wire?.body, "stream_options", "include_usage") !== true,
      now: () => this.#elapsed(),
      classify: (body, event) => this.#classify(body, "stream", exceptionOf(event)),
      pause: () => this.#http.pause(),
      resume: () => this.#http.resume(),
      guard: (work) => this.#guard(work),
      onHeldBack: () => this.#commitLater(),
      onCommit: () => this.#committed(),
      onFailure: (reason) => {
        this.#alarm?.cancel()
        this.#http.abort()
        this.#fail(reason._tag === "EmptyResponse" ? this.#pageOr(reason) : reason)
      }
    })
  }

  #pageOr(empty: Reason): Reason {
    const message = Elsewhere.pageOfType(HttpExchange.first(this.#headers["content-type"]))
    return message === undefined ? empty : new MalformedResponse({ message, status: this.#status })
  }

  #committed(): void {
    this.#alarm?.cancel()
    const stream = this.#stream!
    this.#input.trace.firstContentMs = this.#tookMs()
    const answer: Streaming = {
      _tag: "Streaming",
      protocol: this.#deployment.protocol.id,
      // What waits for the end of the turn is no silence.
      lastContentAt: () => (this.#chunks.length > 0 ? this.#elapsed() : stream.lastContentAt),
      isTerminated: () => stream.isTerminated,
      isJson: () => stream.isJson,
      run: (sink: Sink) =>
        Effect.callback<void, AttemptError>((resume) => {
          const { expiry } = this.#input
          expiry.listen((error) => {
            this.letGo()
            resume(Effect.fail(error))
          })
          const onEnd = ({ reason }: End) => {
            expiry.forget()
            resume(reason === undefined ? Effect.void : Effect.fail(failed(this.#deployment, this.#input, reason)))
          }
          this.#guard(() => stream.run(sink, onEnd))
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
        now: this.#now()
      },
      this.#deployment.rules
    )
  }

  #text(): string {
    const bytes = Buffer.concat(this.#chunks)
    return this.#encoding === undefined ? bytes.toString() : Encoding.text(bytes, this.#encoding, errorBodyLimit)
  }

  #tookMs(): number {
    return this.#elapsed() - this.#startedAt
  }

  #elapsed(): number {
    return Elapsed.millis(this.#input.alarms.clock)
  }

  /** What a date is held against. */
  #now(): number {
    return this.#input.alarms.clock.currentTimeMillisUnsafe()
  }

  #commitLater(): void {
    const { alarms, commit } = this.#input
    this.#alarm = alarms.set(Duration.toMillis(commit.maxWait), () => this.#stream?.commit())
  }

  #succeed(answer: Answer): void {
    this.#end(Effect.succeed(answer))
  }

  #fail(reason: Reason): void {
    this.#alarm?.cancel()
    this.#end(Effect.fail(failed(this.#deployment, this.#input, reason)))
  }

  /** Who waits holds the request, and a stream goes on long after. */
  #end(ended: Effect.Effect<Answer, AttemptError>): void {
    const resume = this.#resume
    this.#resume = nobody
    this.#input.expiry.forget()
    resume(ended)
  }
}

const pour = (one: Exchange): void => Exchange.pour(one)

/** The error of an attempt that ended for this reason, without what the caller sent. @stability experimental @category constructors @since 0.1.0 */
export const failed = (deployment: Deployment, input: Input, reason: Reason): AttemptError => {
  const sent = Echo.sent(input, deployment.headers, deployment.proxy)
  const { trace } = input
  if (trace.requestId !== undefined) trace.requestId = Echo.mask(trace.requestId, sent)
  return new AttemptError({
    reason: Echo.without(reason, sent),
    provider: deployment.id,
    model: input.model,
    credential: input.credential.name
  })
}

const tooLarge = (status: number): Reason =>
  new MalformedResponse({
    message: `the answer is larger than ${wholeBodyLimit / 1024 ** 2} MiB, and was not read to its end; ask for less at once`,
    status
  })

/** AWS names what went wrong in the frame, not in its body. */
const exceptionOf = (event: string | undefined): string | undefined =>
  event?.startsWith("exception:") === true ? event.slice("exception:".length) : undefined

const codeOf = (error: Error): string | undefined => {
  const code: unknown = "code" in error ? error.code : undefined
  return typeof code === "string" ? code : undefined
}

/** By the names that it has; they are written out because a name that is read from a list costs ten times as much. */
const requestIdOf = (headers: HttpExchange.Headers): string | undefined =>
  HttpExchange.first(
    headers["x-request-id"] ??
      headers["request-id"] ??
      headers["x-amzn-requestid"] ??
      headers["apim-request-id"] ??
      headers["cf-ray"]
  )?.slice(0, 200)

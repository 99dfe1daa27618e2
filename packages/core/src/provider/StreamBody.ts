/**
 * The body of a streamed answer: held back until its first content, then passed on, and never whole unless its protocol says so.
 *
 * Bytes come in as the network cuts them, are cut into events (`Framing.ts`), read (`Protocol.reader`), and go out either as they
 * came or as parts. A cut, an error event, a malformed event end it in an `AttemptError`. Clocks and retries are not here.
 */
import type { Sink } from "../domain/Answer.ts"
import { EmptyResponse, MalformedResponse, StreamInterrupted, type Reason } from "../domain/Reason.ts"
import { isContent, type StreamPart } from "../domain/Response.ts"
import * as Tokens from "../domain/Tokens.ts"
import * as Failure from "./Failure.ts"
import * as Framing from "./Framing.ts"
import type { Frame, Splitter } from "./Framing.ts"
import * as Noted from "./Noted.ts"
import type { StreamReader } from "./Protocol.ts"
import type { Trace } from "./Provider.ts"
import { TextTemplate } from "./TextTemplate.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Options {
  readonly splitter: Splitter
  readonly reader: StreamReader
  readonly trace: Trace
  readonly commit: { readonly on: "firstContent" | "firstEvent" | "headers"; readonly maxEvents: number }
  /** Usage was asked for on our own account: events that hold nothing else are not passed on. */
  readonly hideUsage: boolean
  /** Elapsed time, in milliseconds. */
  readonly now: () => number
  /** What an error event means, by its body and, where the framing has them, its name. */
  readonly classify: (body: string, event: string | undefined) => Reason
  readonly pause: () => void
  readonly resume: () => void
  /** Around what nobody here has called; what throws in it comes back as `fail`. */
  readonly guard: (work: () => void) => void
  /** Events came, and none of them commits: told once, with the first. */
  readonly onHeldBack: () => void
  /** The first content is there: from now on the stream belongs to a sink. */
  readonly onCommit: () => void
  /** It ended before the commit. */
  readonly onFailure: (reason: Reason) => void
}

/** Frames that stand side by side. */
type Run = { -readonly [K in keyof Framing.Place]: Framing.Place[K] }

const nothing: ReadonlyArray<StreamPart> = []

/** The most bytes of comments that are held back with what comes before the content. */
const maxCommentBytes = 16 * 1024

/** How it ended; well where there is no reason. @stability experimental @category models @since 0.1.0 */
export type End = { readonly reason: Reason | undefined }

/** @stability experimental @category models @since 0.1.0 */
export class StreamBody {
  #lastContentAt = 0
  /** The sink is not ready: silence is the reader's, not the provider's. */
  #waiting = false
  readonly #options: Options
  readonly #template = new TextTemplate()
  /** What the sink has not got yet, in both forms until it is known which one it wants. */
  #runs: Array<Run> = []
  #parts: Array<StreamPart> = []
  #events = 0
  #commentBytes = 0
  #committed = false
  #toldHeldBack = false
  #sawContent = false
  #end: End | undefined
  /** What is read is the rest after the last whole event. */
  #closed = false
  #takenAt = 0
  /** Frames are being taken: what the sink gets waits until they are. */
  #taking = false
  #sink: Sink | undefined
  #onEnd: ((end: End) => void) | undefined

  constructor(options: Options) {
    this.#options = options
  }

  get lastContentAt(): number {
    return this.#waiting ? this.#options.now() : this.#lastContentAt
  }

  get isTerminated(): boolean {
    return this.#options.reader.isTerminated()
  }

  get isJson(): boolean {
    return this.#options.splitter.isJson?.() === true
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Bytes from the provider. */
  push(chunk: Buffer): void {
    if (this.#end === undefined) this.#take(this.#options.splitter.push(chunk))
  }

  /** The connection ended cleanly. */
  close(): void {
    if (this.#end !== undefined) return
    this.#closed = true
    this.#take(this.#options.splitter.end())
    if (this.#end !== undefined) return
    if (!this.#sawContent) this.#finish(empty())
    else if (this.#options.reader.isComplete()) this.#finish(undefined)
    else this.#finish(this.#interrupted("the stream ended without its protocol's end"))
  }

  /** The connection broke. */
  broke(why: string): void {
    if (this.#end === undefined) this.#finish(this.#interrupted(why))
  }

  /** What came could not be read, or not be taken: what is held goes nowhere any more. */
  fail(reason: Reason): void {
    this.#taking = false
    this.#runs = []
    this.#parts = []
    this.#finish(reason)
  }

  /** Its reader has gone, or its time was up: nothing more is told to anybody. */
  drop(): void {
    this.#end ??= { reason: undefined }
    this.#letGo()
  }

  /** Commits although no content has come yet. */
  commit(): void {
    if (this.#committed || this.#end !== undefined) return
    this.#committed = true
    this.#lastContentAt = this.#options.now()
    this.#options.pause()
    this.#options.onCommit()
  }

  /** Sends what was held back, and what follows, into the sink. May be called from within `push`. */
  run(sink: Sink, onEnd: (end: End) => void): void {
    this.#sink = sink
    this.#onEnd = onEnd
    if (sink.wants === "bytes") this.#parts = []
    else this.#runs = []
    if (!this.#taking) this.#goOn()
  }

  /** Behind the end comes nothing but OpenAI's, which gateways that speak its formats too send behind that of another. */
  #take(frames: ReadonlyArray<Frame>): void {
    this.#taking = true
    this.#takenAt = this.#options.now()
    for (const frame of frames) {
      if (this.#end !== undefined || (this.#options.reader.isTerminated() && frame.data !== "[DONE]")) break
      const isEvent = frame.kind === "event"
      const parts = isEvent ? this.#read(frame) : nothing
      if (parts !== undefined && (isEvent || this.#keeps(frame))) this.#hold(frame, parts)
      if (isEvent && this.#end === undefined) this.#maybeCommit()
    }
    this.#taking = false
    if (this.#end === undefined && this.#options.reader.isTerminated()) this.#end = { reason: undefined }
    if (!this.#committed && !this.#toldHeldBack && this.#events > 0 && this.#end === undefined) {
      this.#toldHeldBack = true
      this.#options.onHeldBack()
    }
    this.#goOn()
  }

  /** Whether a comment is passed on: before the content only as far as they are few, for some come for as long as a model thinks. */
  #keeps(comment: Frame): boolean {
    if (this.#committed) return true
    this.#commentBytes += comment.end - comment.start
    return this.#commentBytes <= maxCommentBytes
  }

  /** The parts of one event, noting what they say; `undefined` where the event is not to be passed on. */
  #read(frame: Frame): ReadonlyArray<StreamPart> | undefined {
    this.#events += 1
    const text = this.#template.match(frame)
    if (text !== undefined) {
      const tokens = typeof frame.source === "string" ? Tokens.ofAscii(text) : Tokens.ofText(text)
      Noted.delivered(this.#options.trace, tokens)
      return this.#sink?.wants === "bytes" ? this.#content(nothing) : this.#content([this.#template.part(text)])
    }
    const { reader } = this.#options
    const parts = reader.read(frame)
    if (parts === "malformed") {
      this.#end = { reason: this.#malformed(frame) }
      return undefined
    }
    this.#template.learn(frame, parts)
    let onlyUsage = parts.length > 0
    for (const part of parts) {
      if (part.type !== "usage") onlyUsage = false
      this.#note(part, frame)
    }
    // The end of nothing, or of less than all, is not passed on: a reader would take it for an answer's.
    if (reader.isTerminated()) {
      if (!this.#sawContent) this.#end ??= { reason: empty() }
      else if (!reader.isComplete()) this.#end ??= { reason: this.#interrupted("one of its answers has no end") }
    }
    return this.#end !== undefined || (onlyUsage && this.#options.hideUsage) ? undefined : parts
  }

  #hold(frame: Frame, parts: ReadonlyArray<StreamPart>): void {
    const wants = this.#sink?.wants
    if (wants !== "bytes") for (const part of parts) this.#parts.push(part)
    if (wants === "parts") return
    const last = this.#runs.at(-1)
    if (last !== undefined && last.end === frame.start && last.source === frame.source) last.end = frame.end
    else this.#runs.push({ source: frame.source, start: frame.start, end: frame.end })
  }

  #content(parts: ReadonlyArray<StreamPart>): ReadonlyArray<StreamPart> {
    this.#sawContent = true
    this.#lastContentAt = this.#takenAt
    return parts
  }

  #note(part: StreamPart, frame: Frame): void {
    if (part.type === "error") this.#end ??= { reason: this.#options.classify(part.body, part.event) }
    if (part.type === "finish" && part.reason === "error" && !this.#sawContent) {
      this.#end ??= { reason: Failure.ofEmpty(this.#options.classify(frame.data, undefined), part.raw) }
      return
    }
    if (isContent(part)) this.#content(nothing)
    Noted.part(this.#options.trace, part)
  }

  #maybeCommit(): void {
    const { commit } = this.#options
    if (this.#committed) return
    if (this.#sawContent || commit.on !== "firstContent" || this.#events >= commit.maxEvents) this.commit()
  }

  #goOn(): void {
    this.#flush()
    if (this.#end !== undefined) this.#tellEnd()
    else if (this.#sink !== undefined && !this.#waiting) this.#options.resume()
  }

  /** Hands what is held to the sink, once there is one, for as long as it takes more. */
  #flush(): void {
    const sink = this.#sink
    if (sink === undefined || this.#waiting) return
    if (sink.wants === "parts") {
      const parts = this.#parts
      if (parts.length === 0) return
      this.#parts = []
      if (!sink.write(parts)) this.#waitFor(sink)
      return
    }
    while (!this.#waiting) {
      const run = this.#runs.shift()
      if (run === undefined) return
      if (!sink.write(Framing.at(run))) this.#waitFor(sink)
    }
  }

  #waitFor(sink: Sink): void {
    this.#waiting = true
    this.#options.pause()
    const goOn = () => {
      this.#waiting = false
      this.#lastContentAt = this.#options.now()
      this.#goOn()
    }
    sink.onReady(() => this.#options.guard(goOn))
  }

  #malformed(frame: Frame): Reason {
    if (this.#closed) return this.#interrupted("the stream ended within an event")
    return new MalformedResponse({
      message: `event ${this.#events} of the stream is not what the protocol promises`,
      body: frame.data.slice(0, 200)
    })
  }

  #interrupted(why: string): Reason {
    return new StreamInterrupted({ message: why, contentSent: this.#committed })
  }

  #finish(reason: Reason | undefined): void {
    this.#end = { reason }
    this.#tellEnd()
  }

  #tellEnd(): void {
    const end = this.#end
    if (end === undefined) return
    if (!this.#committed) {
      // What ends well has content, which has committed it.
      if (end.reason !== undefined) this.#options.onFailure(end.reason)
      return
    }
    const onEnd = this.#onEnd
    // What the sink has no room for yet comes first.
    if (onEnd === undefined || this.#runs.length + this.#parts.length > 0) return
    this.#letGo()
    onEnd(end)
  }

  /** Objects of a call can outlive it for a while; what was read and written must not. */
  #letGo(): void {
    this.#onEnd = undefined
    this.#sink = undefined
    this.#runs = []
    this.#parts = []
    this.#template.forget()
  }
}

/** Said before the commit and after it; an explicit finish reason counts as content. */
const empty = (): Reason => new EmptyResponse({ message: "the stream ended without content or a finish reason" })

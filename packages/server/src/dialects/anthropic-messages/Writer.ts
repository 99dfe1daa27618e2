/**
 * Writes a stream as Anthropic's events: one block open at a time, stop reason and usage at the end.
 *
 * A provider may write several tool calls at once. Their blocks are written one after the other: a call that begins before the arguments of
 * the one before it are whole waits for them.
 */
import * as Json from "@orelse/core/domain/Json"
import type { StreamPart } from "@orelse/core/domain/Response"
import * as Usage from "@orelse/core/domain/Usage"
import type { AnswerContext, StreamWriter } from "../Dialect.ts"
import * as Extras from "../Extras.ts"
import * as Answer from "./Answer.ts"

export const make = (context: AnswerContext): StreamWriter => new Writer(context)

type Kind = "text" | "thinking" | "tool"

type ToolPart = StreamPart & { readonly type: "toolCallStart" | "toolCallDelta" }

type Finish = StreamPart & { readonly type: "finish" }

class Writer implements StreamWriter {
  readonly #context: AnswerContext
  #started = false
  /** The block that is open: its kind, and the provider's index of it. */
  #kind: Kind | undefined
  #source = -1
  /** Our own numbers. */
  #index = -1
  #arguments = ""
  /** Parts of tool calls that wait for the open one. */
  #waiting: Array<ToolPart> = []
  readonly #extras = new Extras.Gathered("anthropic-messages")
  #usage: Usage.Usage | undefined
  #finish: Finish | undefined

  constructor(context: AnswerContext) {
    this.#context = context
  }

  readonly write = (part: StreamPart): string => {
    switch (part.type) {
      case "start":
        return this.#start(part)
      case "text":
      case "refusal":
        return part.text === ""
          ? ""
          : `${this.#open("text", part.index)}${this.#delta(`{"type":"text_delta","text":${JSON.stringify(part.text)}}`)}`
      case "reasoning":
        return this.#reasoning(part)
      case "toolCallStart":
      case "toolCallDelta":
        return this.#tool(part)
      case "image":
        return this.write({ type: "text", index: part.index, text: Answer.picture(part.mediaType, part.data) })
      case "usage":
        this.#usage = Usage.merge(this.#usage, part.usage)
        return ""
      case "finish":
        this.#finish = part
        return ""
      case "ping":
        return this.#started ? event("ping", '{"type":"ping"}') : ""
      case "extra":
        this.#extras.add(part)
        return ""
      case "error":
      case "otherAnswer":
        return ""
    }
  }

  readonly end = (): string => {
    const closed = this.#first() + this.#close()
    const finish = this.#finish
    const delta = {
      stop_reason: Answer.stopReason(finish?.reason, finish?.raw, finish?.stopSequence),
      stop_sequence: finish?.stopSequence ?? null
    }
    const body = this.#extras.beside({ type: "message_delta", delta, usage: Answer.usage(this.#usage ?? {}) })
    return `${closed}${event("message_delta", JSON.stringify(body))}${event("message_stop", '{"type":"message_stop"}')}`
  }

  #start(part: StreamPart & { type: "start" }): string {
    if (this.#started) return ""
    this.#started = true
    const message = {
      id: Answer.idOf(part.id, this.#context),
      type: "message",
      role: "assistant",
      model: this.#context.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: Answer.usage(this.#usage ?? {})
    }
    return event("message_start", JSON.stringify({ type: "message_start", message }))
  }

  #first(): string {
    return this.#started ? "" : this.#start({ type: "start" })
  }

  /** Makes sure that such a block is open. */
  #open(kind: Kind, source: number): string {
    if (this.#kind === kind && this.#source === source) return ""
    const block = kind === "text" ? '{"type":"text","text":""}' : '{"type":"thinking","thinking":"","signature":""}'
    return this.#begin(kind, source, block)
  }

  #begin(kind: Kind, source: number, block: string): string {
    const closed = this.#first() + this.#close()
    this.#kind = kind
    this.#source = source
    this.#index += 1
    this.#arguments = ""
    return `${closed}${event("content_block_start", `{"type":"content_block_start","index":${this.#index},"content_block":${block}}`)}`
  }

  /** Closes the open block, and writes the tool calls that waited for it. */
  #close(): string {
    let out = this.#stop()
    while (this.#waiting.length > 0) out += this.#next() + this.#stop()
    return out
  }

  #stop(): string {
    if (this.#kind === undefined) return ""
    this.#kind = undefined
    return event("content_block_stop", `{"type":"content_block_stop","index":${this.#index}}`)
  }

  /** Opens the first tool call that waited, with what is there of it. */
  #next(): string {
    const waited = this.#waiting
    const source = waited[0]!.index
    this.#waiting = []
    const written = waited.filter((part) => part.index === source).map((part) => this.write(part))
    this.#waiting = waited.filter((part) => part.index !== source)
    return written.join("")
  }

  #delta(delta: string): string {
    return event("content_block_delta", `{"type":"content_block_delta","index":${this.#index},"delta":${delta}}`)
  }

  #reasoning(part: StreamPart & { type: "reasoning" }): string {
    if (part.redacted !== undefined) {
      return (
        this.#begin("thinking", part.index, JSON.stringify({ type: "redacted_thinking", data: part.redacted })) +
        this.#close()
      )
    }
    if (part.text === "" && part.signature === undefined) return ""
    // The block is opened before its first delta is numbered.
    const opened = this.#open("thinking", part.index)
    const shown =
      part.text === "" ? "" : this.#delta(`{"type":"thinking_delta","thinking":${JSON.stringify(part.text)}}`)
    const proof =
      part.signature === undefined
        ? ""
        : this.#delta(JSON.stringify({ type: "signature_delta", signature: part.signature }))
    return opened + shown + proof
  }

  #tool(part: ToolPart): string {
    const isOpen = this.#kind === "tool" && this.#source === part.index
    if (part.type === "toolCallStart") {
      if (this.#kind === "tool" && !this.#isWhole()) return this.#wait(part)
      return this.#begin(
        "tool",
        part.index,
        JSON.stringify({ type: "tool_use", id: part.id, name: part.name, input: {} })
      )
    }
    if (!isOpen) return this.#waiting.length > 0 ? this.#wait(part) : ""
    if (part.arguments === "") return ""
    this.#arguments += part.arguments
    const written = this.#delta(`{"type":"input_json_delta","partial_json":${JSON.stringify(part.arguments)}}`)
    return written + this.#advance()
  }

  /** While the open call is whole and others wait, the next one begins. */
  #advance(): string {
    let out = ""
    while (this.#waiting.length > 0 && this.#isWhole()) out += this.#stop() + this.#next()
    return out
  }

  #wait(part: ToolPart): string {
    this.#waiting.push(part)
    return ""
  }

  /** Whether the open call's arguments are whole. */
  #isWhole(): boolean {
    return Json.parseObject(this.#arguments) !== undefined
  }
}

const event = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`

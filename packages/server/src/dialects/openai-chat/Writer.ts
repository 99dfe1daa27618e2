/**
 * Writes a stream as OpenAI chat chunks.
 *
 * Every chunk begins with the same text, which is put together once; a chunk of text costs one `JSON.stringify` of that text.
 */
import type * as Json from "@orelse/core/domain/Json"
import type { StreamPart } from "@orelse/core/domain/Response"
import * as Usage from "@orelse/core/domain/Usage"
import type { AnswerContext, StreamWriter } from "../Dialect.ts"
import { Gathered } from "../Gathered.ts"
import * as Extras from "../Extras.ts"
import * as Answer from "./Answer.ts"

export const make = (context: AnswerContext): StreamWriter => new Writer(context)

class Writer implements StreamWriter {
  readonly #context: AnswerContext
  /** What stands before the choices of every chunk. */
  #head = ""
  /** What stands after them: with usage asked for, every chunk but the last says `null`. */
  readonly #tail: string
  readonly #extras = new Extras.Gathered("openai-chat")
  #usage: Usage.Usage | undefined
  /** Some providers say it with every piece: the last one counts. */
  #finish: (StreamPart & { readonly type: "finish" }) | undefined
  /** Our block index to OpenAI's number of the tool call. */
  readonly #calls = new Map<number, number>()
  /** Those of custom tools, by OpenAI's number. */
  readonly #custom = new Set<number>()
  /** Those whose arguments have not begun, by OpenAI's number. */
  readonly #bare = new Set<number>()

  /** How many came: clients put lists together by numbers, and OpenAI's SDK for Python throws without (`accumulate_delta`, read 2026-11). */
  #pictures = 0

  /** They go out in one chunk: OpenAI's SDK for Node keeps of a field that it does not know what came last. */
  readonly #proofs: Array<Json.JsonObject> = []

  /** The reasoning of the block that is open. */
  #thought = { index: -1, text: new Gathered() }

  constructor(context: AnswerContext) {
    this.#context = context
    this.#tail = context.includeUsage ? ',"usage":null}\n\n' : "}\n\n"
  }

  readonly write = (part: StreamPart): string => {
    switch (part.type) {
      case "start":
        return this.#started(part)
      case "text":
        if (part.text === "") return ""
        return this.#delta(`{"content":${JSON.stringify(part.text)}}`, part.logprobs)
      case "reasoning":
        return this.#reasoning(part)
      case "refusal":
        return part.text === "" ? "" : this.#delta(`{"refusal":${JSON.stringify(part.text)}}`)
      case "toolCallStart":
        return this.#toolCall(part)
      case "toolCallDelta":
        return this.#argue(this.#calls.get(part.index), part.arguments)
      case "image":
        return this.#delta(
          JSON.stringify({
            images: [
              {
                type: "image_url",
                index: this.#pictures++,
                image_url: { url: part.url ?? Answer.imageUrl(part.mediaType, part.data) }
              }
            ]
          })
        )
      case "usage":
        this.#usage = Usage.merge(this.#usage, part.usage)
        return ""
      case "finish":
        this.#finish = part
        return ""
      case "extra":
        this.#extras.add(part)
        return ""
      case "error":
      case "otherAnswer":
      case "ping":
        return ""
    }
  }

  readonly end = (): string => {
    const finished = this.#argueNothing() + this.#proven() + this.#finished()
    const done = "data: [DONE]\n\n"
    if (!this.#context.includeUsage || this.#usage === undefined) return `${finished}${this.#first()}${done}`
    return `${finished}${this.#open()}[],"usage":${JSON.stringify(Answer.usage(this.#usage))}}\n\n${done}`
  }

  #finished(): string {
    if (this.#finish === undefined) return ""
    const reason = Answer.finishReason(this.#finish.reason, this.#finish.raw)
    return `${this.#open()}[{"index":0,"delta":{},"logprobs":null,"finish_reason":${JSON.stringify(reason)}}]${this.#extras.text()}${this.#tail}`
  }

  #started(part: StreamPart & { type: "start" }): string {
    if (this.#head !== "") return ""
    const created = part.created ?? this.#context.created
    const id = Answer.idOf(part.id, this.#context)
    this.#head = `data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(this.#context.model)},"choices":`
    return `${this.#head}[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]${this.#tail}`
  }

  /** The first chunk, where none has been written. */
  #first(): string {
    return this.#head === "" ? this.#started({ type: "start" }) : ""
  }

  /** The beginning of a chunk, after the first chunk where that is still due. */
  #open(): string {
    return this.#first() + this.#head
  }

  #delta(delta: string, logprobs?: Json.Json): string {
    const log = logprobs === undefined ? "null" : JSON.stringify(logprobs)
    return `${this.#open()}[{"index":0,"delta":${delta},"logprobs":${log},"finish_reason":null}]${this.#tail}`
  }

  /** A proof comes with the whole text that it proves: a caller who sends it back need not know which pieces belong to it. */
  #reasoning(part: StreamPart & { type: "reasoning" }): string {
    if (part.index !== this.#thought.index) this.#thought = { index: part.index, text: new Gathered() }
    this.#thought.text.add(part.text)
    const shown = part.text === "" ? "" : this.#delta(`{"reasoning_content":${JSON.stringify(part.text)}}`)
    if (part.signature === undefined && part.redacted === undefined) return shown
    for (const detail of Answer.proof({ ...part, text: this.#thought.text.text() }))
      this.#proofs.push({ ...detail, index: this.#proofs.length })
    return shown
  }

  #proven(): string {
    return this.#proofs.length === 0 ? "" : this.#delta(JSON.stringify({ reasoning_details: this.#proofs }))
  }

  #argue(index: number | undefined, written: string): string {
    if (index === undefined) return ""
    if (written !== "") this.#bare.delete(index)
    const piece = this.#custom.has(index)
      ? `"custom":{"input":${JSON.stringify(written)}}`
      : `"function":{"arguments":${JSON.stringify(written)}}`
    return this.#delta(`{"tool_calls":[{"index":${index},${piece}}]}`)
  }

  #argueNothing(): string {
    const nothing = Answer.noArguments(this.#finish?.reason)
    return nothing === "" ? "" : [...this.#bare].map((index) => this.#argue(index, nothing)).join("")
  }

  #toolCall(part: StreamPart & { type: "toolCallStart" }): string {
    const index = this.#calls.size
    this.#calls.set(part.index, index)
    if (part.custom === true) {
      this.#custom.add(index)
      const call = { index, id: part.id, type: "custom", custom: { name: part.name, input: "" } }
      return this.#delta(`{"tool_calls":[${JSON.stringify(call)}]}`)
    }
    this.#bare.add(index)
    const extra =
      part.signature === undefined ? {} : { extra_content: { google: { thought_signature: part.signature } } }
    const call = { index, id: part.id, type: "function", function: { name: part.name, arguments: "" }, ...extra }
    return this.#delta(`{"tool_calls":[${JSON.stringify(call)}]}`)
  }
}

/**
 * The output of an answer as it grows: puts parts into items, opens and closes them. A message or a piece of reasoning is open alone; calls may
 * be written at once, as this format allows, and stay open until their arguments are whole.
 */
import * as Json from "@orelse/core/domain/Json"
import type { StreamPart } from "@orelse/core/domain/Response"
import type { AnswerContext } from "../Dialect.ts"
import * as Ids from "./Ids.ts"
import { Call, type Emit, type Ended, type Item, Message, Own, Picture, Thought } from "./Items.ts"

/** The parts that are content. */
export type ContentPart = StreamPart & {
  readonly type: "text" | "refusal" | "reasoning" | "toolCallStart" | "toolCallDelta" | "image"
}

export class Output {
  readonly #emit: Emit
  readonly #context: AnswerContext
  readonly #items: Array<Item> = []
  #open: Message | Thought | undefined
  /** The calls that are open, by the provider's block. */
  readonly #calls = new Map<number, Call>()
  /** Those of them that were given arguments since somebody looked whether they are whole. */
  readonly #grown = new Set<number>()

  constructor(emit: Emit, context: AnswerContext) {
    this.#emit = emit
    this.#context = context
  }

  /** The items as they are now. */
  readonly items = (): ReadonlyArray<Json.JsonObject> => this.#items.map((item) => item.json())

  /** The events of one part. */
  readonly write = (part: ContentPart): string => {
    switch (part.type) {
      case "text":
      case "refusal":
        return this.#say(part)
      case "reasoning":
        return this.#think(part)
      case "toolCallStart":
        return this.#call(part)
      case "toolCallDelta":
        return this.#argue(part)
      case "image":
        return this.#picture(part)
    }
  }

  /** The events of an item that only this format knows. */
  readonly own = (item: Json.JsonObject): string => {
    const begun = this.#closeAll()
    const own = new Own({ emit: this.#emit, at: this.#items.length }, item)
    this.#items.push(own)
    return begun + own.open() + own.close()
  }

  /** Closes what is open, at the end of the answer. */
  readonly close = (ended: Ended): string => {
    let out = this.#closeOpen(ended)
    for (const call of this.#calls.values()) out += call.close(ended)
    this.#calls.clear()
    return out
  }

  #say(part: ContentPart & { type: "text" | "refusal" }): string {
    if (part.text === "") return ""
    const logprobs = part.type === "text" ? Json.array(Json.at(part.logprobs, "content")) : []
    if (this.#open instanceof Message) return this.#open.say(part.type, part.index, part.text, logprobs)
    const begun = this.#closeAll()
    const message = new Message(this.#place("msg"))
    this.#open = message
    this.#items.push(message)
    return begun + message.open() + message.say(part.type, part.index, part.text, logprobs)
  }

  #think(part: ContentPart & { type: "reasoning" }): string {
    if (part.text === "" && part.signature === undefined && part.redacted === undefined) return ""
    let begun = ""
    let thought = this.#open instanceof Thought && this.#open.takes(part.index) ? this.#open : undefined
    if (thought === undefined) {
      begun = this.#closeAll()
      thought = new Thought(this.#place("rs"))
      this.#open = thought
      this.#items.push(thought)
      begun += thought.open()
    }
    const said = thought.think(part.index, part.text)
    thought.prove(part.index, part)
    return begun + said
  }

  #call(part: ContentPart & { type: "toolCallStart" }): string {
    const begun = this.#closeAll()
    const call = new Call(this.#place("fc"), part.id, part.name, part.signature)
    this.#calls.set(part.index, call)
    this.#items.push(call)
    return begun + call.open()
  }

  #argue(part: ContentPart & { type: "toolCallDelta" }): string {
    const call = part.arguments === "" ? undefined : this.#calls.get(part.index)
    if (call === undefined) return ""
    this.#grown.add(part.index)
    return call.argue(part.arguments)
  }

  /** The format has pictures in line alone: another is shown as Markdown. */
  #picture(part: ContentPart & { type: "image" }): string {
    if (part.url !== undefined) return this.#say({ type: "text", index: part.index, text: `![image](${part.url})` })
    const begun = this.#closeAll()
    const picture = new Picture(this.#place("ig"), part.data, part.mediaType)
    this.#items.push(picture)
    return begun + picture.open() + picture.close()
  }

  #place(kind: Ids.Kind) {
    const at = this.#items.length
    return { emit: this.#emit, id: Ids.item(kind, this.#context, at), at }
  }

  #closeOpen(ended: Ended): string {
    const open = this.#open
    this.#open = undefined
    return open?.close(ended) ?? ""
  }

  /** Closes what is open, but for calls whose arguments are still to come. */
  #closeAll(): string {
    let out = this.#closeOpen("completed")
    for (const source of this.#grown) {
      const call = this.#calls.get(source)
      if (call?.isWhole() !== true) continue
      out += call.close("completed")
      this.#calls.delete(source)
    }
    this.#grown.clear()
    return out
  }
}

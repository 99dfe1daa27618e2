/**
 * The tool calls of a stream, put together out of pieces that many servers number, name and cut in their own ways.
 *
 * A call begins once its name and its id are known, or its name and a piece of its arguments: some say the one before the other.
 */
import * as Json from "../../../domain/Json.ts"
import type { StreamPart } from "../../../domain/Response.ts"
import * as CallId from "../CallId.ts"
import * as Content from "./Content.ts"

interface Call {
  /** Number of its block, once it has begun. */
  index: number | undefined
  id: string
  name: string
  written: string
  signature: string | undefined
  custom: true | undefined
}

/** @stability experimental @category models @since 0.1.0 */
export class ToolCalls {
  /** By the provider's number of the call. */
  readonly #calls = new Map<number, Call>()
  /** Those with a name that have not begun: one, or a few, of what may be thousands. */
  readonly #named = new Set<Call>()
  readonly #numbers = new Map<string, number>()
  #last = -1
  #highest = -1
  readonly #nextBlock: () => number
  readonly #answer: () => string | undefined
  #begun = 0

  /**
   * @param nextBlock opens a block and gives its number
   * @param answer the id of the answer, for calls without one
   */
  constructor(nextBlock: () => number, answer: () => string | undefined) {
    this.#nextBlock = nextBlock
    this.#answer = answer
  }

  get isEmpty(): boolean {
    return this.#calls.size === 0
  }

  /** Takes one piece of a call. */
  add(piece: Json.JsonObject | undefined, parts: Array<StreamPart>): void {
    if (piece === undefined) return
    const id = Json.string(piece["id"]) ?? ""
    const name = Content.nameOf(piece)
    const key = Json.number(piece["index"]) ?? (id === "" && name === "" ? this.#last : this.#keyOf(id))
    let call = this.#calls.get(key)
    if (call === undefined || (name !== "" && isAnother(call, id))) {
      for (const named of this.#named) this.#begin(named, parts)
      call = {
        index: undefined,
        id: "",
        name: "",
        written: "",
        signature: Content.thoughtSignature(piece),
        custom: Content.isCustom(piece)
      }
      this.#calls.set(key, call)
      this.#highest = Math.max(this.#highest, key)
    }
    this.#last = key
    const written = Content.argumentsOf(piece)
    call.written += written
    if (call.index !== undefined) return push(call.index, written, parts)
    call.id ||= id
    call.name ||= name
    if (id !== "") this.#numbers.set(id, key)
    if (call.name === "") return
    if (call.id !== "" || call.written !== "") this.#begin(call, parts)
    else this.#named.add(call)
  }

  /** No more is said of the calls so far: those that waited for more of their names begin as they are. */
  end(parts: Array<StreamPart>): void {
    for (const call of this.#calls.values()) if (call.index === undefined) this.#begin(call, parts)
  }

  #begin(call: Call, parts: Array<StreamPart>): void {
    const index = this.#nextBlock()
    const { custom, name, signature } = call
    const id = CallId.make(call.id, this.#answer(), this.#begun++)
    call.index = index
    this.#named.delete(call)
    parts.push(Json.compact({ type: "toolCallStart" as const, index, id, name, signature, custom }))
    push(index, call.written, parts)
  }

  /** A call without an index: by its id where that was seen, else a new one. */
  #keyOf(id: string): number {
    const known = id === "" ? undefined : this.#numbers.get(id)
    return known !== undefined && this.#calls.get(known)?.id === id ? known : this.#highest + 1
  }
}

const push = (index: number, written: string, parts: Array<StreamPart>): void => {
  if (written !== "") parts.push({ type: "toolCallDelta", index, arguments: written })
}

/** Servers that number every call 0 tell them apart by id; those that give no ids either send each call whole. */
const isAnother = (known: Call, id: string): boolean => {
  if (known.index === undefined) return known.name !== "" && known.id !== "" && id !== known.id
  return id === "" ? known.id === "" && Json.parseObject(known.written) !== undefined : id !== known.id
}

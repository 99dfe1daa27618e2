/**
 * Recognises the next plain text delta of a stream without parsing it, exactly.
 *
 * Nearly every event of a stream is the one before it with another text. After one was read, everything before and after its text
 * is known; an event with the same beginning and end and a plain JSON string between them *is* the same JSON but for that text.
 * There is no guess in it: what differs in any other byte, or holds an escape, goes through the protocol's reader. This is what lets a
 * stream pass at nearly the cost of its bytes (`docs/performance.md`).
 */
import type { StreamPart } from "../domain/Response.ts"
import type { WireEvent } from "./Protocol.ts"

/** What is learned from: text that no encoder writes in any other way. */
const learnable = /^[A-Za-z0-9 ,.]{1,200}$/

/** Whether nothing in it ends or escapes a JSON string, or may not stand in one. */
const isPlain = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c) return false
  }
  return true
}

/** @stability experimental @category models @since 0.1.0 */
export class TextTemplate {
  #event: string | undefined
  #before = ""
  #after = ""
  #index = 0

  /** The text of an event that is the last one with another text; else `undefined`. */
  match(event: WireEvent): string | undefined {
    const before = this.#before
    const { data } = event
    const end = data.length - this.#after.length
    if (before === "" || end <= before.length || event.event !== this.#event) return undefined
    // Slices compare as memory; `startsWith` walks character by character.
    if (data.slice(0, before.length) !== before || data.slice(end) !== this.#after) return undefined
    const text = data.slice(before.length, end)
    return isPlain(text) ? text : undefined
  }

  /** Lets go of what was learned. */
  forget(): void {
    this.#before = ""
    this.#after = ""
  }

  /** The part that `match`'s text stands for. */
  part(text: string): StreamPart {
    return { type: "text", index: this.#index, text }
  }

  /** Learns from what the reader made of an event; forgets where that was no single plain text. */
  learn(event: WireEvent, parts: ReadonlyArray<StreamPart>): void {
    const part = parts[0]
    this.#before = ""
    if (parts.length !== 1 || part?.type !== "text" || part.logprobs !== undefined || !learnable.test(part.text)) return
    const quoted = `"${part.text}"`
    const at = event.data.indexOf(quoted)
    if (at === -1 || event.data.indexOf(quoted, at + 1) !== -1) return
    this.#event = event.event
    this.#before = event.data.slice(0, at + 1)
    this.#after = event.data.slice(at + quoted.length - 1)
    this.#index = part.index
  }
}

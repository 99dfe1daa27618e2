/**
 * Tools that are called with nothing, in streams whose format then writes no arguments: Anthropic's and Bedrock's.
 *
 * Callers of OpenAI's formats parse what they get, its SDK for Python as soon as another call begins. Where a block follows, the call was whole:
 * it is given an empty object. Of the last one that is not known before the answer's end, for a limit may have cut it: who writes the answer
 * decides then.
 */
import type { StreamPart } from "../../domain/Response.ts"

const nothing: ReadonlyArray<StreamPart> = []

/** The call that was opened last, by our number, while it has no arguments. @stability experimental @category models @since 0.1.0 */
export class GivenNothing {
  #call: number | undefined
  #isClosed = false

  readonly open = (call: number): void => {
    this.#call = call
    this.#isClosed = false
  }

  /** Arguments came. */
  readonly give = (call: number): void => {
    if (this.#call === call) this.#call = undefined
  }

  /** The block ended. */
  readonly close = (call: number | undefined): void => {
    if (call !== undefined && this.#call === call) this.#isClosed = true
  }

  /** What is due where another block begins. */
  readonly next = (): ReadonlyArray<StreamPart> => {
    const call = this.#call
    if (call === undefined || !this.#isClosed) return nothing
    this.#call = undefined
    return [{ type: "toolCallDelta", index: call, arguments: "{}" }]
  }
}

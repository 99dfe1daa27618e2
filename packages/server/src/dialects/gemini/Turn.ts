/**
 * A turn of the model in a caller's history, put together again.
 *
 * Google's SDK keeps each chunk of a streamed chat as a content of its own, and many callers put the parts of all chunks into one. Either way
 * words and thoughts stand in the pieces in which they came, and a proof in a part without words behind what it proves. Left so, each piece
 * would be a message: OpenAI refuses calls whose results are not behind them, and Anthropic a proof whose thoughts are missing.
 */
import type { AssistantPart } from "@orelse/core/domain/Request"

export class Turn {
  readonly parts: Array<AssistantPart> = []

  readonly add = (part: AssistantPart): void => {
    const last = this.parts.at(-1)
    const joined = last === undefined ? undefined : join(last, part)
    if (joined === undefined) this.parts.push(part)
    else this.parts[this.parts.length - 1] = joined
  }
}

/** Both as one, where the second goes on with the first. What Google signed stays as it was given. */
const join = (last: AssistantPart, part: AssistantPart): AssistantPart | undefined => {
  if (last.extra !== undefined || part.extra !== undefined) return undefined
  if (last.type === "text" && part.type === "text") return { ...part, text: last.text + part.text }
  if (last.type !== "reasoning" || part.type !== "reasoning" || isProven(last)) return undefined
  const goesOn = !isProven(part) || (part.text === "" && part.redacted === undefined)
  return goesOn ? { ...part, text: last.text + part.text } : undefined
}

const isProven = (part: { readonly signature?: string; readonly redacted?: string }): boolean =>
  part.signature !== undefined || part.redacted !== undefined

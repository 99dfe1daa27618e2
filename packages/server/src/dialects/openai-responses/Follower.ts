/**
 * Follows the events of a provider that pass through, so that an error can end them as OpenAI would: under the next number, and with the
 * response that has failed.
 *
 * It reads no event: where it began, whose response it is, and of each run of whole events the last number. A text that an event holds
 * cannot be taken for either, for its quotes are escaped. What was said is not said again.
 */
import type { AnswerContext, ErrorFacts, Follower } from "../Dialect.ts"
import * as Body from "./Body.ts"
import * as Event from "./Event.ts"
import * as Ids from "./Ids.ts"

export const make = (context: () => AnswerContext): Follower => new Followed(context)

type Bytes = Buffer | string

const numberKey = '"sequence_number"'
const responseKey = '"response"'

/** How far behind its key the id and the time of a response stand, and a number. */
const headLength = 1024
const numberLength = 24

class Followed implements Follower {
  readonly #context: () => AnswerContext
  #head: string | undefined
  #next = 0

  constructor(context: () => AnswerContext) {
    this.#context = context
  }

  readonly see = (bytes: Bytes): void => {
    const at = bytes.lastIndexOf(numberKey)
    if (at === -1) return
    this.#head ??= piece(bytes, Math.max(0, bytes.indexOf(responseKey)), headLength)
    const number = /^\s*:\s*(\d+)/.exec(piece(bytes, at + numberKey.length, numberLength))?.[1]
    if (number !== undefined) this.#next = Number(number) + 1
  }

  readonly error = (facts: ErrorFacts): string => {
    const context = this.#context()
    const head = this.#head ?? ""
    const answer = {
      id: Ids.response(/"id"\s*:\s*"([^"\\]+)"/.exec(head)?.[1], context),
      created: Number(/"created_at"\s*:\s*(\d+)/.exec(head)?.[1] ?? context.created)
    }
    const body = Body.write(answer, Body.failedBy(facts), [], undefined, context.model, Body.asked(context.request()))
    return (
      Event.write("error", this.#next, Body.errorFields(facts)) +
      Event.write("response.failed", this.#next + 1, `"response":${JSON.stringify(body)}`)
    )
  }
}

/** Of its own memory: a cut-out text would keep the whole. */
const piece = (bytes: Bytes, from: number, length: number): string =>
  typeof bytes === "string"
    ? Buffer.from(bytes.slice(from, from + length), "latin1").toString("latin1")
    : bytes.toString("latin1", from, from + length)

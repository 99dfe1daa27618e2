/**
 * What the bytes of a whole answer are: an answer of the protocol, a failure that came with a status of success, or nothing that it knows.
 */
import type { Whole } from "../domain/Answer.ts"
import * as Exact from "../domain/Exact.ts"
import * as Json from "../domain/Json.ts"
import { EmptyResponse, MalformedResponse, type Reason } from "../domain/Reason.ts"
import * as Redaction from "../domain/Redaction.ts"
import type { Response } from "../domain/Response.ts"
import * as Elsewhere from "./failure/Elsewhere.ts"
import * as Failure from "./Failure.ts"
import type { Protocol, Read } from "./Protocol.ts"
import type { Input } from "./Provider.ts"
import * as Vectors from "./protocols/Vectors.ts"

/** What is known of it beside its bytes. @stability experimental @category models @since 0.1.0 */
export interface Received {
  readonly protocol: Protocol
  /** Its trace is told of the usage as soon as that is read: it is paid for, whatever becomes of the answer. */
  readonly input: Input
  readonly status: number
  /** The reason that the rules make of a body. */
  readonly classify: (body: string) => Reason
}

/**
 * The answer, or why there is none.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const read = (received: Received, bytes: Buffer): Whole | Reason => {
  const text = bytes.toString()
  const body = Json.parseObject(text)
  if (body === undefined) return unread(received, text)
  if (Failure.errorInSuccess(body)) return received.classify(text)
  return received.input.call.operation === "embeddings"
    ? embeddings(received, bytes, body)
    : chat(received, bytes, body)
}

const chat = (received: Received, bytes: Buffer, body: Json.JsonObject): Whole | Reason => {
  const { decode, id, read: readIn = wholly(decode) } = received.protocol
  const answer = readIn(body)
  if (answer === undefined) return unread(received, bytes.toString())
  const { finishReason, response, usage } = answer
  received.input.trace.usage = usage
  if (isEmpty(answer)) return emptied(received, bytes, response())
  const exact = () => {
    const written = Exact.of(body, () => bytes.toString())
    return written === body ? response() : (readIn(written)?.response() ?? response())
  }
  return { _tag: "Whole", protocol: id, bytes, usage, finishReason, response: exact }
}

/** At once. */
const wholly =
  (decode: Protocol["decode"]): NonNullable<Protocol["read"]> =>
  (body) => {
    const response = decode(body)
    return response && { usage: response.usage, finishReason: response.finishReason, response: () => response }
  }

const isEmpty = ({ finishReason, response }: Read): boolean =>
  (finishReason === undefined || finishReason === "error") && response().content.length === 0

/** Why there is nothing in it, where it says so. */
const emptied = (received: Received, bytes: Buffer, { finishReason, rawFinishReason }: Response): Reason =>
  finishReason === undefined
    ? new EmptyResponse({
        message: "the answer holds neither content nor a finish reason",
        status: received.status
      })
    : Failure.ofEmpty(received.classify(bytes.toString()), rawFinishReason)

const embeddings = (received: Received, bytes: Buffer, body: Json.JsonObject): Whole | Reason => {
  const { input, protocol, status } = received
  const decoded = protocol.embeddings?.decode(body)
  if (decoded === undefined) return unread(received, bytes.toString())
  input.trace.usage = decoded.usage
  const message = Vectors.miscount(input.call, decoded)
  if (message !== undefined) return new MalformedResponse({ message, status })
  return {
    _tag: "Whole",
    protocol: protocol.id,
    bytes,
    usage: decoded.usage,
    response: () => ({ content: [] }),
    embeddings: () => decoded
  }
}

/** What came instead of an answer: an error in other words, or nothing that the protocol knows. */
const unread = (received: Received, text: string): Reason => {
  if (Failure.errorInsteadOfAnswer(text)) return received.classify(text)
  if (text.trim() === "") return new EmptyResponse({ message: "the answer is empty" })
  return new MalformedResponse({
    message: Elsewhere.page(text) ?? "the answer is not what the protocol promises",
    body: Redaction.redact(text.slice(0, 200))
  })
}

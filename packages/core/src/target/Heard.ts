/**
 * A stream of a provider in process, heard as it is written: an error in it ends its attempt, and where it ends without content there was no
 * answer. Neither may end as if it were whole. Over HTTP `provider/StreamBody.ts` sees to both, and before the commit.
 */
import * as Effect from "effect/Effect"
import type { Sink } from "../domain/Answer.ts"
import { AttemptError } from "../domain/AttemptError.ts"
import { EmptyResponse, type Reason } from "../domain/Reason.ts"
import { isContent, type StreamPart } from "../domain/Response.ts"
import * as Echo from "../provider/Echo.ts"
import * as Failure from "../provider/Failure.ts"
import type { OpenAttempt } from "./OpenAttempt.ts"

/** Listens to one stream. @stability experimental @category models @since 0.1.0 */
export class Heard {
  readonly #open: OpenAttempt
  #sawContent = false
  #error: AttemptError | undefined

  constructor(open: OpenAttempt) {
    this.#open = open
  }

  /** The sink, which hands on what comes before an error. */
  over(sink: Sink): Sink {
    if (sink.wants === "bytes") return sink
    return {
      ...sink,
      write: (parts: ReadonlyArray<StreamPart>) => this.#error === undefined && this.#write(sink.write, parts)
    }
  }

  /** What is said of a stream whose provider ended it well. */
  readonly ended: Effect.Effect<void, AttemptError> = Effect.suspend(() => {
    if (this.#error !== undefined) return Effect.fail(this.#error)
    return this.#sawContent
      ? Effect.void
      : Effect.fail(this.#failed(new EmptyResponse({ message: "the stream held no content" })))
  })

  #write(write: (parts: ReadonlyArray<StreamPart>) => boolean, parts: ReadonlyArray<StreamPart>): boolean {
    const at = parts.findIndex(({ type }) => type === "error")
    const sound = at < 0 ? parts : parts.slice(0, at)
    this.#sawContent ||= sound.some(isContent)
    const isWelcome = sound.length === 0 || write(sound)
    const error = parts[at]
    if (error?.type !== "error") return isWelcome
    this.#error = this.#failed(this.#classified(error))
    this.#open.expiry.expire(this.#error)
    return false
  }

  #classified({ body, event }: Extract<StreamPart, { readonly type: "error" }>): Reason {
    const { call } = this.#open.state
    const { family, id, protocol } = this.#open.provider
    const reason = Failure.classify({
      provider: id,
      family,
      protocol: protocol === "library" ? "openai-chat" : protocol,
      transport: "stream",
      headers: {},
      body,
      code: event,
      contentSent: this.#sawContent,
      now: this.#open.engine.clock.currentTimeMillisUnsafe()
    })
    return Echo.without(reason, Echo.sent({ call, credential: this.#open.credential, request: this.#open.request }, {}))
  }

  #failed(reason: Reason): AttemptError {
    return new AttemptError({ reason, ...this.#open.key })
  }
}

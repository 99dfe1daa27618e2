/**
 * Reads a request's body, bounded, straight off the socket: bytes in, text out.
 *
 * A body that is larger than allowed is refused as soon as that is known, by its declared length or while it comes. A client that waits
 * for it is asked for its body when nothing speaks against it.
 */
import * as Bytes from "@orelse/core/domain/Bytes"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { IncomingMessage } from "node:http"
import * as Expectations from "./Expectations.ts"

/** The body cannot be taken. */
export class BodyRefused extends Data.TaggedError("BodyRefused")<{
  readonly status: 400 | 413 | 415
  readonly code: "incomplete_body" | "request_too_large" | "unsupported_content_encoding"
  readonly message: string
}> {}

/**
 * The body as text.
 *
 * @param limit bytes at most
 */
export const read = (request: IncomingMessage, limit: number): Effect.Effect<string, BodyRefused> => {
  const declared = Number(request.headers["content-length"] ?? 0)
  if (declared > limit) return Effect.fail(tooLarge(limit))
  const encoding = request.headers["content-encoding"]
  if (encoding !== undefined && encoding !== "identity") {
    return Effect.fail(
      new BodyRefused({
        status: 415,
        code: "unsupported_content_encoding",
        message: `content-encoding "${encoding.slice(0, 40)}" is not supported; send the body as it is`
      })
    )
  }
  return collect(request, limit)
}

const collect = (request: IncomingMessage, limit: number): Effect.Effect<string, BodyRefused> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        stop()
        resume(Effect.fail(tooLarge(limit)))
      } else chunks.push(chunk)
    }
    // Nothing comes after it. The listeners live as long as the request, and hold nothing.
    const onEnd = () => {
      const text = Bytes.joined(chunks, size).toString("utf8")
      chunks.length = 0
      resume(Effect.succeed(text))
    }
    const onError = () => {
      stop()
      resume(
        Effect.fail(
          new BodyRefused({ status: 400, code: "incomplete_body", message: "the body ended before it was whole" })
        )
      )
    }
    const stop = () => {
      request.off("data", onData)
      request.off("end", onEnd)
      request.off("error", onError)
    }
    request.on("data", onData)
    request.on("end", onEnd)
    request.on("error", onError)
    Expectations.askForBody(request)
    return Effect.sync(stop)
  })

const tooLarge = (limit: number) =>
  new BodyRefused({
    status: 413,
    code: "request_too_large",
    message: `the body is larger than ${limit} bytes (server.maxBodySize)`
  })

/**
 * Reads a request's body, bounded, straight off the socket: bytes in, text out.
 *
 * A body that is larger than allowed is refused as soon as that is known, by its declared length or while it comes. A client that waits
 * for it is asked for its body when nothing speaks against it.
 */
import * as Bytes from "@orelse/core/domain/Bytes"
import * as Stages from "@orelse/core/domain/Stages"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { IncomingMessage } from "node:http"
import * as Expectations from "./Expectations.ts"

/** The body cannot be taken. */
export class BodyRefused extends Data.TaggedError("BodyRefused")<{
  readonly status: 400 | 413 | 415
  readonly code:
    | "incomplete_body"
    | "request_too_large"
    | "unsupported_content_encoding"
    | "unsupported_transfer_encoding"
  readonly message: string
}> {}

/** The body as text, or why it cannot be taken. */
export type Body = Result.Result<string, BodyRefused>

/**
 * Goes on with the body, once it has come whole or was refused.
 *
 * @param limit bytes at most
 */
export const read = <A, E, R>(
  request: IncomingMessage,
  limit: number,
  then: (body: Body) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => {
  const declared = Number(request.headers["content-length"] ?? 0)
  if (declared > limit) return then(tooLarge(limit))
  const coding = request.headers["transfer-encoding"]
  if (coding !== undefined && coding !== "chunked" && coding.toLowerCase() !== "chunked")
    return then(
      refused({
        // RFC 9112, 6.1, says 501, which SDKs would ask again.
        status: 400,
        code: "unsupported_transfer_encoding",
        message: `transfer-encoding "${coding.slice(0, 40)}" is not supported; send the body as it is, in chunks or with its content-length`
      })
    )
  const encoding = request.headers["content-encoding"]
  if (encoding === undefined || encoding === "identity") return collect(request, limit, then)
  return then(
    refused({
      status: 415,
      code: "unsupported_content_encoding",
      message: `content-encoding "${encoding.slice(0, 40)}" is not supported; send the body as it is`
    })
  )
}

const collect = <A, E, R>(
  request: IncomingMessage,
  limit: number,
  then: (body: Body) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let size = 0
    const goOn = (body: Body) => resume(Effect.suspend(() => then(body)))
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else {
        stop()
        goOn(tooLarge(limit))
      }
    }
    // Nothing comes after it. The listeners live as long as the request, and hold nothing.
    const onEnd = () => {
      const text = Bytes.joined(chunks, size).toString("utf8")
      chunks.length = 0
      Stages.ofThread.add("requests", { run: () => goOn(Result.succeed(text)) })
    }
    const onError = () => {
      stop()
      goOn(refused({ status: 400, code: "incomplete_body", message: "the body ended before it was whole" }))
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

const refused = (why: ConstructorParameters<typeof BodyRefused>[0]): Body => Result.fail(new BodyRefused(why))

const tooLarge = (limit: number): Body =>
  refused({
    status: 413,
    code: "request_too_large",
    message: `the body is larger than ${limit} bytes (server.maxBodySize)`
  })

/**
 * What a protocol writes of a request: its body, or the feature for which it refuses.
 */
import * as Result from "effect/Result"
import * as Json from "../../src/domain/Json.ts"
import type { Request } from "../../src/domain/Request.ts"
import type { Context, Protocol } from "../../src/provider/Protocol.ts"

/** The least that can be asked. */
export const asked: Request = { messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }] }

/** For which model, and how; without more it is not streamed and has no quirks. */
export type For = Pick<Context, "model"> & Partial<Context>

export const encode = (protocol: Protocol, request: Request, context: For) =>
  protocol.encode(request, { stream: false, quirks: {}, ...context })

/** The body, of a request that must be writable. */
export const body = (protocol: Protocol, request: Request, context: For): Json.JsonObject => {
  const written = encode(protocol, request, context)
  if (Result.isFailure(written)) throw new Error(written.failure.message)
  return Json.parseObject(written.success.body)!
}

/** The feature that is refused; `undefined` where nothing is. */
export const refusal = (protocol: Protocol, request: Request, context: For): string | undefined => {
  const written = encode(protocol, request, context)
  return Result.isFailure(written) ? written.failure.feature : undefined
}

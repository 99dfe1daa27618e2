/**
 * The parts of a message, each written in a provider's own form, up to the first that it cannot take.
 */
import * as Result from "effect/Result"
import type { JsonObject } from "../../domain/Json.ts"
import type { Unsupported } from "../../domain/Reason.ts"

/** All of them in order, without those that stand for nothing there (`undefined`). @stability experimental @category combinators @since 0.1.0 */
export const each = <A>(
  parts: ReadonlyArray<A>,
  encode: (part: A) => Result.Result<JsonObject | undefined, Unsupported>
): Result.Result<Array<JsonObject>, Unsupported> => {
  const out: Array<JsonObject> = []
  for (const part of parts) {
    const encoded = encode(part)
    if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
    if (encoded.success !== undefined) out.push(encoded.success)
  }
  return Result.succeed(out)
}

/**
 * What the parts of a streamed answer leave in the trace of their attempt, whether they reach a reader or not.
 */
import type { StreamPart } from "../domain/Response.ts"
import * as Tokens from "../domain/Tokens.ts"
import { merge } from "../domain/Usage.ts"
import type { Trace } from "./Provider.ts"

/** Notes one part. @stability experimental @category combinators @since 0.1.0 */
export const part = (trace: Trace, one: StreamPart): void => {
  if (one.type === "usage") trace.usage = merge(trace.usage, one.usage)
  else if (one.type === "finish") trace.finishReason = one.reason
  else if ("text" in one) delivered(trace, Tokens.ofText(one.text))
  else if (one.type === "toolCallDelta") delivered(trace, Tokens.ofText(one.arguments))
}

/** Counts what has come, for the record of a stream that is cut: providers count at the end. @stability experimental @category combinators @since 0.1.0 */
export const delivered = (trace: Trace, tokens: number): void => {
  trace.deliveredTokens = (trace.deliveredTokens ?? 0) + tokens
}

/**
 * What an attempt has used that did not come to its end: providers bill what they sent, and most say how much only at the end of a stream.
 *
 * Where content came and no count of it, the request and what came are counted here (`domain/Tokens.ts`); nothing is made up for an
 * attempt of which nothing came.
 */
import * as Result from "effect/Result"
import type { Call } from "../domain/Call.ts"
import * as Tokens from "../domain/Tokens.ts"
import type { Usage } from "../domain/Usage.ts"
import type { Trace } from "../provider/Provider.ts"

/**
 * The usage of a stream that was cut or left: as reported, and counted where it was not.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const usageOf = (call: Call, { deliveredTokens, finishReason, usage }: Trace): Usage | undefined => {
  if (deliveredTokens === undefined || (finishReason !== undefined && usage?.outputTokens !== undefined)) return usage
  const counted = Math.ceil(deliveredTokens)
  const reported = usage?.outputTokens ?? 0
  // The first event of a stream may report a token or two; some report all so far with each.
  if (reported >= counted / 2) return usage
  const { totalTokens: _stale, ...known } = usage ?? {}
  const inputTokens = known.inputTokens ?? Result.getOrUndefined(Result.map(call.request(), Tokens.estimate))
  return { ...known, ...(inputTokens === undefined ? {} : { inputTokens }), outputTokens: counted }
}

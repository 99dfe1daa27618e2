/**
 * The preset `reliable`: every provider for the first model, with retries; then every provider for the next model.
 */
import type { Attempt } from "../../domain/Attempt.ts"
import * as Redaction from "../../domain/Redaction.ts"
import * as Disposition from "../../policy/Disposition.ts"
import * as reliable from "../../policy/presets/reliable.ts"
import type { RetryPolicy } from "../../policy/RetryPolicy.ts"
import type { CallState } from "../../target/CallState.ts"
import * as Route from "../Route.ts"
import type { Ending, Report } from "./Report.ts"

/** Which providers and models are asked, and the policy's options. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** In order; at least one. */
  readonly providers: ReadonlyArray<string>
  readonly model: string
  /** Models to ask after it, in order; default none. */
  readonly fallbacks?: ReadonlyArray<string> | undefined
  readonly options?: Partial<reliable.Options> | undefined
}

/** The route over models, then providers. @stability stable @category presets @since 0.1.0 */
export const route = ({ fallbacks = [], model, options, providers }: Options): Route.Route => {
  const pairs = [model, ...fallbacks].flatMap((name) =>
    providers.map((provider) => Route.target(`${provider}/${name}`))
  )
  return over(pairs, options)
}

/** The route over targets (or routes) in this order. @stability stable @category presets @since 0.1.0 */
export const over = (pairs: ReadonlyArray<Route.Route>, options?: Partial<reliable.Options>): Route.Route => {
  if (pairs.length === 0) throw new Error("reliable.route: providers must not be empty")
  return pairs
    .reduce((left, right) => left.pipe(Route.orElse(right)))
    .pipe(Route.retry(reliable.policy(options, pairs.length)))
}

/** Everything that was tried, or that the conversation does not fit. @stability experimental @category reports @since 0.1.0 */
export const report: Report = (ending) => {
  const { last, state } = ending
  if (last === undefined) return {}
  const title = titleOf(ending)
  if (state.call.stream) {
    return {
      wording: [title, ...state.attempts.filter((attempt) => attempt.reason !== undefined).map(short)].join("\n")
    }
  }
  return { wording: [title, ...trail(state, ending.policy, title !== all)].join("\n") }
}

const all = "All providers/models failed. Attempts:"
const tooLong = "Request exceeds model context window"
const advice =
  "Try using a model with a larger context window, reducing the number of tools/skills, or enabling compact_context in config."

const titleOf = ({ ended, last, policy, state }: Ending): string => {
  if (state.call.stream) return "All streaming providers/models failed. Attempts:"
  const aborted =
    last !== undefined &&
    ended.cause === "reason" &&
    state.mended === undefined &&
    Disposition.actionsFor(policy, last, false).includes("abortUnlessRepaired")
  if (!aborted) return all
  return isOneShot(state) ? `${tooLong}. Attempts:` : `${tooLong} and cannot be reduced further. ${advice} Attempts:`
}

/** One message and no tools. */
const isOneShot = (state: CallState): boolean => {
  const request = state.call.request()
  if (request._tag === "Failure") return false
  const { messages, tools } = request.success
  return messages.filter((message) => message.role !== "system").length <= 1 && (tools ?? []).length === 0
}

const short = (attempt: Attempt): string =>
  `${attempt.provider}/${attempt.model}: ${attempt.reason === "EmptyResponse" ? "stream produced no events" : Redaction.redact(attempt.message ?? "")}`

/** One line an attempt, but for the one whose conversation was cut. `n` counts within a pair. */
const trail = (state: CallState, policy: RetryPolicy, aborted: boolean): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let n = 0
  for (const attempt of state.attempts) {
    n += 1
    const isLast = attempt === state.attempts.at(-1)
    if (attempt.ordinal !== state.mended?.ordinal) lines.push(line(attempt, n, policy, aborted && isLast))
    if (attempt.action === "nextTarget") n = 0
  }
  return lines
}

const line = (attempt: Attempt, n: number, policy: RetryPolicy, aborted: boolean): string => {
  const reason = aborted ? "non_retryable" : label(attempt, policy)
  const error = Redaction.redact(attempt.message ?? "")
  return `provider=${attempt.provider} model=${attempt.model} attempt ${n}/${policy.retry.last + 1}: ${reason}; error=${error}`
}

/** */
const label = (attempt: Attempt, policy: RetryPolicy): string => {
  const { message = "", providerCode, reason = "UnknownFailure", status } = attempt
  const facts = { _tag: reason, message, status, providerCode }
  const again = Disposition.actionsFor(policy, facts, false).includes("retry")
  if (status === 429 || reason === "RateLimited") return again ? "rate_limited" : "rate_limited_non_retryable"
  return again ? "retryable" : "non_retryable"
}

/**
 * The preset `chronicle`: a sweep over all members without waiting, then the first again with growing waits.
 */
import type { Reason, Tag } from "../../domain/Reason.ts"
import { isListed } from "../../policy/Disposition.ts"
import * as chronicle from "../../policy/presets/chronicle.ts"
import type { RetryPolicy } from "../../policy/RetryPolicy.ts"
import * as Route from "../Route.ts"
import { from as rotationFrom } from "../strategy/Rotation.ts"
import type { Report } from "./Report.ts"

/** How members are swept, and the policy's options. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** Whether a call begins at a member of chance, and goes round from there. Default false. */
  readonly randomOrder?: boolean | undefined
  readonly options?: Partial<chronicle.Options> | undefined
}

/** The route over members; at least one. @stability stable @category presets @since 0.1.0 */
export const route = (members: ReadonlyArray<Route.Route>, options: Options = {}): Route.Route =>
  over(members, chronicle.policy(options.options), options.randomOrder)

/** The same under a policy that began as the preset's. @stability stable @category presets @since 0.1.0 */
export const over = (members: ReadonlyArray<Route.Route>, policy: RetryPolicy, randomOrder = false): Route.Route => {
  const last = chronicle.counted(policy)
  if (members.length === 0) throw new Error("chronicle.route: members must not be empty")
  const starts = randomOrder && members.length > 1 ? members.map((_, index) => index) : [0]
  const rounds = starts.map((start) =>
    round(
      rotationFrom(start, members.length).map((index) => members[index]!),
      last
    )
  )
  return (rounds.length === 1 ? rounds[0]! : Route.balance("random", rounds)).pipe(Route.retry(last))
}

/** Once each, then the first until the end. */
const round = (members: ReadonlyArray<Route.Route>, last: RetryPolicy): Route.Route => {
  const end = members[0]!.pipe(Route.retry(last))
  if (members.length === 1) return end
  const sweep = chronicle.sweep(last)
  return members
    .map((member) => member.pipe(Route.retry(sweep)))
    .concat(end)
    .reduce((left, right) => left.pipe(Route.orElse(right)))
}

/** The kinds of C-49 and C-50, with their status (C-52) and code (C-53). */
const kinds = {
  generic: { status: 500, code: "generic" },
  server: { status: 503, code: "provider_server_error" },
  closed: { status: 502, code: "provider_connection_closed" },
  sending: { status: 502, code: "provider_connection_error" },
  parsing: { status: 502, code: "parsing_provider_response" },
  rateLimit: { status: 429, code: "rate_limit" },
  timeout: { status: 504, code: "timeout" },
  permanent: { status: 500, code: "unrecoverable_server_error" },
  badInput: { status: 422, code: "provider_rejected_input" },
  rejected: { status: 401, code: "provider_rejected_token" },
  outOfCredits: { status: 402, code: "out_of_credits" },
  transformingRequest: { status: 400, code: "transforming_request" }
} as const

type Kind = keyof typeof kinds

const byReason: { readonly [T in Tag]: Kind } = {
  RateLimited: "rateLimit",
  QuotaExhausted: "outOfCredits",
  Unauthenticated: "rejected",
  PermissionDenied: "rejected",
  ModelNotFound: "badInput",
  Overloaded: "server",
  ServerError: "server",
  TimedOut: "sending",
  ConnectionFailed: "sending",
  MalformedResponse: "parsing",
  EmptyResponse: "parsing",
  StreamInterrupted: "closed",
  ContextWindowExceeded: "badInput",
  OutputLimitExceeded: "badInput",
  RequestTooLarge: "badInput",
  ContentFiltered: "badInput",
  ToolSchemaRejected: "badInput",
  InvalidRequest: "badInput",
  Unsupported: "transformingRequest",
  Conflict: "permanent",
  UnknownFailure: "generic",
  LimitReached: "rateLimit"
}

/** C-51: by status where there is one. */
const byStatus: ReadonlyArray<{ readonly statuses: ReadonlyArray<number>; readonly kind: Kind }> = [
  { statuses: [429], kind: "rateLimit" },
  { statuses: [402], kind: "outOfCredits" },
  { statuses: [401, 403], kind: "rejected" },
  { statuses: [400, 404, 405, 406, 413, 415, 422, 431], kind: "badInput" },
  { statuses: [5], kind: "server" },
  { statuses: [4], kind: "permanent" }
]

/**
 * The kind of a failure with its code and the status that it has where the provider gave none. `answered` is the status of the answer
 * that it came in, where there was one: a connection that fails after an answer's head leaves a body that cannot be read (C-64).
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const kindOf = (
  reason: Reason,
  answered = reason.status
): { readonly status: number; readonly code: string } => {
  const kind = byStatus.find((row) => isListed(row.statuses, reason.status))?.kind ?? byReason[reason._tag]
  return kinds[kind === "sending" && answered !== undefined ? "parsing" : kind]
}

/** The last error with its note, its status and its code (C-41, C-52, C-53, C-55). @stability experimental @category reports @since 0.1.0 */
export const report: Report = ({ ended, last, state }) => {
  if (last === undefined) return {}
  const kind = kindOf(last, state.attempts.at(-1)?.status)
  const note = `Try ${state.begun}, Provider: ${ended.error?.provider}, Model: ${ended.error?.model}`
  const given = last.status !== undefined && last.status >= 400
  return { wording: `${last.message}\n${note}`, status: given ? last.status : kind.status, code: kind.code }
}

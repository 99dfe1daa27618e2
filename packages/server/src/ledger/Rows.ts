/**
 * Records as rows and rows as records: the values of each column of `Tables.ts`, in its order.
 *
 * Both databases take the same values; what differs (flags, JSON) is said by the `Encoding` of the store.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Attempt } from "@orelse/core/domain/Attempt"
import type { Usage } from "@orelse/core/domain/Usage"
import type { AppEvent, AttemptRow, AttemptStart, CallEnd, CallRow, CallStart } from "@orelse/core/layer/Ledger"
import type { SoleCall } from "./SoleCall.ts"
import type { Row, Value } from "./Store.ts"
import * as Tables from "./Tables.ts"

type Metadata = Readonly<Record<string, string | number | boolean | null>>

/** Values of `Tables.callStart`. @stability experimental @category conversions @since 0.1.0 */
export const callStart = (call: CallStart, owner: string): Array<Value> => {
  const values = callBegun(call, owner)
  values.push(...callAsked(call))
  return values
}

const callBegun = (call: CallStart, owner: string): Array<Value> => [
  call.id,
  call.startedAt,
  call.route,
  call.model,
  call.operation,
  call.dialect,
  call.stream ? 1 : 0,
  owner,
  call.caller ?? null
]

const nothing: ReadonlyArray<Value> = []

/** Nothing, where all of it is null. */
const callAsked = ({ metadata, requestBody, tags }: CallStart): ReadonlyArray<Value> =>
  metadata === undefined && tags === undefined && requestBody === undefined
    ? nothing
    : [
        ...metadataOf(metadata),
        tags === undefined || tags.length === 0 ? null : JSON.stringify(tags),
        requestBody ?? null
      ]

/** Values of `Tables.callEnd`. @stability experimental @category conversions @since 0.1.0 */
export const callEnd = (call: CallEnd): Array<Value> => [
  call.endedAt,
  call.outcome,
  call.attempts,
  call.fellBack ? 1 : 0,
  call.durationMs,
  call.overheadMs,
  call.costBasis,
  call.status ?? null,
  call.served?.provider ?? null,
  call.served?.model ?? null,
  call.served?.credential ?? null,
  call.firstContentMs ?? null,
  call.usage?.inputTokens ?? null,
  call.usage?.outputTokens ?? null,
  call.costUsd ?? null,
  call.usage?.cachedTokens ?? null,
  call.usage?.reasoningTokens ?? null,
  call.usage?.cacheWriteTokens ?? null,
  call.reason ?? null,
  call.responseBody ?? null
]

/** Values of `Tables.wholeCall`. @stability experimental @category conversions @since 0.1.0 */
export const wholeCall = (start: CallStart, end: CallEnd, owner: string): Array<Value> => {
  const values = callBegun(start, owner)
  values.push(...callEnd(end))
  values.push(...callAsked(start))
  return values
}

/** Values of `Tables.soleCall`. @stability experimental @category conversions @since 0.1.0 */
export const soleCall = ({ attempt, end, start }: SoleCall, owner: string): Array<Value> => {
  const values = callBegun(start, owner)
  values.push(
    attempt.startedAt,
    attempt.durationMs,
    attempt.status ?? null,
    attempt.connectMs ?? null,
    attempt.firstContentMs ?? null,
    attempt.requestId ?? null
  )
  values.push(...callEnd(end))
  values.push(...callAsked(start))
  return values
}

/** Values of `Tables.wholeAttempt`. @stability experimental @category conversions @since 0.1.0 */
export const wholeAttempt = (callId: string, attempt: Attempt): Array<Value> => {
  const values = attemptStart(callId, attempt)
  values.push(...attemptEnd(attempt))
  return values
}

/** Values of `Tables.attemptStart`. @stability experimental @category conversions @since 0.1.0 */
export const attemptStart = (callId: string, attempt: AttemptStart | Attempt): Array<Value> => [
  callId,
  attempt.ordinal,
  attempt.provider,
  attempt.model,
  attempt.credential,
  attempt.startedAt,
  attempt.waitedBeforeMs
]

/** Values of `Tables.attemptEnd`. @stability experimental @category conversions @since 0.1.0 */
export const attemptEnd = (attempt: Attempt): Array<Value> => [
  attempt.outcome,
  attempt.durationMs,
  attempt.status ?? null,
  attempt.connectMs ?? null,
  attempt.firstContentMs ?? null,
  attempt.usage?.inputTokens ?? null,
  attempt.usage?.outputTokens ?? null,
  attempt.costUsd ?? null,
  attempt.costBasis ?? null,
  attempt.requestId ?? null,
  attempt.usage?.cachedTokens ?? null,
  attempt.usage?.reasoningTokens ?? null,
  attempt.usage?.cacheWriteTokens ?? null,
  attempt.reason ?? null,
  attempt.action ?? null,
  attempt.message ?? null,
  attempt.providerCode ?? null,
  attempt.retryAfterMs ?? null,
  attempt.fixture ?? null
]

/** Values of `Tables.event`. @stability experimental @category conversions @since 0.1.0 */
export const event = (event: AppEvent): Array<Value> => [
  event.id,
  event.at,
  event.type,
  ...metadataOf(event.metadata),
  event.data === undefined ? null : JSON.stringify(event.data)
]

const noMetadata: ReadonlyArray<Value> = Array(Tables.metadataColumns.length + 1).fill(null)

/** The metadata columns, then all other fields as JSON. */
const metadataOf = (fields: Metadata | undefined): ReadonlyArray<Value> => {
  if (fields === undefined) return noMetadata
  const { application, environment, run, session, step, user, workflow, ...rest } = fields
  const own = [application, environment, user, session, workflow, run, step].map(text)
  own.push(isEmpty(rest) ? null : JSON.stringify(rest))
  return own
}

const text = (value: Metadata[string] | undefined): string | null =>
  value === undefined || value === null ? null : String(value)

const isEmpty = (fields: object): boolean => {
  for (const _ in fields) return false
  return true
}

/** A row of `calls`, with whatever columns it has. @stability experimental @category conversions @since 0.1.0 */
export const toCall = (row: Row): CallRow => {
  const provider = string(row, "served_provider")
  const attempts = number(row, "attempts")
  return Json.compact({
    id: string(row, "id") ?? "",
    startedAt: number(row, "started_at") ?? 0,
    route: string(row, "route") ?? "",
    model: string(row, "model") ?? "",
    operation: string(row, "operation") as CallRow["operation"],
    dialect: string(row, "dialect") as CallRow["dialect"],
    stream: flag(row, "stream"),
    caller: string(row, "caller"),
    metadata: toMetadata(row),
    tags: jsonOf(row, "tags") as ReadonlyArray<string> | undefined,
    requestBody: string(row, "request_body"),
    endedAt: number(row, "ended_at"),
    outcome: (string(row, "outcome") ?? "running") as CallRow["outcome"],
    reason: string(row, "reason"),
    status: number(row, "status"),
    served:
      provider === undefined
        ? undefined
        : {
            provider,
            model: string(row, "served_model") ?? "",
            credential: string(row, "served_credential") ?? ""
          },
    attempts,
    fellBack: attempts === undefined ? undefined : flag(row, "fell_back"),
    firstContentMs: number(row, "first_content_ms"),
    durationMs: number(row, "duration_ms"),
    overheadMs: number(row, "overhead_ms"),
    usage: toUsage(row),
    costUsd: number(row, "cost_usd"),
    costBasis: string(row, "cost_basis") as CallEnd["costBasis"] | undefined,
    responseBody: string(row, "response_body")
  })
}

/** A row of `attempts`. @stability experimental @category conversions @since 0.1.0 */
export const toAttempt = (row: Row): AttemptRow =>
  Json.compact({
    ordinal: number(row, "ordinal") ?? 0,
    provider: string(row, "provider") ?? "",
    model: string(row, "model") ?? "",
    credential: string(row, "credential") ?? "",
    startedAt: number(row, "started_at") ?? 0,
    waitedBeforeMs: number(row, "waited_before_ms") ?? 0,
    outcome: (string(row, "outcome") ?? "running") as AttemptRow["outcome"],
    durationMs: number(row, "duration_ms") ?? 0,
    connectMs: number(row, "connect_ms"),
    firstContentMs: number(row, "first_content_ms"),
    reason: string(row, "reason") as AttemptRow["reason"],
    status: number(row, "status"),
    providerCode: string(row, "provider_code"),
    retryAfterMs: number(row, "retry_after_ms"),
    requestId: string(row, "request_id"),
    message: string(row, "message"),
    fixture: string(row, "fixture"),
    action: string(row, "action") as AttemptRow["action"],
    usage: toUsage(row),
    costUsd: number(row, "cost_usd"),
    costBasis: string(row, "cost_basis") as AttemptRow["costBasis"]
  })

/** A row of `events`. @stability experimental @category conversions @since 0.1.0 */
export const toEvent = (row: Row): AppEvent => ({
  _tag: "AppEvent",
  id: string(row, "id") ?? "",
  at: number(row, "at") ?? 0,
  type: string(row, "type") ?? "",
  metadata: toMetadata(row) ?? {},
  ...Json.compact({ data: Json.object(jsonOf(row, "data")) })
})

const toUsage = (row: Row): Usage | undefined => {
  const usage = Json.compact({
    inputTokens: number(row, "input_tokens"),
    outputTokens: number(row, "output_tokens"),
    cachedTokens: number(row, "cached_tokens"),
    cacheWriteTokens: number(row, "cache_write_tokens"),
    reasoningTokens: number(row, "reasoning_tokens")
  })
  return isEmpty(usage) ? undefined : usage
}

const toMetadata = (row: Row): Metadata | undefined => {
  const own = Object.fromEntries(
    Tables.metadataColumns.flatMap((column) => {
      const value = string(row, column)
      return value === undefined ? [] : [[column, value]]
    })
  )
  const all = { ...own, ...(Json.object(jsonOf(row, "metadata")) as Metadata | undefined) }
  return isEmpty(all) ? undefined : all
}

const string = (row: Row, column: string): string | undefined => Json.string(row[column])

/** PostgreSQL gives eight-byte integers as bigint. */
const number = (row: Row, column: string): number | undefined => {
  const value = row[column]
  return typeof value === "bigint" ? Number(value) : Json.number(value)
}

const flag = (row: Row, column: string): boolean => row[column] === true || Number(row[column]) === 1

/** SQLite gives JSON as text, PostgreSQL as a value. */
const jsonOf = (row: Row, column: string): unknown => {
  const value = row[column]
  return typeof value === "string" ? Json.parse(value) : (value ?? undefined)
}

/**
 * What follows from a reason: the table reason → actions, complete by type and replaceable row by row.
 *
 * The first action of a row that is possible is taken: `retry` while retries in place are left (`retry:1` bounds them for that
 * reason), `nextCredential` while another one is not cooling, `nextTarget` while the route has one, `repair:NAME` once a call and
 * target. Where none is possible the call fails. Whether an action is possible is known in `target/` and `route/`, not here.
 */
import * as Json from "../domain/Json.ts"
import { tags, type Tag } from "../domain/Reason.ts"
import * as Words from "./Words.ts"

/** Ways to mend a request; each is one function of `target/Repair.ts`. @stability stable @category models @since 0.1.0 */
export type Repair =
  | "clampMaxTokens"
  | "dropMaxTokens"
  | "truncateHistory"
  | "halveHistory"
  | "describeTools"
  | "moveImages"

/**
 * What each repair can mend: where a route allows one (`Route.repair`), it is tried for these reasons only. A row of the table may name it for
 * any other.
 *
 * @stability stable
 * @category constants
 * @since 0.1.0
 */
export const mends: { readonly [R in Repair]: ReadonlyArray<Tag> } = {
  clampMaxTokens: ["OutputLimitExceeded"],
  dropMaxTokens: ["OutputLimitExceeded"],
  truncateHistory: ["ContextWindowExceeded", "RequestTooLarge"],
  halveHistory: ["ContextWindowExceeded", "RequestTooLarge"],
  describeTools: ["ToolSchemaRejected", "Unsupported"],
  moveImages: ["Unsupported"]
}

/**
 * `abortUnlessRepaired` gives up unless the request has been mended already (for presets).
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export type Action =
  | "retry"
  | `retry:${number}`
  | "nextCredential"
  | "nextTarget"
  | "abort"
  | "abortUnlessRepaired"
  | `repair:${Repair}`

/** The same row for every reason: what a preset starts from. @stability stable @category constructors @since 0.1.0 */
export const same = (actions: ReadonlyArray<Action>): Table => {
  const table: Partial<Record<Tag, ReadonlyArray<Action>>> = {}
  for (const tag of tags) table[tag] = actions
  return { ...recommended, ...table }
}

/** One row a reason; a new reason does not compile until it has one. @stability stable @category models @since 0.1.0 */
export type Table = { readonly [T in Tag]: ReadonlyArray<Action> }

/**
 * A row that comes before the table. It fits where everything fits that it names; the first that fits holds.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export interface Rule {
  readonly reasons?: ReadonlyArray<Tag>
  /** Of the answer: 5 is 500 to 599, 50 is 500 to 509, 503 is itself. */
  readonly statuses?: ReadonlyArray<number>
  /** Reads a status off the words too, where the answer had none. Default false. */
  readonly worded?: boolean
  /** The provider's own codes. */
  readonly codes?: ReadonlyArray<string>
  /** Of each group one at least stands in the message; a word with a capital is compared exactly. */
  readonly says?: ReadonlyArray<ReadonlyArray<string>>
  /** Only streams, or only whole answers. */
  readonly stream?: boolean
  readonly actions: ReadonlyArray<Action>
}

/**
 * The default table, with its reasons in `docs/` (laws 5 and 10; K2 to K6, K12 to K14 of the defaults).
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const recommended: Table = {
  RateLimited: ["nextCredential", "nextTarget", "retry"],
  QuotaExhausted: ["nextCredential", "nextTarget", "abort"],
  Unauthenticated: ["nextCredential", "nextTarget", "abort"],
  PermissionDenied: ["nextCredential", "nextTarget", "abort"],
  ModelNotFound: ["nextTarget", "abort"],
  Overloaded: ["nextTarget", "retry"],
  ServerError: ["retry", "nextTarget"],
  TimedOut: ["nextTarget", "retry"],
  ConnectionFailed: ["retry", "nextTarget"],
  MalformedResponse: ["retry", "nextTarget"],
  EmptyResponse: ["retry", "nextTarget"],
  StreamInterrupted: ["retry", "nextTarget"],
  ContextWindowExceeded: ["nextTarget", "abort"],
  OutputLimitExceeded: ["repair:clampMaxTokens", "abort"],
  RequestTooLarge: ["nextTarget", "abort"],
  ContentFiltered: ["abort"],
  ToolSchemaRejected: ["retry:1", "nextTarget", "abort"],
  InvalidRequest: ["abort"],
  Unsupported: ["nextTarget", "abort"],
  Conflict: ["retry", "nextTarget"],
  UnknownFailure: ["retry", "nextTarget"],
  LimitReached: ["nextCredential", "nextTarget", "abort"]
}

/** The table with some rows replaced; one that is `undefined` is not. @stability stable @category combinators @since 0.1.0 */
export const override = (self: Table, rows: { readonly [T in Tag]?: ReadonlyArray<Action> | undefined }): Table => ({
  ...self,
  ...Json.compact(rows)
})

/**
 * The table with each `abort` after which something else may come: for a route of one target, whose policy gives up for itself only.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const onward = (self: Table): Table => {
  const table: Partial<Record<Tag, ReadonlyArray<Action>>> = {}
  for (const tag of tags) {
    table[tag] = self[tag].flatMap((action): ReadonlyArray<Action> =>
      action === "abort" ? ["nextTarget", "abort"] : [action]
    )
  }
  return { ...self, ...table }
}

/** What is looked at to find the row. @stability stable @category models @since 0.1.0 */
export interface Facts {
  readonly _tag: Tag
  readonly message: string
  readonly status?: number | undefined
  readonly providerCode?: string | undefined
}

/**
 * The actions for a reason: of the first rule that fits, else of the table.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const actionsFor = (
  self: { readonly on: Table; readonly rules: ReadonlyArray<Rule> },
  reason: Facts,
  stream: boolean
): ReadonlyArray<Action> => self.rules.find((rule) => fits(rule, reason, stream))?.actions ?? self.on[reason._tag]

const fits = (rule: Rule, reason: Facts, stream: boolean): boolean =>
  (rule.reasons === undefined || rule.reasons.includes(reason._tag)) &&
  (rule.statuses === undefined || isListed(rule.statuses, statusOf(rule, reason))) &&
  (rule.codes === undefined || (reason.providerCode !== undefined && rule.codes.includes(reason.providerCode))) &&
  (rule.says === undefined || Words.says(reason.message, rule.says)) &&
  (rule.stream === undefined || rule.stream === stream)

const statusOf = (rule: Rule, reason: Facts): number | undefined =>
  reason.status ?? (rule.worded === true ? Words.statusIn(reason.message) : undefined)

/**
 * Whether a status is among patterns: 5 is 500 to 599, 50 is 500 to 509, 503 is itself.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const isListed = (patterns: ReadonlyArray<number>, status: number | undefined): boolean =>
  status !== undefined &&
  patterns.some((pattern) => {
    if (pattern < 10) return Math.floor(status / 100) === pattern
    return pattern < 100 ? Math.floor(status / 10) === pattern : status === pattern
  })

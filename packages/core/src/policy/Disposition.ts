/**
 * What follows from a reason: the table reason → actions, complete by type and replaceable row by row.
 *
 * The first action of a row that is possible is taken: `retry` while retries in place are left (`retry:1` bounds them for that
 * reason), `nextCredential` while another one is not cooling, `nextTarget` while the route has one, `repair:NAME` once a call and
 * target. Where none is possible the call fails. Whether an action is possible is known in `target/` and `route/`, not here.
 */
import type { Tag } from "../domain/Reason.ts"

/** Ways to mend a request; each is one function of `target/Repair.ts`. @stability stable @category models @since 0.1.0 */
export type Repair = "clampMaxTokens" | "dropMaxTokens" | "truncateHistory" | "describeTools"

/** @stability stable @category models @since 0.1.0 */
export type Action = "retry" | `retry:${number}` | "nextCredential" | "nextTarget" | "abort" | `repair:${Repair}`

/** One row a reason; a new reason does not compile until it has one. @stability stable @category models @since 0.1.0 */
export type Table = { readonly [T in Tag]: ReadonlyArray<Action> }

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

/** The table with some rows replaced. @stability stable @category combinators @since 0.1.0 */
export const override = (self: Table, rows: Partial<Table>): Table => ({ ...self, ...rows })

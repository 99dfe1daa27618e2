/**
 * The reports by name, one line each.
 */
import type * as RetryPolicy from "../../policy/RetryPolicy.ts"
import * as chronicle from "./chronicle.ts"
import * as failover from "./failover.ts"
import * as minimal from "./minimal.ts"
import * as pool from "./pool.ts"
import * as reliable from "./reliable.ts"
import type { Report } from "./Report.ts"

/** What is said of a failed call under a policy. @stability experimental @category constants @since 0.1.0 */
export const reports: { readonly [Name in RetryPolicy.Report]: Report } = {
  typed: () => ({}),
  chronicle: chronicle.report,
  reliable: reliable.report,
  minimal: minimal.report,
  pool: pool.report,
  failover: failover.report
}

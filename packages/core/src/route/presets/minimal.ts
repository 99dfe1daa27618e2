/**
 * The preset `minimal`: one target under its policy.
 */
import * as Disposition from "../../policy/Disposition.ts"
import { policy } from "../../policy/presets/minimal.ts"
import * as RetryPolicy from "../../policy/RetryPolicy.ts"
import * as Route from "../Route.ts"
import type { Report } from "./Report.ts"

/** What comes after the one target, if anything does, is not the preset's. */
const alone = RetryPolicy.make(policy, { on: Disposition.onward(policy.on) })

/** The route over one target, or over a route that is taken as one. @stability stable @category presets @since 0.1.0 */
export const route = (target: Route.Route): Route.Route => target.pipe(Route.retry(alone))

/** The last error as it came (M-7). @stability experimental @category reports @since 0.1.0 */
export const report: Report = ({ last }) => (last === undefined ? {} : { wording: last.message, status: "last" })

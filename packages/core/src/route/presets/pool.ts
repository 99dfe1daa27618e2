/**
 * The preset `pool`: each member once, in the order of the file or of weights; a list of statuses moves on.
 */
import type { Tag } from "../../domain/Reason.ts"
import { isListed } from "../../policy/Disposition.ts"
import * as pool from "../../policy/presets/pool.ts"
import * as Route from "../Route.ts"
import type { Report } from "./Report.ts"

/** How members are picked, and what moves on. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** Default `weighted_random`; `priority` heeds no weights. */
  readonly strategy?: "weighted_random" | "priority" | undefined
  readonly fallback?: Partial<pool.Fallback> | undefined
}

/** The route over members; at least one. @stability stable @category presets @since 0.1.0 */
export const route = (
  members: ReadonlyArray<{ readonly route: Route.Route; readonly weight: number }>,
  options: Options = {}
): Route.Route =>
  Route.balance(options.strategy === "priority" ? "priority" : "weighted", members).pipe(
    Route.retry(pool.policy({ ...pool.noFallback, ...options.fallback }, members.length))
  )

/**
 * A status that does not move on is handed on as it is (P-29), an error inside a 200 or a body that is none as a 502 in own words; after the last member a
 * status that does, or no answer at all, is a bare 502, and our own limit a 429 (P-32).
 *
 * @stability experimental
 * @category reports
 * @since 0.1.0
 */
export const report: Report = ({ last, policy }) => {
  if (last === undefined) return {}
  if (last._tag === "LimitReached") return { wording: last.message, status: 429 }
  const moved = isListed(policy.rules.find((rule) => rule.actions.includes("nextTarget"))?.statuses ?? [], last.status)
  const { message, status = 0 } = last
  if (moved || (status === 0 && unanswered.includes(last._tag))) return badGateway
  return { wording: message, status: status < 400 ? 502 : status }
}

const unanswered: ReadonlyArray<Tag> = ["ConnectionFailed", "TimedOut", "StreamInterrupted"]

const badGateway: ReturnType<Report> = { wording: "bad gateway", status: 502, code: "bad_gateway" }

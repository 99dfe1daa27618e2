/**
 * How an attempt ends when it does not end in an answer: who was asked, and the `reason`.
 *
 * The type parameter is the union of reasons that are still possible, so `Effect.catchReason` and the route
 * combinators narrow it. What follows from a reason is decided in `policy/Disposition.ts`.
 */
import type { Reason } from "./Reason.ts"
import * as Stackless from "./Stackless.ts"

/**
 * One failed attempt. The message names who, what and, where known, the provider's own words (redacted).
 *
 * @stability stable
 * @category errors
 * @since 0.1.0
 */
export class AttemptError<out R extends Reason = Reason> extends Stackless.TaggedError("AttemptError")<{
  readonly reason: Reason
  readonly provider: string
  readonly model: string
  /** Name of the credential; never its value. */
  readonly credential?: string | undefined
}> {
  declare readonly reason: R

  override get message(): string {
    const status = this.reason.status === undefined ? "" : ` (${this.reason.status})`
    return `${this.provider}/${this.model}: ${this.reason._tag}${status}: ${this.reason.message}`
  }
}

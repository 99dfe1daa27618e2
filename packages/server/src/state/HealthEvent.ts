/**
 * What one process tells the others of a target or credential: what happened, never what is to be thought of it. Every process
 * draws its own conclusions, by the same rules and so with the same result.
 *
 * Of a reason only its kind and the wait that it asks for go out: no message, no body.
 */
import { Reason } from "@orelse/core/domain/Reason"
import * as CooldownTables from "@orelse/core/policy/CooldownTables"
import type { Health } from "@orelse/core/target/Health"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Key = Schema.Struct({ provider: Schema.String, model: Schema.String, credential: Schema.String })

const Event = Schema.Union([
  Schema.TaggedStruct("failure", {
    key: Key,
    reason: Reason,
    at: Schema.Number,
    parking: Schema.optionalKey(
      Schema.Struct({
        table: Schema.Literals(CooldownTables.names),
        givenUp: Schema.Boolean,
        keepsRetryAfter: Schema.Boolean,
        startedAt: Schema.optional(Schema.Number)
      })
    )
  }),
  /** `at`: when the attempt began. */
  Schema.TaggedStruct("success", { key: Key, at: Schema.Number }),
  Schema.TaggedStruct("reset", { provider: Schema.String, model: Schema.String })
])

/** @stability experimental @category models @since 0.1.0 */
export type HealthEvent = typeof Event.Type

const Text = Schema.fromJsonString(Schema.Struct({ from: Schema.String, event: Event }))

const encodeText = Schema.encodeSync(Text)
const decodeText = Schema.decodeUnknownOption(Text)

/** As it is written, with the process that it comes from. @stability experimental @category conversions @since 0.1.0 */
export const encode = (from: string, event: HealthEvent): string =>
  encodeText({ from, event: event._tag === "failure" ? { ...event, reason: bare(event.reason) } : event })

/** What another version wrote and this one does not know is nothing. @stability experimental @category conversions @since 0.1.0 */
export const decode = (text: string): { readonly from: string; readonly event: HealthEvent } | undefined =>
  Option.getOrUndefined(decodeText(text))

/** Tells a table what happened. @stability experimental @category combinators @since 0.1.0 */
export const apply = (health: Health["Service"], event: HealthEvent): void => {
  switch (event._tag) {
    case "failure":
      return health.failure(event.key, event.reason, event.at, event.parking)
    case "success":
      return void health.success(event.key, event.at)
    case "reset":
      return void health.reset(event.provider, event.model)
  }
}

/** Without what was said, which is for the ledger alone. */
const bare = (reason: Reason): Reason => {
  const encoded = { ...Schema.encodeSync(Reason)(reason), message: "" }
  if ("body" in encoded) delete encoded.body
  return Schema.decodeSync(Reason)(encoded)
}

/**
 * `callers:` who may call, what, and how much. Without any, whoever reaches the port may.
 */
import * as Schema from "effect/Schema"
import { Limits } from "./Provider.ts"
import * as Scalar from "./Scalar.ts"

/** @stability experimental @category schemas @since 0.1.0 */
export const Caller = Schema.Struct({
  name: Scalar.text,
  key: Scalar.text,
  /** Routes and targets that it may use; all where absent. */
  routes: Schema.optionalKey(Schema.Array(Scalar.text)),
  limits: Schema.optionalKey(Limits),
  budget: Schema.optionalKey(
    Schema.Struct({
      usd: Scalar.number({ expected: "an amount of at least 0, in USD", minimum: 0 }),
      per: Scalar.oneOf(["hour", "day", "month"])
    })
  )
}).annotate({ description: "A caller: its key, its routes, its limits" })

/** @stability experimental @category schemas @since 0.1.0 */
export const Callers = Schema.Array(Caller)

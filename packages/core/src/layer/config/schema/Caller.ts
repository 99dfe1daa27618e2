/**
 * `callers:` who may call, what, and how much. Without any, whoever reaches the port may.
 */
import * as Schema from "effect/Schema"
import { Limits } from "./Provider.ts"
import * as Scalar from "./Scalar.ts"

/** @stability experimental @category schemas @since 0.1.0 */
export const Caller = Schema.Struct({
  name: Scalar.text,
  key: Scalar.key(
    "What it shows as its key, or sha256: and the hash of that in hex; absent: only keys made by `orelse keys new`",
    Scalar.text
  ),
  routes: Scalar.key("Routes and targets it may use; absent: all", Schema.Array(Scalar.text)),
  limits: Scalar.key("What it may use in a time", Limits),
  budget: Scalar.key(
    "What it may spend in a time",
    Schema.Struct({
      usd: Scalar.number({ expected: "an amount of at least 0, in USD", minimum: 0 }),
      per: Scalar.oneOf(["hour", "day", "month"])
    })
  )
}).annotate({ description: "A caller: its key, its routes, its limits" })

/** @stability experimental @category schemas @since 0.1.0 */
export const Callers = Schema.Array(Caller)

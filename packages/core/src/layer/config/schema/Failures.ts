/**
 * `failures:` what answers of providers mean, where the rules that ship with Orelse do not know them. A user's rules come first.
 */
import * as Schema from "effect/Schema"
import { Rule } from "../../../provider/failure/Rule.ts"

/** @stability experimental @category schemas @since 0.1.0 */
export const Failures = Schema.Struct({
  rules: Schema.optionalKey(Schema.Array(Rule))
}).annotate({ description: "What answers of providers mean" })

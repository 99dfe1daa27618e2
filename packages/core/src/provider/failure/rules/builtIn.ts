/**
 * The order of the rules that ship with Orelse: families before what holds for everyone, structure before words, status last.
 */
import type { Rule } from "../Rule.ts"
import * as network from "./network.ts"
import * as status from "./status.ts"

/** @stability experimental @category models @since 0.1.0 */
export const builtIn: ReadonlyArray<Rule> = [...network.rules, ...status.rules]

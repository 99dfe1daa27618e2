/**
 * The order of the rules that ship with Orelse: families before what holds for everyone, structure before words, what names a part
 * of the request before all that speaks of accounts, money and load before what a 429 means in general, a status alone last.
 */
import type { Rule } from "../Rule.ts"
import * as access from "./access.ts"
import * as anthropic from "./families/anthropic.ts"
import * as aws from "./families/aws.ts"
import * as china from "./families/china.ts"
import * as google from "./families/google.ts"
import * as hosts from "./families/hosts.ts"
import * as local from "./families/local.ts"
import * as openai from "./families/openai.ts"
import * as codes from "./codes.ts"
import * as limits from "./limits.ts"
import * as load from "./load.ts"
import * as money from "./money.ts"
import * as network from "./network.ts"
import * as part from "./part.ts"
import * as request from "./request.ts"
import * as status from "./status.ts"
import * as types from "./types.ts"

/** Changes whenever a rule does. @stability experimental @category models @since 0.1.0 */
export const version = "2026-11-22.2"

/** Words about the request, in the order in which they are asked. */
const words: ReadonlyArray<Rule> = [
  ...request.history,
  ...request.content,
  ...request.tools,
  ...request.parameters,
  ...request.model,
  ...limits.tokens,
  ...limits.size,
  ...limits.long
]

/** @stability experimental @category models @since 0.1.0 */
export const generic: ReadonlyArray<Rule> = [
  ...codes.rules,
  ...part.only([...words, ...access.permission, ...request.unsupported]),
  ...part.rest,
  ...money.rules,
  ...load.late,
  ...load.overloaded,
  ...access.credential,
  ...words,
  ...limits.conflict,
  ...load.rate,
  ...access.permission,
  ...request.unsupported,
  ...load.time,
  ...types.clear,
  ...china.late,
  ...status.rules,
  ...types.vague,
  ...types.words
]

/** @stability experimental @category models @since 0.1.0 */
export const families: ReadonlyArray<Rule> = [
  ...openai.rules,
  ...anthropic.rules,
  ...google.rules,
  ...aws.rules,
  ...china.rules,
  ...hosts.rules,
  ...local.rules
]

/** @stability experimental @category models @since 0.1.0 */
export const builtIn: ReadonlyArray<Rule> = [...network.rules, ...families, ...generic]

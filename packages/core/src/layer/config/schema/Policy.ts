/**
 * `policies:` how often, how long and on what a call is tried again. What is left out comes from `from`.
 */
import * as Schema from "effect/Schema"
import * as Reason from "../../../domain/Reason.ts"
import * as Scalar from "./Scalar.ts"

/** The words of the disposition table. @stability experimental @category constants @since 0.1.0 */
export const actionWords = [
  "retry",
  "nextCredential",
  "nextTarget",
  "abort",
  "repair:clampMaxTokens",
  "repair:dropMaxTokens",
  "repair:truncateHistory",
  "repair:describeTools"
] as const

const actionExpected = `one of ${actionWords.join(", ")}, or retry:1`

/** @stability experimental @category schemas @since 0.1.0 */
export const Action = Schema.Union([
  Schema.Literals(actionWords),
  Schema.TemplateLiteral(["retry:", Schema.Int]).check(Schema.isPattern(/^retry:\d+$/))
]).annotate({ expected: actionExpected, words: actionWords })

const Actions = Schema.NonEmptyArray(Action).annotate({
  description: "Actions in order; the first possible one is taken"
})

/** @stability experimental @category schemas @since 0.1.0 */
export const Growth = Schema.Union([
  Schema.Literal("constant"),
  Schema.Struct({ additive: Scalar.duration }),
  Schema.Struct({ exponential: Scalar.number({ expected: "a factor of at least 1", minimum: 1 }) }),
  Schema.Struct({ list: Schema.NonEmptyArray(Scalar.duration) })
])

/** @stability experimental @category schemas @since 0.1.0 */
export const Jitter = Schema.Union([
  Schema.Literals(["none", "equal", "full"]),
  Schema.Struct({ added: Scalar.duration })
])

const Backoff = Schema.Struct({
  initial: Schema.optionalKey(Scalar.duration),
  growth: Schema.optionalKey(Growth),
  cap: Schema.optionalKey(Scalar.duration),
  jitter: Schema.optionalKey(Jitter),
  capAfterJitter: Schema.optionalKey(Scalar.boolean)
})

const RetryAfter = Schema.Struct({
  cap: Schema.optionalKey(Scalar.duration),
  onExceed: Schema.optionalKey(Scalar.oneOf(["fail", "wait", "clamp"])),
  jitter: Schema.optionalKey(Scalar.number({ expected: "a fraction from 0 to 1", minimum: 0, maximum: 1 }))
})

const Clocks = Schema.Struct({
  connect: Schema.optionalKey(Scalar.positiveDuration),
  firstContent: Schema.optionalKey(Scalar.positiveDuration),
  idle: Schema.optionalKey(Scalar.positiveDuration),
  total: Schema.optionalKey(Scalar.positiveDuration)
})

const Commit = Schema.Struct({
  on: Schema.optionalKey(Scalar.oneOf(["firstContent", "firstEvent", "headers"])),
  maxEvents: Schema.optionalKey(Scalar.count(1)),
  maxWait: Schema.optionalKey(Scalar.duration)
})

type Rows = { readonly [T in Reason.Tag]: Schema.optionalKey<typeof Actions> }

/** One optional row a reason; a new reason is here by itself. */
const On = Schema.Struct(Object.fromEntries(Reason.tags.map((tag) => [tag, Schema.optionalKey(Actions)])) as Rows)

/** @stability experimental @category schemas @since 0.1.0 */
export const Policy = Schema.Struct({
  /** For messages; a policy under `policies:` has its key. */
  name: Schema.optionalKey(Scalar.text),
  /** The policy that the rest comes from; default `recommended`. */
  from: Schema.optionalKey(Scalar.text),
  attempts: Schema.optionalKey(Scalar.count(1)),
  deadline: Schema.optionalKey(Scalar.positiveDuration),
  retry: Schema.optionalKey(
    Schema.Struct({ last: Schema.optionalKey(Scalar.count(0)), others: Schema.optionalKey(Scalar.count(0)) })
  ),
  backoff: Schema.optionalKey(Backoff),
  retryAfter: Schema.optionalKey(RetryAfter),
  timeouts: Schema.optionalKey(Clocks),
  on: Schema.optionalKey(On),
  commit: Schema.optionalKey(Commit),
  afterCommit: Schema.optionalKey(Scalar.oneOf(["fail"])),
  health: Schema.optionalKey(Scalar.boolean)
}).annotate({ description: "How often, how long and on what a call is tried again" })

/** @stability experimental @category models @since 0.1.0 */
export type Policy = typeof Policy.Type

/** @stability experimental @category schemas @since 0.1.0 */
export const Policies = Schema.Record(Schema.String, Policy)

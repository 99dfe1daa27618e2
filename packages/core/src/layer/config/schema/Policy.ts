/**
 * `policies:` how often, how long and on what a call is tried again. What is left out comes from `from`.
 */
import * as Schema from "effect/Schema"
import * as Reason from "../../../domain/Reason.ts"
import * as CooldownTables from "../../../policy/CooldownTables.ts"
import * as RetryPolicy from "../../../policy/RetryPolicy.ts"
import * as Scalar from "./Scalar.ts"

/** The words of the disposition table. @stability experimental @category constants @since 0.1.0 */
export const actionWords = [
  "retry",
  "nextCredential",
  "nextTarget",
  "abort",
  "abortUnlessRepaired",
  "repair:clampMaxTokens",
  "repair:dropMaxTokens",
  "repair:truncateHistory",
  "repair:halveHistory",
  "repair:describeTools",
  "repair:moveImages"
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
]).annotate({ expected: "constant, { additive: 1s }, { exponential: 2 } or { list: [500ms, 2s] }" })

/** @stability experimental @category schemas @since 0.1.0 */
export const Jitter = Schema.Union([
  Schema.Literals(["none", "equal", "full"]),
  Schema.Struct({ added: Scalar.duration })
]).annotate({ expected: "none, equal, full or { added: 100ms }" })

const Backoff = Schema.Struct({
  initial: Scalar.key("The first wait", Scalar.duration),
  growth: Scalar.key("How waits grow: constant, { additive: 1s }, { exponential: 2 } or { list: [500ms, 2s] }", Growth),
  cap: Scalar.key("The longest wait", Scalar.duration),
  jitter: Scalar.key("none, equal, full or { added: 100ms }", Jitter),
  capAfterJitter: Scalar.key("Whether the cap bounds the wait after jitter, not before", Scalar.boolean)
})

const RetryAfter = Schema.Struct({
  cap: Scalar.key("The longest wait that a provider may ask for", Scalar.duration),
  onExceed: Scalar.key("What to do when it asks for more", Scalar.oneOf(["fail", "wait", "clamp"])),
  rule: Scalar.key(
    "Beside the computed wait: the longer of both, the longer of it and the base, it instead, or ignored",
    Scalar.oneOf(["longer", "longerThanBase", "instead", "ignored"])
  ),
  worded: Scalar.key("Whether it is read off the words too, in seconds", Scalar.boolean),
  final: Scalar.key("Whether x-should-retry: false is heeded, so that nobody asks again in place", Scalar.boolean),
  jitter: Scalar.key(
    "Chance added to what it asks for, as a fraction of it",
    Scalar.number({ expected: "a fraction from 0 to 1", minimum: 0, maximum: 1 })
  )
})

const Clocks = Schema.Struct({
  connect: Scalar.key("To open a connection", Scalar.positiveDuration),
  firstContent: Scalar.key("Until the first content", Scalar.positiveDuration),
  idle: Scalar.key("Between two pieces of a stream", Scalar.positiveDuration),
  total: Scalar.key("Of the whole attempt, to the end of its stream", Scalar.positiveDuration)
})

const Commit = Schema.Struct({
  on: Scalar.key("What hands a stream to the caller", Scalar.oneOf(["firstContent", "firstEvent", "headers"])),
  maxEvents: Scalar.key("Events held back at most", Scalar.count(1)),
  maxWait: Scalar.key("Time held back at most, from the first event", Scalar.duration)
})

type Rows = { readonly [T in Reason.Tag]: Schema.optionalKey<typeof Actions> }

/** One optional row a reason; a new reason is here by itself. */
const On = Schema.Struct(Object.fromEntries(Reason.tags.map((tag) => [tag, Schema.optionalKey(Actions)])) as Rows)

const list = (description: string, item: Schema.Codec<string, unknown>) =>
  Schema.optionalKey(Schema.NonEmptyArray(item).annotate({ description }))

const Rule = Schema.Struct({
  reasons: Schema.optionalKey(Schema.NonEmptyArray(Schema.Literals(Reason.tags).annotate({ words: Reason.tags }))),
  statuses: Schema.optionalKey(
    Schema.NonEmptyArray(Scalar.count(1)).annotate({ description: "5 is 500 to 599, 50 is 500 to 509" })
  ),
  worded: Scalar.key("Reads a status off the words too, where the answer had none", Scalar.boolean),
  codes: list("The provider's own codes", Scalar.text),
  says: Schema.optionalKey(
    Schema.NonEmptyArray(Schema.NonEmptyArray(Scalar.text)).annotate({
      description: "Of each group one at least stands in the message"
    })
  ),
  stream: Scalar.key("Only streams, or only whole answers", Scalar.boolean),
  actions: Actions
})

/** @stability experimental @category schemas @since 0.1.0 */
export const Policy = Schema.Struct({
  name: Scalar.key("For messages; a policy under policies: has its key", Scalar.text),
  from: Scalar.key("The policy that the rest comes from; default recommended", Scalar.text),
  attempts: Scalar.key("Attempts of the whole call, all targets together", Scalar.count(1)),
  deadline: Scalar.key(
    "Of the whole call, waits included; for a stream until its first content",
    Scalar.positiveDuration
  ),
  retry: Scalar.key(
    "Retries in place",
    Schema.Struct({
      last: Scalar.key("On the last candidate", Scalar.count(0)),
      others: Scalar.key("On one that has others after it", Scalar.count(0))
    })
  ),
  backoff: Scalar.key("How long to wait between attempts on one target", Backoff),
  retryAfter: Scalar.key("What of a provider's own wishes is heeded", RetryAfter),
  timeouts: Scalar.key("The four clocks of an attempt", Clocks),
  on: Scalar.key("Rows of the disposition table, replaced one by one", On),
  rules: Schema.optionalKey(
    Schema.Array(Rule).annotate({ description: "Rows that come before the table; the first that fits holds" })
  ),
  contextWindow: Scalar.key(
    "Where a context overflow moves on to: targets that declare a larger window, or any",
    Scalar.oneOf(["larger", "any"])
  ),
  commit: Scalar.key("When a stream is handed to the caller", Commit),
  afterCommit: Scalar.key("fail: a stream that breaks after its commit ends in a typed error", Scalar.oneOf(["fail"])),
  waits: Scalar.key(
    "How waits are counted",
    Schema.Struct({
      scope: Scalar.key("Anew at each target, or over the whole call", Scalar.oneOf(["target", "call"])),
      first: Scalar.key("Whether the first attempt after a failed one waits too", Scalar.boolean)
    })
  ),
  repairs: Scalar.key(
    "How repairs hold",
    Schema.Struct({
      scope: Scalar.key("For one target, or for the rest of the call", Scalar.oneOf(["target", "call"])),
      count: Scalar.key("Whether a repair counts as a retry", Scalar.boolean)
    })
  ),
  health: Scalar.key("Whether cooldowns are kept and heeded", Scalar.boolean),
  cooldowns: Scalar.key("How long a failure parks what", Scalar.oneOf(CooldownTables.names)),
  allCooling: Scalar.key(
    "Where everything cools down: ask the one that is free first, or fail",
    Scalar.oneOf(["probe", "fail"])
  ),
  report: Scalar.key("Whose wording and status a failed call has", Scalar.oneOf(RetryPolicy.reports))
}).annotate({ identifier: "Policy", description: "How often, how long and on what a call is tried again" })

/** @stability experimental @category models @since 0.1.0 */
export type Policy = typeof Policy.Type

/** @stability experimental @category schemas @since 0.1.0 */
export const Policies = Schema.Record(Schema.String, Policy)

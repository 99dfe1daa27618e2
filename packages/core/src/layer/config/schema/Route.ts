/**
 * `routes:` how a call is answered. The forms nest: wherever a target may stand, a route name or another form may stand too.
 */
import * as Schema from "effect/Schema"
import * as Reason from "../../../domain/Reason.ts"
import * as Strategies from "../../../route/strategy/all.ts"
import { Policy } from "./Policy.ts"
import * as Scalar from "./Scalar.ts"

/** What may stand around any form. @stability experimental @category models @since 0.1.0 */
export interface Around {
  /** A policy by name, or written out. */
  readonly policy?: string | typeof Policy.Type
  readonly repair?: (typeof repairs)[number]
  /** What answers where the rest did not. */
  readonly orElse?: Element | OrElse
  readonly deadline?: typeof Scalar.duration.Type
  readonly attempts?: number
}

/** Falls back only on these reasons. @stability experimental @category models @since 0.1.0 */
export interface OrElse {
  readonly to: Element
  readonly on: ReadonlyArray<Reason.Tag>
}

/** @stability experimental @category models @since 0.1.0 */
export interface Member {
  readonly target: Element
  readonly weight?: number
}

/** @stability experimental @category models @since 0.1.0 */
export interface Try extends Around {
  readonly try: ReadonlyArray<Element>
}

/** @stability experimental @category models @since 0.1.0 */
export interface Balance extends Around {
  readonly balance: Strategies.Name
  readonly across: ReadonlyArray<string | Member>
}

/** What may stand around a preset; its policy is its own. @stability experimental @category models @since 0.1.0 */
export type AroundPreset = Pick<Around, "orElse" | "deadline" | "attempts">

/** @stability experimental @category models @since 0.1.0 */
export interface Chronicle extends AroundPreset {
  readonly preset: "chronicle"
  readonly targets: ReadonlyArray<Element>
  readonly randomOrder?: boolean
  readonly options?: typeof ChronicleOptions.Type
}

/** @stability experimental @category models @since 0.1.0 */
export interface Reliable extends AroundPreset {
  readonly preset: "reliable"
  readonly providers: ReadonlyArray<string>
  readonly model: string
  readonly fallbacks?: ReadonlyArray<string>
  readonly options?: typeof ReliableOptions.Type
}

/** @stability experimental @category models @since 0.1.0 */
export interface Minimal extends AroundPreset {
  readonly preset: "minimal"
  readonly target: string
}

/** @stability experimental @category models @since 0.1.0 */
export interface Pool extends AroundPreset {
  readonly preset: "pool"
  readonly strategy?: (typeof poolStrategies)[number]
  readonly across: ReadonlyArray<string | Member>
  readonly fallback?: typeof PoolFallback.Type
}

/** @stability experimental @category models @since 0.1.0 */
export interface Failover extends AroundPreset {
  readonly preset: "failover"
  readonly model: string
  readonly fallbacks?: ReadonlyArray<string>
  readonly globalFallbacks?: ReadonlyArray<string>
  readonly options?: typeof FailoverOptions.Type
}

/** @stability experimental @category models @since 0.1.0 */
export type Preset = Chronicle | Reliable | Minimal | Pool | Failover

/** A target or route name, a list (in order), or a form. @stability experimental @category models @since 0.1.0 */
export type Element = string | ReadonlyArray<Element> | Try | Balance | Preset

const poolStrategies = ["weighted_random", "priority"] as const

const repairs = [
  "clampMaxTokens",
  "dropMaxTokens",
  "truncateHistory",
  "halveHistory",
  "describeTools",
  "moveImages"
] as const

const formExpected = 'an object with "try", "balance" or "preset"'
const nameExpected = 'a target ("provider/model"), a route\'s name, a list of them'

const Nested = Schema.suspend((): Schema.Codec<Element, unknown> => Element)

const Tag = Schema.Literals(Reason.tags).annotate({
  expected: `one of ${Reason.tags.join(", ")}`,
  words: Reason.tags
})

const OrElse = Schema.Struct({ to: Nested, on: Schema.NonEmptyArray(Tag) })

const around = {
  policy: Schema.optionalKey(
    Schema.Union([Scalar.text, Policy]).annotate({
      expected: "a policy's name, or a policy",
      description: "A policy by name, or written out"
    })
  ),
  repair: Scalar.key("Mends the request once where it helps, before anything else", Scalar.oneOf(repairs)),
  orElse: Schema.optionalKey(
    Schema.Union([Nested, OrElse]).annotate({
      expected: `${nameExpected}, ${formExpected}, or { to, on }`,
      description: "What answers where the rest did not; { to, on } only on some reasons"
    })
  ),
  deadline: Scalar.key("Of all of this, waits included", Scalar.positiveDuration),
  attempts: Scalar.key("Attempts of all of this together", Scalar.count(1))
}

const Try = Schema.Struct({ try: Schema.NonEmptyArray(Nested), ...around })

const Member = Schema.Union([
  Scalar.text,
  Schema.Struct({
    target: Nested,
    weight: Scalar.key(
      "Share of the calls, beside the others'; default 1",
      Scalar.number({ expected: "a weight of at least 0", minimum: 0 })
    )
  })
]).annotate({ expected: "a target, a route's name, or { target, weight }" })

const Balance = Schema.Struct({
  balance: Scalar.oneOf(Strategies.names),
  across: Schema.NonEmptyArray(Member),
  ...around
})

const { deadline, attempts, orElse } = around
const aroundPreset = { deadline, attempts, orElse }
const preset = <const Name extends string>(name: Name) => Schema.Literal(name).annotate({ words: [name] })
const names = Schema.NonEmptyArray(Scalar.text)

const Increase = Schema.Union([
  Schema.Struct({ type: Schema.Literal("constant") }),
  Schema.Struct({ type: Schema.Literal("additive"), amount: Scalar.duration }),
  Schema.Struct({
    type: Schema.Literal("exponential"),
    multiplier: Scalar.number({ expected: "a factor of at least 1", minimum: 1 })
  })
]).annotate({
  expected: "{ type: constant }, { type: additive, amount: 1s } or { type: exponential, multiplier: 2 }"
})

const ChronicleOptions = Schema.Struct({
  maxTries: Scalar.key("Attempts of the whole call, the first included; default 4", Scalar.count(1)),
  initialBackoff: Scalar.key("The first wait; default 200ms", Scalar.duration),
  increase: Scalar.key("How waits grow; default doubled", Increase),
  jitter: Scalar.key("Most that chance adds to a wait; default 100ms", Scalar.duration),
  maxBackoff: Scalar.key("The longest wait, chance included; default 5s", Scalar.duration),
  failIfRateLimitExceedsMaxBackoff: Scalar.key(
    "Whether a rate limit that asks for more ends the call; default true",
    Scalar.boolean
  )
})

const Chronicle = Schema.Struct({
  preset: preset("chronicle"),
  targets: Schema.NonEmptyArray(Nested),
  randomOrder: Scalar.key("Whether a call begins at a target of chance; default false", Scalar.boolean),
  options: Schema.optionalKey(ChronicleOptions),
  ...aroundPreset
})

const ReliableOptions = Schema.Struct({
  maxRetries: Scalar.key("Retries on each pair of model and provider; default 2", Scalar.count(0)),
  baseBackoff: Scalar.key("The first wait, 50ms at least; default 500ms", Scalar.duration)
})

const Reliable = Schema.Struct({
  preset: preset("reliable"),
  providers: names,
  model: Scalar.text,
  fallbacks: Schema.optionalKey(names),
  options: Schema.optionalKey(ReliableOptions),
  ...aroundPreset
})

const Minimal = Schema.Struct({ preset: preset("minimal"), target: Scalar.text, ...aroundPreset })

const PoolFallback = Schema.Struct({
  enabled: Scalar.key("Whether anything moves on; default false", Scalar.boolean),
  onStatus: Schema.optionalKey(
    Schema.Array(Scalar.count(1)).annotate({
      description: "Statuses that move on: 5 is 500 to 599, 50 is 500 to 509, 503 is itself; default none"
    })
  ),
  onRateLimit: Scalar.key("Whether our own limits move on; default false", Scalar.boolean)
})

const Pool = Schema.Struct({
  preset: preset("pool"),
  strategy: Scalar.key("How members are ordered; default weighted_random", Scalar.oneOf(poolStrategies)),
  across: Schema.NonEmptyArray(Member),
  fallback: Schema.optionalKey(PoolFallback),
  ...aroundPreset
})

const FailoverOptions = Schema.Struct({
  resetCountOnExpiry: Scalar.key(
    "Whether a credential's failures are forgotten once its cooldown has passed; default false",
    Scalar.boolean
  )
})

const Failover = Schema.Struct({
  preset: preset("failover"),
  model: Scalar.text,
  fallbacks: Schema.optionalKey(Schema.Array(Schema.String)),
  globalFallbacks: Schema.optionalKey(Schema.Array(Schema.String)),
  options: Schema.optionalKey(FailoverOptions),
  ...aroundPreset
})

/** @stability experimental @category schemas @since 0.1.0 */
export const Element: Schema.Codec<Element, unknown> = Schema.Union([
  Scalar.text,
  Schema.NonEmptyArray(Nested),
  Try,
  Balance,
  Chronicle,
  Reliable,
  Minimal,
  Pool,
  Failover
]).annotate({
  expected: `${nameExpected}, or ${formExpected}`,
  identifier: "RouteElement",
  description: "How a call is answered"
})

/** @stability experimental @category schemas @since 0.1.0 */
export const Routes = Schema.Record(Schema.String, Element)

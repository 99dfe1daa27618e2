/**
 * `routes:` how a call is answered. The forms nest: wherever a target may stand, a route name or another form may stand too.
 */
import * as Schema from "effect/Schema"
import * as Reason from "../../../domain/Reason.ts"
import { Policy } from "./Policy.ts"
import * as Scalar from "./Scalar.ts"

/** @stability experimental @category constants @since 0.1.0 */
export const strategies = ["priority", "weighted", "rotation", "random", "least-busy", "fastest", "cheapest"] as const

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
  readonly balance: (typeof strategies)[number]
  readonly across: ReadonlyArray<string | Member>
}

/** A target or route name, a list (in order), or a form. @stability experimental @category models @since 0.1.0 */
export type Element = string | ReadonlyArray<Element> | Try | Balance

const repairs = ["clampMaxTokens", "dropMaxTokens", "truncateHistory", "halveHistory", "describeTools"] as const

const elementExpected =
  'a target ("provider/model"), a route\'s name, a list of them, or an object with "try", "balance" or "preset"'

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
  balance: Scalar.oneOf(strategies),
  across: Schema.NonEmptyArray(Member),
  ...around
})

/** @stability experimental @category schemas @since 0.1.0 */
export const Element: Schema.Codec<Element, unknown> = Schema.Union([
  Scalar.text,
  Schema.NonEmptyArray(Nested),
  Try,
  Balance
]).annotate({ expected: elementExpected, identifier: "RouteElement", description: "How a call is answered" })

/** @stability experimental @category schemas @since 0.1.0 */
export const Routes = Schema.Record(Schema.String, Element)

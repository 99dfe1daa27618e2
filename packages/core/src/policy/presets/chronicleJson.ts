/**
 * The options of the preset `chronicle` as JSON: the names and whole milliseconds of the system that it comes from (C-1 to C-11).
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type * as chronicle from "./chronicle.ts"

const whole = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const Increase = Schema.Union([
  Schema.Struct({ type: Schema.Literal("constant") }),
  Schema.Struct({ type: Schema.Literal("additive"), amount: whole }),
  Schema.Struct({ type: Schema.Literal("exponential"), multiplier: Schema.Finite })
])

type Increase = typeof Increase.Type

const Fields = Schema.Struct({
  initial_backoff: whole.pipe(Schema.withDecodingDefaultKey(Effect.succeed(200))),
  increase: Increase.pipe(
    Schema.withDecodingDefaultKey(Effect.succeed<Increase>({ type: "exponential", multiplier: 2 }))
  ),
  max_tries: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).pipe(Schema.withDecodingDefaultKey(Effect.succeed(4))),
  jitter: whole.pipe(Schema.withDecodingDefaultKey(Effect.succeed(100))),
  max_backoff: whole.pipe(Schema.withDecodingDefaultKey(Effect.succeed(5000))),
  fail_if_rate_limit_exceeds_max_backoff: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true)))
})

/**
 * A growth as that JSON says it.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const growthOf = (increase: {
  readonly type: Increase["type"]
  readonly amount?: Duration.Duration | undefined
  readonly multiplier?: number | undefined
}): chronicle.Options["increase"] => {
  if (increase.type === "constant") return "constant"
  if (increase.type === "additive") return { additive: increase.amount ?? Duration.zero }
  return { exponential: increase.multiplier ?? 2 }
}

const increaseOf = (growth: chronicle.Options["increase"]): Increase => {
  if (growth === "constant") return { type: "constant" }
  if ("additive" in growth) return { type: "additive", amount: Duration.toMillis(growth.additive) }
  return { type: "exponential", multiplier: growth.exponential }
}

/** The codec; what is left out has its default. @stability stable @category schemas @since 0.1.0 */
export const Options: Schema.Codec<chronicle.Options, unknown> = Fields.pipe(
  Schema.decodeTo(
    Schema.declare((value): value is chronicle.Options => typeof value === "object" && value !== null),
    SchemaTransformation.transform<chronicle.Options, typeof Fields.Type>({
      decode: (fields) => ({
        initialBackoff: Duration.millis(fields.initial_backoff),
        increase: growthOf(
          fields.increase.type === "additive"
            ? { type: "additive", amount: Duration.millis(fields.increase.amount) }
            : fields.increase
        ),
        maxTries: fields.max_tries,
        jitter: Duration.millis(fields.jitter),
        maxBackoff: Duration.millis(fields.max_backoff),
        failIfRateLimitExceedsMaxBackoff: fields.fail_if_rate_limit_exceeds_max_backoff
      }),
      encode: (options) => ({
        initial_backoff: Duration.toMillis(options.initialBackoff),
        increase: increaseOf(options.increase),
        max_tries: options.maxTries,
        jitter: Duration.toMillis(options.jitter),
        max_backoff: Duration.toMillis(options.maxBackoff),
        fail_if_rate_limit_exceeds_max_backoff: options.failIfRateLimitExceedsMaxBackoff
      })
    })
  )
)

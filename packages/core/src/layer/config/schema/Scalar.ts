/**
 * The scalars of the file: how a duration, a size, a rate or a number is written, and what it is afterwards.
 *
 * Each carries its expectation in words (`expected`), which is all that a message shows of it. Numbers may be written as text, because that
 * is what a reference to the environment gives. A reference itself (`${NAME}`) is accepted by every pattern, so that editors accept it too.
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * A key that may be left out, with what editors say of it.
 *
 * @stability experimental
 * @category schemas
 * @since 0.1.0
 */
export const key = <S extends Schema.Top>(description: string, schema: S) =>
  Schema.optionalKey(Schema.annotateEncoded<S>({ description })(schema))

/** The text of a reference: one that is still there where a value is decoded is not set (`Environment.ts`). */
const or = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$|\\$\\{`, "u")

/** Editors accept a reference in its place, and decoding does not: it would stand for no duration, `false`, or no number. */
const isLeftOver = Schema.makeFilter((text: string) => !text.includes("${"), { toJsonSchema: () => ({}) })

const pattern = (source: string, expected?: string) =>
  Schema.String.check(Schema.isPattern(or(source), expected === undefined ? undefined : { expected }), isLeftOver)

/**
 * A number in a range; `expected` says it in words.
 *
 * @stability experimental
 * @category schemas
 * @since 0.1.0
 */
export const number = (options: {
  readonly expected: string
  readonly minimum?: number
  readonly maximum?: number
  readonly integer?: boolean
}) =>
  Schema.Union([encodedNumber(options), pattern("-?\\d+(?:\\.\\d+)?(?:e-?\\d+)?")])
    .pipe(
      Schema.decodeTo(
        Schema.Finite.check(Schema.makeFilter((value: number) => inRange(value, options))),
        SchemaTransformation.transform<number, number | string>({ decode: Number, encode: (value) => value })
      )
    )
    .annotate({ expected: options.expected })

/** The same range, as the JSON Schema shows it. */
const encodedNumber = (options: { readonly minimum?: number; readonly maximum?: number; readonly integer?: boolean }) =>
  Schema.Finite.check(
    Schema.makeFilter((value: number) => inRange(value, options), {
      toJsonSchema: () => ({
        ...(options.integer === true ? { type: "integer" } : {}),
        ...(options.minimum === undefined ? {} : { minimum: options.minimum }),
        ...(options.maximum === undefined ? {} : { maximum: options.maximum })
      })
    })
  )

const inRange = (
  value: number,
  options: { readonly minimum?: number; readonly maximum?: number; readonly integer?: boolean }
): boolean =>
  value >= (options.minimum ?? Number.NEGATIVE_INFINITY) &&
  value <= (options.maximum ?? Number.POSITIVE_INFINITY) &&
  (options.integer !== true || Number.isInteger(value))

/** A whole number of at least `minimum`. @stability experimental @category schemas @since 0.1.0 */
export const count = (minimum: number) =>
  number({ expected: `a whole number of at least ${minimum}`, minimum, integer: true })

/** `true` or `false`. @stability experimental @category schemas @since 0.1.0 */
export const boolean = Schema.Union([Schema.Boolean, pattern("true|false")])
  .pipe(
    Schema.decodeTo(
      Schema.Boolean,
      SchemaTransformation.transform<boolean, boolean | string>({
        decode: (value) => value === true || value === "true",
        encode: (value) => value
      })
    )
  )
  .annotate({ expected: "true or false" })

/** Text that is not empty. @stability experimental @category schemas @since 0.1.0 */
export const text = Schema.NonEmptyString.annotate({ expected: "text" })

/** One of some words. @stability experimental @category schemas @since 0.1.0 */
export const oneOf = <const L extends ReadonlyArray<string>>(words: L) =>
  Schema.Literals(words).annotate({ expected: `one of ${words.join(", ")}`, words })

const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const durationWords = "a duration such as 200ms, 5s, 2m, 1h or 30d"

const durationPattern = "\\d+(?:\\.\\d+)?(?:ms|s|m|h|d)"

const durationOf = (source: string, expected: string) =>
  pattern(source, expected)
    .annotate({ description: expected })
    .pipe(
      Schema.decodeTo(
        Schema.Duration,
        SchemaTransformation.transform<Duration.Duration, string>({
          decode: (value) => Duration.millis(withUnit(value, durationUnits)),
          encode: (value) => formatDuration(value)
        })
      )
    )
    .annotate({ expected })

/** `200ms`, `5s`, `2m`, `1h`, `30d`; fractions are allowed. @stability experimental @category schemas @since 0.1.0 */
export const duration = durationOf(durationPattern, durationWords)

/** A duration that is longer than 0. @stability experimental @category schemas @since 0.1.0 */
export const positiveDuration = durationOf(`(?=[\\d.]*[1-9])${durationPattern}`, `${durationWords}, longer than 0`)

/**
 * The shortest way to write a duration in the file.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const formatDuration = (value: Duration.Duration): string => {
  const ms = Duration.toMillis(value)
  if (ms === 0) return "0ms"
  for (const unit of ["d", "h", "m", "s"] as const) {
    if (ms % durationUnits[unit] === 0) return `${ms / durationUnits[unit]}${unit}`
  }
  return `${ms}ms`
}

const sizeUnits = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3
} as const

const sizeWords = "a size such as 64KiB, 32MiB or 1GiB, at least 1B"

/** Bytes: `64KiB`, `32MiB`, `1GB`; at least one. @stability experimental @category schemas @since 0.1.0 */
export const size = pattern("\\d+(?:\\.\\d+)?(?:B|KB|MB|GB|KiB|MiB|GiB)")
  .annotate({ description: sizeWords })
  .pipe(
    Schema.decodeTo(
      Schema.Finite.check(Schema.isGreaterThanOrEqualTo(1)),
      SchemaTransformation.transform<number, string>({
        decode: (value) => Math.floor(withUnit(value, sizeUnits)),
        encode: (value) => `${value}B`
      })
    )
  )
  .annotate({ expected: sizeWords })

/** So many in a window of time. @stability experimental @category models @since 0.1.0 */
export interface Rate {
  readonly limit: number
  readonly window: Duration.Duration
}

const rateWindows = {
  s: Duration.seconds(1),
  sec: Duration.seconds(1),
  min: Duration.minutes(1),
  h: Duration.hours(1),
  hour: Duration.hours(1),
  day: Duration.days(1),
  d: Duration.days(1)
} as const

const rateWords = "a rate such as 500/min, 10/s, 1000/h or 5000/day"

/** `500/min`, `10/s`, `1000/h`, `5000/day`; at least 1. @stability experimental @category schemas @since 0.1.0 */
export const rate = pattern("[1-9]\\d*/(?:s|sec|min|h|hour|d|day)")
  .annotate({ description: rateWords })
  .pipe(
    Schema.decodeTo(
      Schema.Struct({ limit: Schema.Finite, window: Schema.Duration }),
      SchemaTransformation.transform<Rate, string>({
        decode: (value) => {
          const [limit, unit] = value.split("/")
          return { limit: Number(limit), window: rateWindows[unit as keyof typeof rateWindows] ?? rateWindows.min }
        },
        encode: (value) => `${value.limit}/${rateUnit(value.window)}`
      })
    )
  )
  .annotate({ expected: rateWords })

const rateUnit = (window: Duration.Duration): string =>
  Object.entries(rateWindows).find(([, known]) => Duration.equals(known, window))?.[0] ?? "min"

const withUnit = (text: string, units: Readonly<Record<string, number>>): number => {
  const amount = Number.parseFloat(text)
  const unit = /[A-Za-z]+$/.exec(text)?.[0] ?? ""
  return amount * (units[unit] ?? 1)
}

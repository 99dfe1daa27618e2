/** Law 9: cooldowns grow with consecutive failures of the same thing, and only success resets them. */
import type { Row } from "../../target/Health.ts"
import * as Law from "./Law.ts"
import type { World } from "./World.ts"

/** Many calls, far enough apart for cooldowns to end, to providers that fail without asking for a wait. */
const adapt = (world: World): World => ({
  ...world,
  places: world.places.map(({ credentials, weather }) => ({
    credentials,
    weather: weather.map((one) => (one.type === "wait" ? { type: "fail", after: one.after, reason: one.reason } : one))
  })),
  calls: [...world.calls, ...world.calls, ...world.calls].map(({ at, stream }, index) => ({
    at: index * 20_000 + at,
    stream
  }))
})

/**
 * Read off the table of health after each attempt: where a failure just now parked something, it is parked for longer than by the
 * failure before; where a count went down, an answer had come that began after the last failure.
 *
 * @stability experimental
 * @category laws
 * @since 0.1.0
 */
export const law = Law.make(
  9,
  "cooldowns strictly grow on consecutive failures of the same thing, and only success resets them",
  adapt,
  ({ exchanges, health }) => {
    const known = new Map<string, { failures: number; until: number; length: number; at: number }>()
    for (const { at, rows } of health) {
      const now = new Map(rows.map((row) => [idOf(row), row]))
      for (const [id, before] of known) {
        if (now.has(id) && now.get(id)!.failures >= before.failures) continue
        const [provider, model, credential] = JSON.parse(id) as Array<string | null>
        const cured = exchanges.some(
          (one) =>
            one.provider === provider &&
            (model === null || one.model === model) &&
            (credential === null || one.credential === credential) &&
            one.failedAt === undefined &&
            one.contentAt !== undefined &&
            one.startedAt >= before.at
        )
        if (!cured) return `${id} was forgotten at ${at} without an answer since its failure at ${before.at}`
        known.delete(id)
      }
      for (const [id, row] of now) {
        const before = known.get(id)
        const until = row.until ?? before?.until ?? 0
        if (before !== undefined && before.failures === row.failures && before.until === until) continue
        const length = Math.max(0, Math.round(until - at))
        const grown = before === undefined || before.length === 0 || length > before.length || isCapped(before, length)
        if (!grown)
          return `${id}: failure ${row.failures} parks for ${length} ms, the one before for ${before.length} ms`
        known.set(id, { failures: row.failures, until, length, at })
      }
    }
    return undefined
  }
)

const idOf = (row: Row): string => JSON.stringify([row.provider, row.model ?? null, row.credential ?? null])

/** At its cap a cooldown stays as it is: five minutes for most reasons, an hour for some. */
const isCapped = (before: { readonly length: number }, length: number): boolean =>
  before.length >= 300_000 && length >= before.length

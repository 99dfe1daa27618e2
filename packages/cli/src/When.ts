/**
 * Times as people type them: how long ago (`15m`, `2h`, `7d`), or a date.
 */
import * as Moment from "@orelse/core/domain/Moment"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Failure } from "./Failure.ts"

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Epoch milliseconds; `undefined` where the text is no time. A date without a time is midnight here. */
export const read = (text: string, now: number): number | undefined => {
  const ago = /^(\d{1,9}(?:\.\d+)?)(s|m|h|d|w)$/.exec(text)
  if (ago !== null) return Math.round(now - Number(ago[1]) * units[ago[2] as keyof typeof units])
  return Moment.read(text.includes(":") ? text : `${text}T00:00`)
}

/** The value of a flag; what is no time is a mistake of the command line's user. */
export const flag = (
  name: string,
  text: Option.Option<string>,
  now: number
): Effect.Effect<number | undefined, Failure> => {
  if (Option.isNone(text)) return Effect.undefined
  const at = read(text.value, now)
  if (at !== undefined) return Effect.succeed(at)
  const next = "Write how long ago (15m, 2h, 7d) or a date (2026-11-21, 2026-11-21T09:30)."
  return Effect.fail(new Failure({ message: `--${name} "${text.value}" is no time.`, next, isUsage: true }))
}

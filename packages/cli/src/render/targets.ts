/**
 * The health of targets as a table.
 */
import * as Json from "@orelse/core/domain/Json"
import { columns, duration, type Style, visible } from "./text.ts"

/** One target (or one of its credentials), as the gateway tells it. */
export interface Target {
  readonly provider: string
  readonly model: string
  readonly credential: string | undefined
  readonly state: string
  /** Epoch milliseconds. */
  readonly until: number | undefined
  readonly failures: number
  readonly lastReason: string | undefined
}

/** Whether this is an answer of `GET /admin/targets`. */
export const isAnswer = (answer: unknown): boolean => {
  const targets = Json.at(answer, "targets")
  return Array.isArray(targets) && targets.every((target) => has(target, "provider", "model", "state"))
}

/** Whether this is an answer of `POST /admin/targets/{provider}/{model}/reset`. */
export const isReset = (answer: unknown): boolean =>
  has(answer, "provider", "model") && Json.boolean(Json.at(answer, "wasKnown")) !== undefined

const has = (value: unknown, ...texts: ReadonlyArray<string>): boolean =>
  texts.every((name) => Json.string(Json.at(value, name)) !== undefined)

/** Reads the answer of `GET /admin/targets`; what is not there is left out. */
export const read = (answer: unknown): ReadonlyArray<Target> =>
  Json.array(Json.at(visible(answer), "targets")).map((target) => ({
    provider: Json.string(Json.at(target, "provider")) ?? "?",
    model: Json.string(Json.at(target, "model")) ?? "?",
    credential: Json.string(Json.at(target, "credential")),
    state: Json.string(Json.at(target, "state")) ?? "?",
    until: time(Json.at(target, "until")),
    failures: Json.number(Json.at(target, "failures")) ?? 0,
    lastReason: Json.string(Json.at(target, "lastReason"))
  }))

const time = (value: unknown): number | undefined => {
  const text = Json.string(value)
  const parsed = text === undefined ? Json.number(value) : Date.parse(text)
  return parsed === undefined || Number.isNaN(parsed) ? undefined : parsed
}

const colors: Readonly<Record<string, keyof Style>> = {
  healthy: "good",
  cooling: "warn",
  "half-open": "warn",
  disabled: "dim"
}

/** Under one another; the time is what is left of a cooldown. */
export const table = (targets: ReadonlyArray<Target>, style: Style, now: number): string => {
  if (targets.length === 0) return "No target has been called yet."
  const rows = targets.map((target) => [
    `${target.provider}/${target.model}`,
    target.credential ?? "",
    style[colors[target.state] ?? "bold"](target.state),
    left(target.until, now),
    target.failures === 0 ? "" : `${target.failures} failed`,
    target.lastReason ?? ""
  ])
  const used = [0, 1, 2, 3, 4, 5].filter((index) => rows.some((row) => row[index] !== ""))
  return columns(rows.map((row) => used.map((index) => row[index] ?? "")))
}

const left = (until: number | undefined, now: number): string =>
  until === undefined || until <= now ? "" : `for ${duration(until - now)}`

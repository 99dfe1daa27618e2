/**
 * What the gateway says besides the line of each call, in the same form where programs read it: one JSON object a line, with the same first
 * fields. At a terminal the words are Effect's own.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Formatter from "effect/Formatter"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { root } from "./Root.ts"
import { Screen } from "./Screen.ts"

/** Whether lines of log are for programs: they ask for JSON, or no terminal shows them. */
export const isJson = Effect.gen(function* () {
  const { json } = yield* root
  return json || !(yield* Screen).terminal
})

/** As a line for a program: what is said, and, where there is more, the `detail`. */
const line = Logger.make<unknown, string>(({ cause, date, logLevel, message }) => {
  const [said, ...more] = Array.isArray(message) ? (message as ReadonlyArray<unknown>) : [message]
  const details = cause.reasons.length === 0 ? more : [...more, Cause.pretty(cause)]
  const detail = details.map((one) => (one instanceof Error ? one.message : one))
  return Formatter.formatJson({
    time: date.toISOString(),
    level: logLevel.toLowerCase(),
    message: String(said),
    ...(detail.length === 0 ? {} : { detail: detail.length === 1 ? detail[0] : detail })
  })
})

/** Where the lines go. */
export const layer = Layer.unwrap(
  Effect.map(Effect.all([isJson, Screen]), ([isJson, { log }]) =>
    isJson ? Logger.layer([Logger.map(line, (text) => log(`${text}\n`))]) : Layer.empty
  )
)

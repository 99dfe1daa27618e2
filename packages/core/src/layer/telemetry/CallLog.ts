/**
 * One line a call: JSON for machines, words for a terminal. Built only where somebody writes it; holds no content and no key.
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { EndedCall, Telemetry } from "../Telemetry.ts"
import * as Gathered from "./Gathered.ts"
import * as Recent from "../../domain/Recent.ts"

/** How a line looks, and who takes it. @stability stable @category models @since 0.1.0 */
export interface Options {
  readonly format: "json" | "pretty"
  /** Takes whole lines, each with its line feed. */
  readonly write: (text: string) => void
}

/**
 * Writes a line for every call until the scope closes.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const run = ({ format, write }: Options): Effect.Effect<void, never, Telemetry | Scope.Scope> => {
  const line = format === "json" ? json : pretty
  return Gathered.run((calls) => {
    let text = ""
    for (const call of calls) text += `${line(call)}\n`
    write(text)
  })
}

/** The call as one JSON object, without line feed. @stability stable @category conversions @since 0.1.0 */
export const json = ({ attempts, end, start }: EndedCall): string => {
  const level = end.outcome === "failed" ? "warn" : "info"
  const head = `{"time":"${timeOf(end.endedAt)}","level":"${level}","message":"call","callId":"${start.id}",`
  const usual = usualFields({
    route: start.route,
    model: start.model,
    stream: start.stream,
    caller: start.caller,
    outcome: end.outcome,
    reason: end.reason,
    status: end.status,
    provider: end.served?.provider,
    servedModel: end.served?.model,
    attempts: end.attempts,
    fellBack: end.fellBack
  })
  const own = JSON.stringify({
    failures: failuresOf(attempts),
    firstContentMs: rounded(end.firstContentMs),
    durationMs: rounded(end.durationMs),
    overheadMs: rounded(end.overheadMs),
    inputTokens: end.usage?.inputTokens,
    outputTokens: end.usage?.outputTokens,
    costUsd: end.costUsd,
    costBasis: end.costBasis,
    run: start.metadata?.["run"],
    step: start.metadata?.["step"]
  })
  return `${head}${usual},${own.slice(1)}`
}

/** Fields that most calls have in common with one before them. */
interface Usual {
  readonly route: string
  readonly model: string
  readonly stream: boolean
  readonly caller: string | undefined
  readonly outcome: string
  readonly reason: string | undefined
  readonly status: number | undefined
  readonly provider: string | undefined
  readonly servedModel: string | undefined
  readonly attempts: number
  readonly fellBack: boolean
}

const isSame = (one: Usual, other: Usual): boolean =>
  one.route === other.route &&
  one.model === other.model &&
  one.stream === other.stream &&
  one.caller === other.caller &&
  one.outcome === other.outcome &&
  one.reason === other.reason &&
  one.status === other.status &&
  one.provider === other.provider &&
  one.servedModel === other.servedModel &&
  one.attempts === other.attempts &&
  one.fellBack === other.fellBack

/** Without braces. */
const usualFields = Recent.make(isSame, (fields): string => JSON.stringify(fields).slice(1, -1))

/** `12:30:01.250 answered smart -> openai/gpt-5.2 in 812 ms, 2 attempts (mine/llama-4: RateLimited), 120+45 tokens, $0.0021`. @stability stable @category conversions @since 0.1.0 */
export const pretty = ({ attempts, end, start }: EndedCall): string => {
  const served = end.served === undefined ? "" : ` -> ${end.served.provider}/${end.served.model}`
  const reason = end.reason === undefined ? "" : ` (${end.reason})`
  const failures = failuresOf(attempts)
  const tries = end.attempts === 1 ? "" : `, ${end.attempts} attempts`
  const tokens =
    end.usage === undefined ? "" : `, ${end.usage.inputTokens ?? "?"}+${end.usage.outputTokens ?? "?"} tokens`
  const cost = end.costUsd === undefined ? "" : `, $${Number(end.costUsd.toPrecision(3))}`
  const time = timeOf(end.endedAt).slice(11, 23)
  return `${time} ${end.outcome}${reason} ${start.route}${served} in ${Math.round(end.durationMs)} ms${tries}${failures === undefined ? "" : ` (${failures.join(", ")})`}${tokens}${cost} ${start.id}`
}

/** The last one that was written: under load many calls end in the same millisecond, and nearly all in the same second. */
let last = { at: Number.NaN, text: "", second: Number.NaN, begins: "" }

const timeOf = (at: number): string => {
  if (at === last.at) return last.text
  const second = Math.floor(at / 1000)
  const begins = second === last.second ? last.begins : new Date(second * 1000).toISOString().slice(0, -4)
  const millis = Math.floor(at) - second * 1000
  const text = `${begins}${millis < 10 ? "00" : millis < 100 ? "0" : ""}${millis}Z`
  last = { at, text, second, begins }
  return text
}

const failuresOf = (attempts: EndedCall["attempts"]): ReadonlyArray<string> | undefined => {
  if (attempts.length === 1 && attempts[0]?.outcome === "answered") return undefined
  const failures = attempts.flatMap(({ model, outcome, provider, reason }) =>
    outcome === "failed" ? [`${provider}/${model}: ${reason ?? "failed"}`] : []
  )
  return failures.length === 0 ? undefined : failures
}

const rounded = (millis: number | undefined): number | undefined =>
  millis === undefined ? undefined : Math.round(millis * 100) / 100

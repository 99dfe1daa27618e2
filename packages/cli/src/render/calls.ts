/**
 * The ledger as text: recent calls under one another with their totals, and one call as a time line.
 */
import type { AppEvent, AttemptRow, CallRow, CallStory, Page, Totals } from "@orelse/core/layer/Ledger"
import { columns, count, duration, type Style, visible } from "./text.ts"

const colors: Readonly<Record<CallRow["outcome"], keyof Style>> = {
  answered: "good",
  failed: "bad",
  cancelled: "warn",
  unfinished: "warn",
  running: "dim"
}

/**
 * One line a call, newest first, then the totals of all calls that were asked for. Where they are those of one run, its events stand
 * among them, and the oldest comes first: a story. Times are local.
 */
export const table = (page: Page, style: Style): string => {
  const { calls, events = [] } = visible(page)
  if (calls.length + events.length === 0) return "No call on record fits."
  const rows = events.length === 0 ? calls.map((call) => callLine(call, style)) : storyLines(calls, events, style)
  const used = rows[0]?.map((_, index) => index).filter((index) => rows.some((row) => row[index] !== "")) ?? []
  const lines = [columns(rows.map((row) => used.map((index) => row[index] ?? ""))), "", totals(page.totals)]
  if (page.next !== undefined) lines.push(style.dim(`more: --cursor ${page.next}`))
  return lines.join("\n")
}

const callLine = (call: CallRow, style: Style): ReadonlyArray<string> => [
  style.dim(time(call.startedAt)),
  style[colors[call.outcome]](call.outcome),
  call.reason ?? "",
  call.route,
  served(call),
  call.attempts === undefined ? "" : count(call.attempts, "attempt"),
  call.durationMs === undefined ? "" : duration(call.durationMs),
  tokens(call),
  money(call.costUsd),
  style.dim(call.id)
]

const storyLines = (
  calls: ReadonlyArray<CallRow>,
  events: ReadonlyArray<AppEvent>,
  style: Style
): ReadonlyArray<ReadonlyArray<string>> =>
  [
    ...events.map((event) => ({ at: event.at, line: [style.dim(time(event.at)), ...eventCells(event)] })),
    ...calls.toReversed().map((call) => ({ at: call.startedAt, line: callLine(call, style) }))
  ]
    .toSorted((a, b) => a.at - b.at)
    .map(({ line }) => line)

/** The type where a call has its outcome, the step where it has its route. */
const eventCells = ({ metadata, type }: AppEvent): ReadonlyArray<string> => [
  type,
  "",
  String(metadata["step"] ?? ""),
  "",
  "",
  "",
  "",
  "",
  ""
]

/** `1,204 calls, 1,310 attempts, 1,020,300 + 88,120 tokens, 3.21 USD` */
export const totals = (sum: Totals): string =>
  [
    `${grouped(sum.calls)} ${sum.calls === 1 ? "call" : "calls"}`,
    `${grouped(sum.attempts)} ${sum.attempts === 1 ? "attempt" : "attempts"}`,
    `${grouped(sum.inputTokens)} + ${grouped(sum.outputTokens)} tokens`,
    money(sum.costUsd) || "0 USD"
  ].join(", ")

/** One call: who asked for what, then what happened and when, in milliseconds after its start, then how it ended. */
export const timeline = (told: CallStory, style: Style): string => {
  const story = visible(told)
  const { call } = story
  return [
    `${style.bold(call.id)}  ${style[colors[call.outcome]](call.outcome)}${call.reason === undefined ? "" : ` (${call.reason})`}`,
    columns(facts(call), "  "),
    "",
    columns(
      moments(story, style)
        .toSorted((a, b) => a.at - b.at)
        .map(({ at, text }) => [style.dim(offset(at - call.startedAt)), text]),
      "  "
    )
  ].join("\n")
}

interface Moment {
  readonly at: number
  readonly text: string
}

const facts = (call: CallRow): ReadonlyArray<ReadonlyArray<string>> => {
  const fields: ReadonlyArray<readonly [string, string | undefined]> = [
    ["started", time(call.startedAt)],
    ["route", call.route === call.model ? call.route : `${call.route} (asked for ${call.model})`],
    ["kind", `${call.operation}, ${call.dialect}${call.stream ? ", streamed" : ""}`],
    ["caller", call.caller],
    ["served by", served(call) || undefined],
    [
      "attempts",
      call.attempts === undefined ? undefined : `${call.attempts}${call.fellBack === true ? ", fell back" : ""}`
    ],
    ["status", call.status === undefined ? undefined : String(call.status)],
    ["took", took(call)],
    ["tokens", tokens(call) || undefined],
    [
      "cost",
      call.costUsd === undefined ? call.costBasis : `${money(call.costUsd) || "0 USD"} (${call.costBasis ?? "unknown"})`
    ],
    ["metadata", metadata(call)],
    ["tags", call.tags?.join(", ")]
  ]
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
}

const took = (call: CallRow): string | undefined => {
  if (call.durationMs === undefined) return undefined
  const first = call.firstContentMs === undefined ? "" : `, first content after ${duration(call.firstContentMs)}`
  const own = call.overheadMs === undefined ? "" : `, ${Number(call.overheadMs.toFixed(2))} ms of it our own`
  return `${duration(call.durationMs)}${first}${own}`
}

const metadata = (call: CallRow): string | undefined =>
  call.metadata === undefined
    ? undefined
    : Object.entries(call.metadata)
        .map(([key, value]) => `${key}=${value}`)
        .join(" ")

const moments = ({ attempts, call, events }: CallStory, style: Style): Array<Moment> => {
  const end = call.endedAt ?? (call.durationMs === undefined ? undefined : call.startedAt + call.durationMs)
  return [
    { at: call.startedAt, text: "the call arrives" },
    ...attempts.flatMap((attempt) => attemptMoments(attempt, style)),
    ...events.map((event) => ({ at: event.at, text: style.dim(eventText(event)) })),
    ...(end === undefined ? [] : [{ at: end, text: style[colors[call.outcome]](`the call is ${call.outcome}`) }])
  ]
}

const attemptMoments = (attempt: AttemptRow, style: Style): ReadonlyArray<Moment> => {
  const who = `${attempt.ordinal}. ${attempt.provider}/${attempt.model} (${attempt.credential})`
  const waited = attempt.waitedBeforeMs > 0 ? `, after a wait of ${duration(attempt.waitedBeforeMs)}` : ""
  const began = { at: attempt.startedAt, text: `${who} is asked${waited}` }
  if (attempt.outcome === "running" || attempt.outcome === "unfinished")
    return [began, { at: attempt.startedAt, text: style.warn(`${attempt.ordinal}. ${attempt.outcome}`) }]
  const first =
    attempt.firstContentMs === undefined
      ? []
      : [{ at: attempt.startedAt + attempt.firstContentMs, text: `${attempt.ordinal}. first content` }]
  return [began, ...first, { at: attempt.startedAt + attempt.durationMs, text: attemptEnd(attempt, style) }]
}

/** `1. RateLimited 429 after 310 ms, asked to wait 2 s → nextTarget: slow down` */
const attemptEnd = (attempt: AttemptRow, style: Style): string => {
  const after = `after ${duration(attempt.durationMs)}`
  if (attempt.outcome === "answered") return `${attempt.ordinal}. ${style.good("answered")} ${after}${spent(attempt)}`
  if (attempt.outcome === "cancelled") return `${attempt.ordinal}. ${style.warn("cancelled")} ${after}${spent(attempt)}`
  const reason = [attempt.reason ?? "failed", attempt.status].filter((part) => part !== undefined).join(" ")
  const asked = attempt.retryAfterMs === undefined ? "" : `, asked to wait ${duration(attempt.retryAfterMs)}`
  const then = attempt.action === undefined ? "" : ` → ${attempt.action}`
  const message = attempt.message === undefined || attempt.message === "" ? "" : style.dim(`: ${attempt.message}`)
  return `${attempt.ordinal}. ${style.bad(reason)} ${after}${asked}${spent(attempt)}${then}${message}`
}

const spent = (attempt: AttemptRow): string =>
  [tokens(attempt), money(attempt.costUsd)]
    .filter((part) => part !== "")
    .map((part) => `, ${part}`)
    .join("")

const eventText = ({ metadata, type }: AppEvent): string => {
  const step = metadata["step"]
  return step === undefined ? type : `${type} ${step}`
}

const served = ({ served }: CallRow): string => (served === undefined ? "" : `${served.provider}/${served.model}`)

const tokens = ({ usage }: Pick<CallRow, "usage">): string =>
  usage?.inputTokens === undefined && usage?.outputTokens === undefined
    ? ""
    : `${grouped(usage.inputTokens)} + ${grouped(usage.outputTokens)} tokens`

const grouped = (amount: number | undefined): string =>
  amount === undefined ? "?" : String(amount).replaceAll(/\B(?=(\d{3})+$)/g, ",")

/** Four significant digits, for a call costs a fraction of a cent; and no fewer than the cents of what many cost. */
const money = (usd: number | undefined): string =>
  usd === undefined || usd === 0 ? "" : `${Number(usd < 100 ? usd.toPrecision(4) : usd.toFixed(2))} USD`

const offset = (millis: number): string => `${millis < 0 ? "-" : "+"}${duration(Math.abs(millis))}`

/** Local, to the second: `2026-11-21 04:40:00`. */
const time = (millis: number): string => {
  const date = new Date(millis)
  const two = (part: number) => String(part).padStart(2, "0")
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

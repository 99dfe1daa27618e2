/** Results as Markdown: the table of targets, then every figure. The terminal prints the same. */
import { figure } from "./Stats.ts"
import { bareThere, slowness, targets, verdict } from "./Targets.ts"
import type { Result } from "./Targets.ts"

const line = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const table = (head: ReadonlyArray<string>, body: ReadonlyArray<ReadonlyArray<string>>): string =>
  [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n")

const limit = (better: "lower" | "higher", text: string): string => `${better === "lower" ? "≤" : "≥"} ${text}`

/** Target, measured, first, goal, verdict. */
export const ofTargets = (result: Result): string =>
  table(
    ["what", "measured", "first", "goal", "reached"],
    targets.map((target) => {
      const value = target.measure(result)
      const first = limit(target.better, target.write(target.first))
      const goal = limit(target.better, target.write(target.goal))
      return [
        target.what,
        value === undefined ? "–" : `**${target.write(value)}**`,
        first,
        goal,
        verdict(target, value)
      ]
    })
  )

/** How the machine stands to the one that the targets were set on, and what its times are there by that measure; no verdict. */
export const ofMachine = (result: Result): string => {
  const slower = slowness(result)
  if (slower === undefined) return ""
  const times = targets.flatMap((target) => {
    const value = target.time === undefined ? undefined : target.measure(result)
    return value === undefined ? [] : [`${target.what}: ${target.write(value / slower)}`]
  })
  return `The targets were set on a machine on which the bare proxy takes ${bareThere} µs of CPU per request; here it took ${digits(slower * bareThere)} µs, ${slower.toFixed(2)} times that. Divided by it, which judges nothing: ${times.join("; ")}.`
}

/** What was measured beside its target, and no verdict: for runs too short to judge by. */
export const ofRatios = (result: Result): string =>
  table(
    ["what", "measured", "first target"],
    targets.flatMap((target) => {
      const value = target.measure(result)
      return value === undefined
        ? []
        : [[target.what, target.write(value), limit(target.better, target.write(target.first))]]
    })
  )

const digits = (value: number): string =>
  Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString("en-US") : value.toFixed(value < 10 ? 2 : 1)

/** One row of the benchmark: each subject's medians, lowest to highest in brackets. */
export const ofRow = (result: Result, name: string): string => {
  const subjects = Object.entries(result.rows[name] ?? {})
  const metrics = [...new Set(subjects.flatMap(([, samples]) => Object.keys(samples)))]
  const cell = (values: ReadonlyArray<number> | undefined): string => {
    if (values === undefined || values.length === 0) return "–"
    const { median, low, high } = figure(values)
    return values.length === 1 ? digits(median) : `${digits(median)} (${digits(low)} … ${digits(high)})`
  }
  return table(
    [name, ...metrics],
    subjects.map(([subject, samples]) => [subject, ...metrics.map((metric) => cell(samples[metric]))])
  )
}

/**
 * Instruments as the text that Prometheus scrapes (exposition format 0.0.4).
 *
 * A name gets its unit and `_total` here, as `promtool check metrics` wants it: `orelse.call.duration` in seconds is
 * `orelse_call_duration_seconds`, the counter `orelse.calls` is `orelse_calls_total`.
 */
import type { Counter, Family, Histogram, Series } from "./Instruments.ts"

/** What `/metrics` answers with. @stability experimental @category constants @since 0.1.0 */
export const contentType = "text/plain; version=0.0.4; charset=utf-8"

/**
 * All families, each with its HELP and TYPE; families without a series are left out.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const render = (families: ReadonlyArray<Family>): string => {
  let text = ""
  for (const family of families) {
    const name = nameOf(family)
    const lines =
      family.type === "histogram"
        ? family.series().flatMap((series) => histogramLines(name, family.labels, family.bounds, series))
        : family.series().map((series) => line(name, family.labels, series))
    if (lines.length > 0)
      text += `# HELP ${name} ${escapeHelp(family.help)}\n# TYPE ${name} ${family.type}\n${lines.join("")}`
  }
  return text
}

const units: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes" }

const nameOf = (family: Family): string =>
  family.name.replaceAll(".", "_") + (units[family.unit ?? ""] ?? "") + (family.type === "counter" ? "_total" : "")

const line = (name: string, labels: ReadonlyArray<string>, series: Series<Counter>): string =>
  `${name}${braces(pairs(labels, series.values))} ${series.state.value}\n`

const histogramLines = (
  name: string,
  labels: ReadonlyArray<string>,
  bounds: ReadonlyArray<number>,
  { state, values }: Series<Histogram>
): ReadonlyArray<string> => {
  const own = pairs(labels, values)
  const with_ = (bound: string) => braces([...own, `le="${bound}"`])
  let below = 0
  const buckets = bounds.map((bound, index) => {
    below += state.counts[index] ?? 0
    return `${name}_bucket${with_(String(bound))} ${below}\n`
  })
  return [
    ...buckets,
    `${name}_bucket${with_("+Inf")} ${state.count}\n`,
    `${name}_sum${braces(own)} ${state.sum}\n`,
    `${name}_count${braces(own)} ${state.count}\n`
  ]
}

const pairs = (labels: ReadonlyArray<string>, values: ReadonlyArray<string>): ReadonlyArray<string> =>
  labels.map((label, index) => `${label}="${escapeValue(values[index] ?? "")}"`)

const braces = (inner: ReadonlyArray<string>): string => (inner.length === 0 ? "" : `{${inner.join(",")}}`)

const escapeHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")

const escapeValue = (text: string): string => escapeHelp(text).replaceAll('"', '\\"')

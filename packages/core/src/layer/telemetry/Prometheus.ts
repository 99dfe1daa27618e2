/**
 * Instruments as the text that Prometheus scrapes: the one file that knows effect's `PrometheusMetrics`.
 *
 * A name gets its unit and `_total` here, as `promtool check metrics` wants it: `orelse.call.duration` in seconds is
 * `orelse_call_duration_seconds`, the counter `orelse.calls` is `orelse_calls_total`.
 */
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import type { Instruments } from "./Instruments.ts"

/** What `/metrics` answers with. @stability experimental @category constants @since 0.1.0 */
export const contentType = "text/plain; version=0.0.4; charset=utf-8"

/** All families, each with its HELP and TYPE. @stability experimental @category conversions @since 0.1.0 */
export const render = ({ context, kinds }: Instruments): string =>
  PrometheusMetrics.formatUnsafe(context, {
    metricNameMapper: (name) => {
      const kind = kinds.get(name)
      return name + (units[kind?.unit ?? ""] ?? "") + (kind?.type === "counter" ? "_total" : "")
    }
  })

const units: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes" }

/**
 * An OpenTelemetry collector's stand-in on a loopback port: it takes OTLP over HTTP as JSON, refuses what is not, and keeps it.
 */
import * as Json from "@orelse/core/domain/Json"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

/** A span as a reader of traces sees it. */
export interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly kind: number
  readonly statusCode: number
  readonly durationMs: number
  readonly attributes: ReadonlyMap<string, string | number | boolean>
}

/** A histogram as it came last. */
export interface Histogram {
  readonly unit: string
  readonly bounds: ReadonlyArray<number>
  /** The attributes of each series. */
  readonly series: ReadonlyArray<ReadonlyMap<string, string | number | boolean>>
}

export interface Collector {
  readonly url: string
  readonly spans: () => ReadonlyArray<Span>
  /** Names of all metrics that came. */
  readonly metrics: () => ReadonlySet<string>
  readonly histogram: (name: string) => Histogram | undefined
  /** `service.name` of what came. */
  readonly services: () => ReadonlySet<string>
  /** All that came, as it came. */
  readonly text: () => string
  readonly headers: () => ReadonlyArray<IncomingHttpHeaders>
  readonly close: () => Promise<void>
}

/** Starts a collector. */
export const start = async (): Promise<Collector> => {
  const bodies: Array<{ readonly path: string; readonly body: Json.Json; readonly text: string }> = []
  const headers: Array<IncomingHttpHeaders> = []
  const server = createServer((request, response) => {
    const parts: Array<Buffer> = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", () => {
      const text = Buffer.concat(parts).toString("utf8")
      const body = Json.parse(text)
      const path = request.url ?? ""
      const isOtlp = request.method === "POST" && /^\/v1\/(traces|metrics)$/.test(path)
      headers.push(request.headers)
      if (!isOtlp || body === undefined || request.headers["content-type"] !== "application/json")
        return response.writeHead(400).end()
      bodies.push({ path, body, text })
      return response.writeHead(200, { "content-type": "application/json" }).end("{}")
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const under = (path: string, key: string) =>
    bodies.filter((one) => one.path === path).flatMap(({ body }) => find(body, key))
  return {
    url: `http://127.0.0.1:${port}`,
    spans: () => under("/v1/traces", "spans").map(toSpan),
    metrics: () => new Set(under("/v1/metrics", "metrics").map((metric) => textOf(metric, "name"))),
    histogram: (name) => {
      const last = under("/v1/metrics", "metrics").findLast((metric) => textOf(metric, "name") === name)
      return last === undefined ? undefined : toHistogram(last)
    },
    services: () =>
      new Set(
        bodies.flatMap(({ body }) =>
          find(body, "attributes").flatMap((one) =>
            Json.at(one, "key") === "service.name" ? [Json.string(Json.at(one, "value", "stringValue")) ?? ""] : []
          )
        )
      ),
    text: () => bodies.map(({ text }) => text).join("\n"),
    headers: () => headers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

/** The members of every list under this key, wherever it is. */
const find = (value: unknown, key: string): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) return value.flatMap((one) => find(one, key))
  return Object.entries(Json.object(value) ?? {}).flatMap(([name, inner]) =>
    name === key ? Json.array(inner) : find(inner, key)
  )
}

const textOf = (value: unknown, key: string): string => Json.string(Json.at(value, key)) ?? ""

const toSpan = (span: unknown): Span => ({
  name: textOf(span, "name"),
  traceId: textOf(span, "traceId"),
  spanId: textOf(span, "spanId"),
  parentSpanId: Json.string(Json.at(span, "parentSpanId")),
  kind: Number(Json.at(span, "kind")),
  statusCode: Number(Json.at(span, "status", "code")),
  durationMs: Number(BigInt(textOf(span, "endTimeUnixNano")) - BigInt(textOf(span, "startTimeUnixNano"))) / 1_000_000,
  attributes: toAttributes(span)
})

const toHistogram = (metric: unknown): Histogram => {
  const points = Json.array(Json.at(metric, "histogram", "dataPoints"))
  return {
    unit: textOf(metric, "unit"),
    bounds: Json.array(Json.at(points[0], "explicitBounds")).map(Number),
    series: points.map(toAttributes)
  }
}

/** Lists are joined by commas. */
const toAttributes = (holder: unknown): Span["attributes"] =>
  new Map(
    Json.array(Json.at(holder, "attributes")).map((one) => {
      const value = Object.values(Json.object(Json.at(one, "value")) ?? {})[0]
      const items = Json.array(Json.at(value, "values")).map((item) => textOf(item, "stringValue"))
      return [textOf(one, "key"), typeof value === "object" ? items.join(",") : (value ?? "")]
    })
  )

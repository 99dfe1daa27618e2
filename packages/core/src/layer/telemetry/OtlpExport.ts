/**
 * Sends spans and metrics to an OpenTelemetry collector: the one file that knows `effect/observability`.
 *
 * It listens to `Telemetry` and hands spans to effect's exporter, which batches them, retries, pauses for a minute when the
 * collector is away, and flushes when the scope closes. Without this layer nothing is built and nothing is sent.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as OtlpExporter from "effect/observability/OtlpExporter"
import * as OtlpMetrics from "effect/observability/OtlpMetrics"
import * as OtlpResource from "effect/observability/OtlpResource"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as Scope from "effect/Scope"
import * as Redaction from "../../domain/Redaction.ts"
import { Telemetry } from "../Telemetry.ts"
import * as Gathered from "./Gathered.ts"
import * as GenAi from "./GenAi.ts"
import * as GenAiMetrics from "./GenAiMetrics.ts"
import * as Outbox from "./Outbox.ts"

/** Where to, how often and under which name. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** The collector's base URL (`http://127.0.0.1:4318`): `/v1/traces` and `/v1/metrics` are added. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** `orelse` by default. */
  readonly serviceName?: string | undefined
  readonly serviceVersion?: string | undefined
  /** Spans are sent this often, or when 512 wait; 5 seconds by default. */
  readonly spanInterval?: Duration.Duration | undefined
  /** Metrics are sent this often; 10 seconds by default. */
  readonly metricInterval?: Duration.Duration | undefined
  /** The profile row of a provider, where its name is not that of one: by this it gets its conventional name. */
  readonly familyOf?: ((provider: string) => string) | undefined
  /** A provider's address, of which spans tell host and port. */
  readonly urlOf?: ((provider: string) => string | undefined) | undefined
  /** Whether a metric may have this `provider/model` as a label; others are `other`. All may by default. */
  readonly isKnown?: ((target: string) => boolean) | undefined
}

/**
 * Exports until its scope closes; needs an HTTP client. Portions are large (a megabyte under load), and `fetch` copies each twice: undici costs a
 * third of it.
 *
 * @stability stable
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options) =>
  Layer.effectDiscard(listen(options)).pipe(
    Layer.provide([OtlpExporter.layerFlusher, OtlpSerialization.layerJson, watched])
  )

/** How long a collector may take for a portion: OTLP's own default. */
const patience = Duration.seconds(10)

/**
 * Portions that may be under way at once. The exporter sends the next one whether or not the last was taken: those of a collector that takes
 * connections and says nothing would all lie in memory, hundreds of megabytes within a minute.
 */
const mostUnderWay = 16

/**
 * Says in the log when the collector does not take what it is sent, and when it does again: once each, not with every portion. What it takes too
 * long for, or has too much of already, is lost as well.
 */
const watched = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, (client) => {
    let isAway = false
    let underWay = 0
    const say = (why: string | undefined) =>
      Effect.suspend(() => {
        if (isAway === (why !== undefined)) return Effect.void
        isAway = why !== undefined
        return why === undefined
          ? Effect.logInfo("Telemetry: the collector takes spans and metrics again")
          : Effect.logWarning(
              "Telemetry: the collector does not take spans and metrics; they are lost until it does",
              why
            )
      })
    const bounded = HttpClient.transform(client, (answer, request) =>
      Effect.suspend(() => {
        if (underWay >= mostUnderWay)
          return Effect.andThen(say(`it has not answered ${underWay} requests yet`), Effect.fail(givenUp(request)))
        underWay += 1
        return answer.pipe(
          Effect.tap((response) => Effect.ignore(response.arrayBuffer)),
          Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(late(request)) }),
          Effect.ensuring(
            Effect.sync(() => {
              underWay -= 1
            })
          )
        )
      })
    )
    return bounded.pipe(
      HttpClient.tap(({ status }) => say(status < 400 ? undefined : `it answers ${status}`)),
      HttpClient.tapError((error) => say(Redaction.redact(whyOf(error))))
    )
  })
)

/** What the connection, or a proxy on the way, said is in the cause alone. */
const whyOf = ({ message, reason }: HttpClientError.HttpClientError): string => {
  const cause = "cause" in reason ? reason.cause : undefined
  return cause instanceof Error && cause.message !== "" ? `${message}: ${cause.message}` : message
}

type Request = HttpClientRequest.HttpClientRequest

/** Tried again. */
const late = (request: Request) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({
      request,
      description: `no answer within ${Duration.format(patience)}`
    })
  })

/** Not tried again: the exporter pauses. */
const givenUp = (request: Request) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.EncodeError({ request, description: "too many requests are under way" })
  })

const listen = Effect.fnUntraced(function* (options: Options) {
  const telemetry = yield* Telemetry
  const named = { serviceName: options.serviceName ?? "orelse", serviceVersion: options.serviceVersion }
  const head = `{"resourceSpans":[{"resource":${JSON.stringify(OtlpResource.make(named))},"scopeSpans":[{"scope":{"name":"orelse"},"spans":[`
  const outbox = Outbox.make(head, "]}]}]}")
  const nameOf = (provider: string) => conventionalName(options.familyOf?.(provider) ?? provider)
  const common = { headers: options.headers, shutdownTimeout: Duration.seconds(3) }
  const base = options.url.replace(/\/+$/, "")

  // Each has its own end, and both go on at once: a collector that is away holds up a gateway that stops only once.
  const ends = yield* Scope.fork(yield* Effect.scope, "parallel")
  const besides = <A, E, R>(exporter: Effect.Effect<A, E, R>) =>
    Effect.flatMap(Scope.fork(ends), (end) => Scope.provide(exporter, end))

  yield* OtlpMetrics.make({
    ...common,
    url: `${base}/v1/metrics`,
    resource: named,
    exportInterval: options.metricInterval ?? Duration.seconds(10)
  }).pipe(besides, Effect.provide(telemetry.instruments.context))
  const exporter = yield* OtlpExporter.make({
    ...common,
    label: "OrelseTraces",
    url: `${base}/v1/traces`,
    exportInterval: options.spanInterval ?? Duration.seconds(5),
    maxBatchSize: 256,
    body: (calls: Array<number>) => {
      const { bytes, sent } = outbox.portion(calls)
      return [HttpBody.uint8Array(bytes, "application/json"), Effect.sync(sent)]
    }
  }).pipe(besides)
  const isKnown = options.isKnown ?? (() => true)
  const modelOf = (provider: string, model: string) => (isKnown(`${provider}/${model}`) ? model : "other")
  const count = GenAiMetrics.make(telemetry.instruments, nameOf, modelOf)
  yield* Gathered.run((calls) => {
    for (const call of calls) {
      count(call)
      if (GenAi.spans(outbox.next(), call, nameOf, options.urlOf)) exporter.push(outbox.take())
    }
  })
})

/** Values of `gen_ai.provider.name` that the conventions list; all others are called as we call them. */
const conventional: Readonly<Record<string, string>> = {
  gemini: "gcp.gemini",
  google: "gcp.gemini",
  vertex: "gcp.vertex_ai",
  azure: "azure.ai.openai",
  "azure-openai": "azure.ai.openai",
  bedrock: "aws.bedrock",
  "bedrock-converse": "aws.bedrock",
  xai: "x_ai",
  moonshot: "moonshot_ai",
  mistral: "mistral_ai",
  watsonx: "ibm.watsonx.ai",
  "openai-chat": "openai",
  "openai-responses": "openai",
  "anthropic-messages": "anthropic"
}

const conventionalName = (family: string): string => conventional[family] ?? family

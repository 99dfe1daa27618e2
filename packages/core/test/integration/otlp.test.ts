import { assert, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import * as Telemetry from "@orelse/core/layer/Telemetry"
import * as OtlpExport from "@orelse/core/layer/telemetry/OtlpExport"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import { ended, fellBack } from "../layer/telemetry/calls.ts"

/** A collector on loopback that keeps what it is sent, by path. */
const collector = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly got: Map<string, Array<Json.Json>>; readonly close: () => void }>(
    (resume) => {
      const got = new Map<string, Array<Json.Json>>()
      const server = createServer((request, response) => {
        const parts: Array<Buffer> = []
        request.on("data", (part: Buffer) => parts.push(part))
        request.on("end", () => {
          const path = request.url ?? ""
          got.set(path, [...(got.get(path) ?? []), Json.parse(Buffer.concat(parts).toString()) ?? null])
          assert.isUndefined(request.headers["traceparent"])
          response.writeHead(200, { "content-type": "application/json", connection: "close" }).end("{}")
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}/`, got, close: () => server.close() }))
      })
    }
  ),
  ({ close }) => Effect.sync(close)
)

/** All objects under `key`, wherever they are. */
const under = (value: unknown, key: string): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) return value.flatMap((one) => under(one, key))
  const object = Json.object(value)
  if (object === undefined) return []
  return Object.entries(object).flatMap(([name, inner]) => (name === key ? Json.array(inner) : under(inner, key)))
}

const namesOf = (list: ReadonlyArray<unknown>) => list.map((one) => Json.string(Json.at(one, "name")))

const attributeKeys = (value: unknown) => Json.array(Json.at(value, "attributes")).map((one) => Json.at(one, "key"))

describe("OtlpExport", () => {
  it.live("sends a collector the spans and metrics of finished calls, and flushes when its scope closes", () =>
    Effect.gen(function* () {
      const { got, url } = yield* collector
      const telemetry = Telemetry.make()
      const live = OtlpExport.layer({ url, serviceName: "gateway" }).pipe(
        Layer.provide([Layer.succeed(Telemetry.Telemetry, telemetry), FetchHttpClient.layer])
      )
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Layer.build(live)
          for (const call of [fellBack, ended()]) {
            for (const attempt of call.attempts) telemetry.attemptEnd(attempt)
            telemetry.callEnd(call)
          }
        })
      )
      const spans = under(got.get("/v1/traces"), "spans")
      assert.deepStrictEqual(namesOf(spans), [
        "chat smart",
        "chat claude",
        "chat gpt-5.2",
        "chat smart",
        "chat gpt-5.2"
      ])
      for (const span of spans) {
        assert.match(Json.string(Json.at(span, "traceId")) ?? "", /^[0-9a-f]{32}$/)
        assert.match(Json.string(Json.at(span, "spanId")) ?? "", /^[0-9a-f]{16}$/)
        assert.includeMembers(attributeKeys(span), [
          "gen_ai.operation.name",
          "gen_ai.provider.name",
          "gen_ai.request.model"
        ])
      }
      const [, failed] = spans
      const provider = Json.array(Json.at(failed, "attributes")).find(
        (one) => Json.at(one, "key") === "gen_ai.provider.name"
      )
      assert.strictEqual(Json.at(provider, "value", "stringValue"), "aws.bedrock")
      assert.includeMembers(attributeKeys(failed), ["error.type"])
      const metrics = under(got.get("/v1/metrics"), "metrics")
      assert.includeMembers(namesOf(metrics), [
        "gen_ai.client.operation.duration",
        "gen_ai.client.operation.time_to_first_chunk",
        "gen_ai.client.token.usage",
        "orelse.calls",
        "orelse.attempts",
        "orelse.tokens"
      ])
      const resource = Json.at(got.get("/v1/traces"), 0, "resourceSpans", 0, "resource")
      assert.include(JSON.stringify(resource), "gateway")
    }).pipe(Effect.scoped)
  )

  it.live("keeps calls going when nobody listens at the collector's address", () =>
    Effect.gen(function* () {
      const telemetry = Telemetry.make()
      const live = OtlpExport.layer({ url: "http://127.0.0.1:9" }).pipe(
        Layer.provide([Layer.succeed(Telemetry.Telemetry, telemetry), FetchHttpClient.layer])
      )
      yield* Effect.scoped(
        Effect.andThen(
          Layer.build(live),
          Effect.sync(() => telemetry.callEnd(ended()))
        )
      )
      assert.include(telemetry.prometheus(), `orelse_calls_total{route="smart"`)
    })
  )
})

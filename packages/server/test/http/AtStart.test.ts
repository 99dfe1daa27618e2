import { assert, describe, it } from "@effect/vitest"
import { decode } from "@orelse/core/layer/config/Config"
import * as Result from "effect/Result"
import * as AtStart from "../../src/http/AtStart.ts"

const yaml = `
server: { host: 127.0.0.1, port: 4100, drainTimeout: 30s, headersTimeout: 30s, requestTimeout: 2m, maxBodySize: 1MiB }
ledger: { store: postgres, url: "postgres://u:secret@db/orelse", retention: 30d, bodies: none }
state: { store: redis, url: "redis://:secret@cache:6379" }
telemetry: { otlp: "http://collector:4318", headers: { x-key: secret } }
`
const configOf = (text: string) => Result.getOrThrow(decode(text, { env: {}, file: "test.yaml" }))

describe("AtStart.changed", () => {
  it("names nothing where the same is read again, secrets and durations included", () => {
    assert.deepStrictEqual(AtStart.changed(configOf(yaml), configOf(yaml)), [])
  })

  for (const [before, after, name] of [
    ["127.0.0.1", "0.0.0.0", "server.host"],
    ["port: 4100", "port: 4101", "server.port"],
    ["drainTimeout: 30s", "drainTimeout: 31s", "server.drainTimeout"],
    ["headersTimeout: 30s", "headersTimeout: 31s", "server.headersTimeout"],
    ["requestTimeout: 2m", "requestTimeout: 3m", "server.requestTimeout"],
    ["retention: 30d", "retention: 31d", "ledger"],
    ["u:secret@db", "u:other@db", "ledger"],
    [":secret@cache", ":other@cache", "state"],
    ["x-key: secret", "x-key: other", "telemetry"]
  ] as const)
    it(`names ${name} where ${before} becomes ${after}`, () => {
      assert.deepStrictEqual(AtStart.changed(configOf(yaml), configOf(yaml.replace(before, after))), [name])
    })

  it("names nothing that a reload puts in force", () => {
    const other = yaml.replace("1MiB", "2MiB").replace("bodies: none", "bodies: full")
    assert.deepStrictEqual(AtStart.changed(configOf(yaml), configOf(`${other}\nroutes: { a: demo/echo }`)), [])
  })
})

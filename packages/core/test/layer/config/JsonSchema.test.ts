import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as JsonSchema from "effect/JsonSchema"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaRepresentation from "effect/SchemaRepresentation"
import { parse } from "yaml"
import * as Json from "../../../src/domain/Json.ts"
import * as Reason from "../../../src/domain/Reason.ts"
import * as Config from "../../../src/layer/config/Config.ts"
import { decoded, examples, mutilated } from "./helpers.ts"

describe("Config.jsonSchema", () => {
  const schema = Json.object(Json.parse(JSON.stringify(Config.jsonSchema()))) ?? {}
  const {
    $defs = {},
    $schema: _,
    ...rest
  } = Config.jsonSchema() as JsonSchema.JsonSchema & {
    readonly $defs?: JsonSchema.Definitions
  }
  const document: JsonSchema.Document<"draft-2020-12"> = { dialect: "draft-2020-12", schema: rest, definitions: $defs }
  const again = SchemaRepresentation.fromJsonSchemaDocument(document, { patterns: "apply" }) as Schema.Codec<unknown>
  const decode = Schema.decodeUnknownResult(again, { onExcessProperty: "error" })
  const accepts = (text: string) => Result.isSuccess(decode(parse(text, { merge: true })))

  it("knows the same keys as the Schema, and no others", () => {
    assert.strictEqual(schema["additionalProperties"], false)
    const keys = Object.keys(Json.object(schema["properties"]) ?? {})
    assert.includeMembers(keys, [
      "server",
      "providers",
      "routes",
      "policies",
      "callers",
      "ledger",
      "state",
      "telemetry"
    ])
  })
  it("has a row for every reason of a policy", () => {
    const on = Json.at(schema, "$defs", "Policy", "properties", "on", "properties")
    assert.sameMembers(Object.keys(Json.object(on) ?? {}), [...Reason.tags])
  })
  it("lets routes nest by a definition that refers to itself", () => {
    assert.include(JSON.stringify(schema["$defs"]), '"#/$defs/RouteElement"')
    assert.include(JSON.stringify(Json.at(schema, "properties", "routes")), '"#/$defs/RouteElement"')
  })
  it("accepts what the decoder accepts and refuses what it refuses, read back as a schema of its own", () => {
    for (const example of examples) assert.isTrue(accepts(example), example)
    assert.isTrue(accepts('server: { port: "${PORT}", drainTimeout: "${DRAIN:-5s}" }'))
    for (const text of [
      "servr: {}",
      "server: { port: 70000 }",
      "server: { port: x }",
      "server: { drainTimeout: 5 }",
      "routes: { r: { try: [], policy: p } }",
      "routes: { r: { balance: nearest, across: [a/b] } }",
      "policies: { p: { attempts: 0 } }",
      "policies: { p: { on: { Nothing: [abort] } } }"
    ]) {
      assert.isFalse(accepts(text), text)
    }
  })
  it("accepts a section, and a provider, with nothing below it", () => {
    for (const text of ["server:\nroutes:\ncallers:\n", "providers:\n  openai:\n"]) {
      decoded(text)
      assert.isTrue(accepts(text), text)
    }
    assert.isFalse(accepts("servr:\n"))
  })
  it("accepts a reference where one of some words may stand", () => {
    const text = 'ledger: { store: "${STORE}" }\nroutes: { r: { balance: "${HOW}", across: [demo/a] } }'
    decoded(text, { STORE: "none", HOW: "random" })
    assert.isTrue(accepts(text))
    assert.isFalse(accepts("ledger: { store: mysql }"))
  })
  it("refuses a duration of 0 where one may not be", () => {
    for (const zero of ["0s", "0.0ms", "00h"]) {
      assert.isFalse(accepts(`server: { keepAlive: ${zero} }`), zero)
      assert.isTrue(accepts(`server: { drainTimeout: ${zero} }`), zero)
    }
    assert.isTrue(accepts("server: { keepAlive: 0.5s, requestTimeout: 10m }"))
  })
  it.effect("accepts whatever the decoder accepts of 400 mutilated files", () =>
    Effect.gen(function* () {
      let valid = 0
      for (let index = 0; index < 400; index++) {
        const text = yield* mutilated(examples[index % examples.length] ?? "", 1)
        if (Result.isFailure(Config.decode(text, { file: "orelse.yaml", env: {} }))) continue
        valid += 1
        assert.isTrue(accepts(text), text)
      }
      assert.isAbove(valid, 20)
    }).pipe(Random.withSeed("files for editors"))
  )
  it("says of every key what it is", () => {
    for (const part of ["server", "ledger", "state", "telemetry"]) {
      const keys = Object.entries(Json.object(Json.at(schema, "properties", part, "properties")) ?? {})
      assert.isNotEmpty(keys)
      for (const [key, value] of keys) assert.isString(Json.at(value, "description"), `${part}.${key}`)
    }
  })
  it("accepts a number, or a text that holds one or refers to one", () => {
    const port = Json.at(schema, "properties", "server", "properties", "port", "anyOf")
    assert.deepStrictEqual(
      Json.array(port).map((member) => Json.at(member, "type")),
      ["integer", "string"]
    )
  })
})

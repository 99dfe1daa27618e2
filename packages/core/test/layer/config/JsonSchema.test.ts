import { assert, describe, it } from "@effect/vitest"
import * as Json from "../../../src/domain/Json.ts"
import * as Reason from "../../../src/domain/Reason.ts"
import * as Config from "../../../src/layer/config/Config.ts"

describe("Config.jsonSchema", () => {
  const schema = Json.object(Json.parse(JSON.stringify(Config.jsonSchema()))) ?? {}

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

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
    const on = Json.at(schema, "properties", "policies", "additionalProperties", "properties", "on", "properties")
    assert.sameMembers(Object.keys(Json.object(on) ?? {}), [...Reason.tags])
  })
  it("lets routes nest by a definition that refers to itself", () => {
    assert.include(JSON.stringify(schema["$defs"]), '"#/$defs/RouteElement"')
    assert.include(JSON.stringify(Json.at(schema, "properties", "routes")), '"#/$defs/RouteElement"')
  })
  it("accepts a number, or a text that holds one or refers to one", () => {
    const port = Json.at(schema, "properties", "server", "properties", "port", "anyOf")
    assert.deepStrictEqual(
      Json.array(port).map((member) => Json.at(member, "type")),
      ["number", "string"]
    )
  })
})

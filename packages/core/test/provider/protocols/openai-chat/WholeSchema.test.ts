import { assert, describe, it } from "@effect/vitest"
import * as WholeSchema from "../../../../src/provider/protocols/openai-chat/WholeSchema.ts"

describe("schemas for OpenAI", () => {
  it("say that an object has no members, and that a list holds anything, wherever they stand", () => {
    const bare = { type: "array", description: "of names" }
    const schema = {
      type: "object",
      properties: { names: bare, either: { anyOf: [{ type: "object" }, { type: ["array", "null"] }] } },
      $defs: { one: { type: "array", items: { type: "object" } } },
      additionalProperties: { type: "array" }
    }
    assert.deepStrictEqual(WholeSchema.of(schema), {
      type: "object",
      properties: {
        names: { ...bare, items: {} },
        either: {
          anyOf: [
            { type: "object", properties: {} },
            { type: ["array", "null"], items: {} }
          ]
        }
      },
      $defs: { one: { type: "array", items: { type: "object", properties: {} } } },
      additionalProperties: { type: "array", items: {} }
    })
    assert.deepStrictEqual(WholeSchema.of({ type: "object" }), { type: "object", properties: {} })
  })

  it("are handed on as they are where nothing is missing", () => {
    const schema = {
      type: "object",
      properties: { type: { type: "string" }, items: { type: "array", items: { enum: ["object"] } } },
      required: ["type"],
      default: { type: "object" },
      anyOf: [true, { type: "object", properties: {} }]
    }
    assert.strictEqual(WholeSchema.of(schema), schema)
    const tuple = { type: "array", prefixItems: [{}] }
    assert.strictEqual(WholeSchema.of(tuple), tuple)
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import type { JsonObject } from "../../../../src/domain/Json.ts"
import * as BoundSchema from "../../../../src/provider/protocols/anthropic-messages/BoundSchema.ts"

const bound = (schema: JsonObject) => Result.getOrThrow(BoundSchema.of(schema, "anthropic-messages"))
const refused = (schema: JsonObject) => {
  const read = BoundSchema.of(schema, "anthropic-messages")
  return Result.isFailure(read) ? read.failure.message : undefined
}
const object = (properties: JsonObject, more: JsonObject = {}) => ({ type: "object", properties, ...more })
const closed = { additionalProperties: false }

describe("schemas that an answer is bound to", () => {
  it("leaves one that is within the limits as it was", () => {
    const schema = object(
      {
        name: { type: "string", description: "of a person", format: "email", default: "a@b.c" },
        kind: { type: "string", enum: ["a", "b"] },
        list: { type: "array", items: { $ref: "#/$defs/one" }, minItems: 1 },
        either: { anyOf: [{ type: "null" }, object({ a: { type: ["string", "null"] } }, closed)] }
      },
      { ...closed, required: ["name"], $defs: { one: object({ b: { const: 1 } }, closed) } }
    )
    assert.deepStrictEqual(bound(schema), schema)
  })

  it("closes objects wherever they stand, also where they were left open", () => {
    const inner = object({ a: { type: "string" } })
    const schema = object(
      { one: inner, list: { type: "array", items: inner }, either: { oneOf: [inner, { type: "null" }] } },
      { additionalProperties: true, $defs: { two: inner }, definitions: { three: { properties: { b: {} } } } }
    )
    const done = { ...inner, ...closed }
    assert.deepStrictEqual(bound(schema), {
      type: "object",
      properties: {
        one: done,
        list: { type: "array", items: done },
        either: { anyOf: [done, { type: "null" }] }
      },
      $defs: { two: done },
      definitions: { three: { properties: { b: {} }, ...closed } },
      ...closed
    })
  })

  it("says limits in the description, and drops what says nothing of the answer", () => {
    const schema = object(
      {
        age: { type: "integer", minimum: 0, maximum: 150, description: "in years" },
        code: { type: "string", pattern: "^[A-Z]+$", format: "zip" },
        tags: { type: "array", items: { type: "string", maxLength: 8 }, minItems: 2, uniqueItems: true }
      },
      { ...closed, $schema: "https://json-schema.org/draft/2020-12/schema", $id: "x" }
    )
    assert.deepStrictEqual(bound(schema), {
      type: "object",
      properties: {
        age: { type: "integer", description: "in years\nminimum: 0; maximum: 150" },
        code: { type: "string", description: "pattern: ^[A-Z]+$; format: zip" },
        tags: {
          type: "array",
          items: { type: "string", description: "maxLength: 8" },
          description: "minItems: 2; uniqueItems: true"
        }
      },
      ...closed
    })
  })

  it("lets listed values speak for their types where there are several", () => {
    const values = ["low", "high", null]
    const schema = object({ level: { type: ["string", "null"], enum: values } }, closed)
    assert.deepStrictEqual(bound(schema), object({ level: { enum: values } }, closed))
  })

  it("closes the alternatives of an object and not the object that is nothing but them", () => {
    const one = object({ a: { type: "string" } })
    assert.deepStrictEqual(bound({ type: "object", anyOf: [one] }), { anyOf: [{ ...one, ...closed }] })
  })

  it("refuses what closing would empty: members without names", () => {
    for (const free of [
      { type: "object" },
      object({}),
      object({ a: { type: "string" } }, { additionalProperties: { type: "number" } }),
      { type: "object", patternProperties: { "^x": {} }, ...closed },
      object({ deep: { type: "array", items: { type: "object" } } }, closed)
    ])
      assert.include(refused(free), "an object whose members are not named")
    assert.isUndefined(refused(object({}, closed)))
    assert.isUndefined(refused(object({ a: {} }, { additionalProperties: {} })))
  })

  it("refuses a schema that holds itself, and takes one that is used twice", () => {
    const tree = object({ next: { anyOf: [{ $ref: "#/$defs/tree" }, { type: "null" }] } }, closed)
    assert.include(refused({ $ref: "#/$defs/tree", $defs: { tree } }), "a schema that holds itself")
    assert.include(refused(object({ again: { $ref: "#" } }, closed)), "a schema that holds itself")
    const twice = object({ a: { $ref: "#/$defs/a~1b" }, b: { $ref: "#/$defs/a~1b" } }, closed)
    assert.isUndefined(refused({ ...twice, $defs: { "a/b": object({ c: { type: "string" } }, closed) } }))
  })
})

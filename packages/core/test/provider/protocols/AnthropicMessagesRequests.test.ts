import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../src/domain/Json.ts"
import type { Request, Tool, UserPart } from "../../../src/domain/Request.ts"
import type { Protocol } from "../../../src/provider/Protocol.ts"
import { protocol } from "../../../src/provider/protocols/AnthropicMessages.ts"
import { protocol as bedrock } from "../../../src/provider/protocols/BedrockConverse.ts"
import * as Written from "../written.ts"

type Schema = NonNullable<Tool["parameters"]>

const asked: Request = { messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }] }

const encoded = (by: Protocol, more: Partial<Request>, model = "claude-sonnet-4-5") =>
  Written.body(by, { ...asked, ...more }, { model })

const open = { type: "object", properties: { age: { type: "integer", minimum: 0 } } }
const closed = {
  type: "object",
  properties: { age: { type: "integer", description: "minimum: 0" } },
  additionalProperties: false
}
const free = { type: "object", additionalProperties: { type: "string" } }
const format = (schema: Schema): Partial<Request> => ({ responseFormat: { type: "jsonSchema", schema } })
const strict = (parameters: Schema): Partial<Request> => ({ tools: [{ name: "f", parameters, strict: true }] })

describe("anthropic-messages and bedrock-converse, as they bind answers to schemas", () => {
  it("bind an answer to a schema of OpenAI's callers in the part of JSON Schema that they take", () => {
    const { output_config } = encoded(protocol, format(open))
    assert.deepStrictEqual(output_config, { format: { type: "json_schema", schema: closed } })
    const text = Json.at(
      encoded(bedrock, format(open)),
      "outputConfig",
      "textFormat",
      "structure",
      "jsonSchema",
      "schema"
    )
    assert.deepStrictEqual(Json.parseObject(Json.string(text) ?? ""), closed)
  })

  it("refuse a schema that they cannot bind an answer to, so that the next target is asked", () => {
    for (const by of [protocol, bedrock]) {
      const request = { ...asked, ...format(free) }
      const written = by.encode(request, { model: "claude-sonnet-4-5", stream: false, quirks: {} })
      assert.strictEqual(
        Result.isFailure(written) ? written.failure.feature : undefined,
        "an object whose members are not named in JSON schema output"
      )
    }
  })

  it("bind strict tools to their schemas where that can be, and leave the others unbound", () => {
    const tool = (request: Partial<Request>, model?: string) => Json.array(encoded(protocol, request, model)["tools"])
    assert.deepStrictEqual(tool(strict(open)), [{ name: "f", input_schema: closed, strict: true }])
    assert.deepStrictEqual(tool(strict(free)), [{ name: "f", input_schema: free }])
    assert.deepStrictEqual(tool(strict(open), "claude-3-5-haiku-latest"), [{ name: "f", input_schema: open }])
    const spec = (request: Partial<Request>) => Json.at(encoded(bedrock, request), "toolConfig", "tools", 0, "toolSpec")
    assert.deepStrictEqual(spec(strict(open)), { name: "f", inputSchema: { json: closed }, strict: true })
    assert.deepStrictEqual(spec(strict(free)), { name: "f", inputSchema: { json: free } })
  })

  it("bind no tool where all strict ones are more than one request may hold", () => {
    const string = { type: "string" }
    const union = { type: ["string", "null"] }
    const members = (count: number, schema: Json.JsonObject) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, schema]))
    const all = (
      count: number,
      properties: Json.JsonObject,
      required: ReadonlyArray<string> = Object.keys(properties)
    ) => {
      const parameters = { type: "object", properties, required, additionalProperties: false } as Schema
      return { tools: Array.from({ length: count }, (_, at) => ({ name: `f${at}`, parameters, strict: true })) }
    }
    const strictOf = (request: Partial<Request>) => {
      const tools = Json.array(encoded(protocol, request)["tools"])
      const specs = Json.array(Json.at(encoded(bedrock, request), "toolConfig", "tools"))
      const each = [
        ...tools.map((tool) => Json.at(tool, "strict")),
        ...specs.map((one) => Json.at(one, "toolSpec", "strict"))
      ]
      return [...new Set(each)]
    }
    assert.deepStrictEqual(strictOf(all(20, members(1, string))), [true])
    assert.deepStrictEqual(strictOf(all(21, members(1, string))), [undefined])
    assert.deepStrictEqual(strictOf(all(2, members(12, string), [])), [true])
    assert.deepStrictEqual(strictOf(all(2, members(13, string), [])), [undefined])
    assert.deepStrictEqual(strictOf(all(2, members(8, union))), [true])
    assert.deepStrictEqual(strictOf(all(2, members(9, union))), [undefined])
  })

  it("ask a model of another maker at Bedrock for no more heat than Converse takes", () => {
    const heat = (model: string) =>
      Json.at(encoded(bedrock, { temperature: 1.7 }, model), "inferenceConfig", "temperature")
    assert.deepStrictEqual([heat("meta.llama4-scout-v1:0"), heat("claude-sonnet-4-5")], [1, 1])
  })
})

describe("anthropic-messages, of media in line", () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64")
  const source = (part: UserPart) => {
    const request: Request = { messages: [{ role: "user", content: [part] }] }
    const written = protocol.encode(request, { model: "claude-sonnet-4-5", stream: false, quirks: {} })
    if (Result.isFailure(written)) return written.failure.feature
    return Json.at(Json.parseObject(written.success.body), "messages", 0, "content", 0, "source")
  }

  it("takes every kind of text for the plain text that Anthropic takes", () => {
    for (const mediaType of ["text/plain", "text/csv", "text/markdown", "application/json"])
      assert.deepStrictEqual(source({ type: "document", mediaType, data: base64("Grüße") }), {
        type: "text",
        media_type: "text/plain",
        data: "Grüße"
      })
  })

  it("calls a JPEG by its right name", () => {
    const jpeg = { type: "base64", media_type: "image/jpeg", data: "AA==" }
    assert.deepStrictEqual(source({ type: "image", mediaType: "image/jpg", data: "AA==" }), jpeg)
  })

  it("names the kinds that it refuses", () => {
    assert.strictEqual(source({ type: "image", mediaType: "image/heic", data: "AA==" }), "images of type image/heic")
    const word = "application/msword"
    assert.strictEqual(source({ type: "document", mediaType: word, data: "AA==" }), `documents of type ${word}`)
  })
})

describe("anthropic-messages and bedrock-converse, of a tool whose schema says no type", () => {
  it("say that it is an object's", () => {
    const tools = { tools: [{ name: "f", parameters: {} }] }
    assert.deepStrictEqual(Json.at(encoded(protocol, tools), "tools", 0, "input_schema"), { type: "object" })
    const spec = Json.at(encoded(bedrock, tools), "toolConfig", "tools", 0, "toolSpec", "inputSchema")
    assert.deepStrictEqual(spec, { json: { type: "object" } })
  })
})

import { assert, describe, it } from "@effect/vitest"
import type * as Json from "@orelse/core/domain/Json"
import * as Result from "effect/Result"
import * as Gemini from "../../src/dialects/Gemini.ts"

const said = { contents: [{ parts: [{ text: "hi" }] }] }

const read = (body: Json.JsonObject) => {
  const request = Gemini.dialect.request(body)
  if (Result.isFailure(request)) throw new Error(request.failure.message)
  return request.success
}

const param = (body: Json.JsonObject): string | undefined => {
  const request = Gemini.dialect.request(body)
  return Result.isFailure(request) ? request.failure.param : undefined
}

const contents = (...contents: ReadonlyArray<Json.JsonObject>) => read({ contents }).messages

describe("a Gemini request, as it is read", () => {
  it("may say its names in snake case, and one item in the place of a list", () => {
    const snake = read({
      system_instruction: { parts: { text: "s" } },
      contents: { parts: [{ inline_data: { mime_type: "image/png", data: "A" } }] },
      tools: { function_declarations: { name: "f", parameters_json_schema: { snake_case: 1 } } },
      tool_config: { function_calling_config: { mode: "none" } },
      generation_config: { max_output_tokens: 5, thinking_config: { thinking_budget: 0 } }
    })
    assert.deepStrictEqual(snake, {
      messages: [
        { role: "system", content: [{ type: "text", text: "s" }] },
        { role: "user", content: [{ type: "image", mediaType: "image/png", data: "A" }] }
      ],
      tools: [{ name: "f", parameters: { snake_case: 1 } }],
      toolChoice: "none",
      maxTokens: 5,
      reasoning: { enabled: false }
    })
  })

  it("leaves the arguments and results of callers as they are, whatever their names", () => {
    const messages = contents(
      { role: "model", parts: [{ functionCall: { name: "f", args: { max_items: [{ any_of: 1 }] } } }] },
      { parts: [{ functionResponse: { name: "f", response: { some_key: { in_line: 1 } } } }] }
    )
    assert.deepStrictEqual(messages, [
      {
        role: "assistant",
        content: [{ type: "toolCall", id: "call_0", name: "f", arguments: '{"max_items":[{"any_of":1}]}' }]
      },
      { role: "tool", toolCallId: "call_0", content: [{ type: "text", text: '{"some_key":{"in_line":1}}' }] }
    ])
  })

  it("gives calls without ids their numbers, and results without ids to the first open call of their name", () => {
    const messages = contents(
      {
        role: "model",
        parts: ["f", "g", "f"].map((name) => ({ functionCall: { name, args: {} } }))
      },
      {
        parts: [
          { functionResponse: { name: "g", response: { output: "g" } } },
          { functionResponse: { name: "f", response: { output: "f1" } } },
          { functionResponse: { name: "f", response: { error: "f2" } } },
          { text: "and now?" }
        ]
      }
    )
    assert.deepStrictEqual(messages.slice(1), [
      { role: "tool", toolCallId: "call_1", content: [{ type: "text", text: "g" }] },
      { role: "tool", toolCallId: "call_0", content: [{ type: "text", text: "f1" }] },
      { role: "tool", toolCallId: "call_2", content: [{ type: "text", text: "f2" }], isError: true },
      { role: "user", content: [{ type: "text", text: "and now?" }] }
    ])
  })

  it("knows which call is answered where an id stands twice, and where a result came before its call", () => {
    const result = (name: string, id?: string) => ({ functionResponse: { name, response: {}, ...(id && { id }) } })
    const call = (name: string, id?: string) => ({ functionCall: { name, args: {}, ...(id && { id }) } })
    const [, ...results] = contents(
      { role: "model", parts: [call("f", "same"), call("f", "same"), call("g"), call("f", "last")] },
      { role: "user", parts: [result("f"), result("f"), result("h"), result("h"), result("f", "unheard")] }
    )
    const ids = results.map((message) => (message.role === "tool" ? message.toolCallId : undefined))
    assert.deepStrictEqual(ids, ["same", "last", "call_2", "h", "unheard"])
  })

  it("puts a turn together again that the caller kept in the pieces of its stream", () => {
    const call = (name: string) => ({ functionCall: { name, args: {} } })
    const signature = Buffer.from("orelse:signature:c2ln").toString("base64")
    const thought = (text: string, proof?: string) => ({
      text,
      thought: true,
      ...(proof && { thoughtSignature: proof })
    })
    const pieces = [thought("Let me"), thought(" think"), thought("", signature), { text: "Che" }, { text: "cking." }]
    const turn = {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Let me think", signature: "c2ln" },
        { type: "text", text: "Checking." },
        { type: "toolCall", id: "call_0", name: "f", arguments: "{}" },
        { type: "toolCall", id: "call_1", name: "g", arguments: "{}" }
      ]
    } as const
    const one = { role: "model", parts: [...pieces, call("f"), call("g")] }
    const each = one.parts.map((part) => ({ role: "model", parts: [part] }))
    assert.deepStrictEqual<unknown>(contents(one), [turn])
    assert.deepStrictEqual<unknown>(contents(...each), [turn])
    const results = { parts: ["f", "g"].map((name) => ({ functionResponse: { name, response: { output: name } } })) }
    const roles = contents(...each, results, ...each).map(({ role }) => role)
    assert.deepStrictEqual(roles, ["assistant", "tool", "tool", "assistant"])
  })

  it("keeps apart what is proven by itself, and what Google signed", () => {
    const proof = (text: string) => Buffer.from(`orelse:signature:${text}`).toString("base64")
    const parts = [
      { text: "a", thought: true, thoughtSignature: proof("x") },
      { text: "b", thought: true, thoughtSignature: proof("y") },
      { text: "c" },
      { text: "", thoughtSignature: "Z29vZ2xl" }
    ]
    assert.deepStrictEqual<unknown>(contents({ role: "model", parts })[0]?.content, [
      { type: "reasoning", text: "a", signature: "x" },
      { type: "reasoning", text: "b", signature: "y" },
      { type: "text", text: "c" },
      { type: "text", text: "", extra: { gemini: { thoughtSignature: "Z29vZ2xl" } } }
    ])
  })

  it("reads a hundred thousand calls at once, and their results, in the time of reading them", () => {
    const many = 100_000
    const call = (at: number) => ({ functionCall: { name: at % 2 === 0 ? "f" : "g", args: {} } })
    const messages = contents(
      { role: "model", parts: Array.from({ length: many }, (_, at) => call(at)) },
      { role: "user", parts: Array.from({ length: many }, () => ({ functionResponse: { name: "g", response: {} } })) }
    )
    const ids = messages.map((message) => (message.role === "tool" ? message.toolCallId : undefined))
    assert.deepStrictEqual(ids.slice(1, 3), ["call_1", "call_3"])
    assert.strictEqual(ids.at(-1), `call_${many - 2}`)
  })

  it("makes JSON Schema of Google's own schemas", () => {
    const own = {
      type: "OBJECT",
      properties: {
        names: { type: "ARRAY", items: { type: "STRING", nullable: true }, maxItems: "3" },
        any_of: { anyOf: [{ type: "NUMBER" }, { type: "STRING" }], nullable: true }
      },
      propertyOrdering: ["names"],
      required: ["names"]
    }
    const expected = {
      type: "object",
      properties: {
        names: { type: "array", items: { type: ["string", "null"] }, maxItems: 3 },
        any_of: { anyOf: [{ type: "number" }, { type: "string" }, { type: "null" }] }
      },
      required: ["names"]
    }
    const request = read({
      ...said,
      tools: [{ functionDeclarations: [{ name: "f", parameters: own }] }],
      generationConfig: { responseMimeType: "application/json", responseSchema: own }
    })
    assert.deepStrictEqual(request.tools, [{ name: "f", parameters: expected }] as never)
    assert.deepStrictEqual(request.responseFormat, { type: "jsonSchema", schema: expected } as never)
  })

  it("keeps of the functions only those that may be called", () => {
    const choose = (functionCallingConfig: Json.JsonObject) => {
      const functionDeclarations = ["f", "g", "h"].map((name) => ({ name }))
      const { toolChoice, tools } = read({
        ...said,
        tools: [{ functionDeclarations }],
        toolConfig: { functionCallingConfig }
      })
      return [toolChoice, tools?.map((tool) => tool.name)]
    }
    assert.deepStrictEqual(choose({ mode: "ANY", allowedFunctionNames: ["g", "h"] }), ["required", ["g", "h"]])
    assert.deepStrictEqual(choose({ mode: "ANY", allowedFunctionNames: ["g"] }), [{ name: "g" }, ["f", "g", "h"]])
    assert.deepStrictEqual(choose({ mode: "VALIDATED" }), ["auto", ["f", "g", "h"]])
  })

  it("reads how much to think", () => {
    const think = (thinkingConfig: Json.JsonObject) => read({ ...said, generationConfig: { thinkingConfig } }).reasoning
    assert.deepStrictEqual(think({ thinkingBudget: 512 }), { enabled: true, budgetTokens: 512 })
    assert.deepStrictEqual(think({ thinkingBudget: -1 }), { enabled: true })
    assert.deepStrictEqual(think({ thinkingLevel: "HIGH", includeThoughts: true }), { enabled: true, effort: "high" })
    assert.deepStrictEqual(think({ thinkingLevel: "low" }), { effort: "low" })
    assert.isUndefined(think({ thinkingLevel: "THINKING_LEVEL_UNSPECIFIED" }))
    assert.isUndefined(think({}))
  })

  it("keeps whole what only Gemini knows, so that other targets can refuse it", () => {
    const film = { fileData: { fileUri: "https://youtu.be/x" } }
    const request = read({
      contents: [{ parts: [film] }],
      tools: [{ googleSearch: {} }],
      cachedContent: "c",
      generationConfig: { responseModalities: ["TEXT", "IMAGE"], mediaResolution: "LOW" }
    })
    assert.deepStrictEqual(request.messages[0]?.content, [
      { type: "text", text: "", extra: { gemini: { block: film } } }
    ] as never)
    assert.deepStrictEqual(request.extra, {
      gemini: {
        cachedContent: "c",
        tools: [{ googleSearch: {} }],
        responseModalities: ["TEXT", "IMAGE"],
        generationConfig: { mediaResolution: "LOW" }
      }
    })
  })

  it("names the place of what is wrong", () => {
    assert.strictEqual(param({}), "contents")
    assert.strictEqual(param({ contents: [{ role: "bot", parts: [] }] }), "contents[0].role")
    assert.strictEqual(param({ contents: [{ parts: [{ text: "a" }, { text: 5 }] }] }), "contents[0].parts[1].text")
    assert.strictEqual(param({ ...said, generationConfig: { topP: "x" } }), "generationConfig.topP")
  })
})

describe("a request for vectors", () => {
  it("is one content or a batch", () => {
    const content = (text: string) => ({ content: { parts: [{ text }] }, outputDimensionality: 8, taskType: "T" })
    const expected = { dimensions: 8, extra: { gemini: { taskType: "T" } } }
    const one = Gemini.single.embeddings!.request(content("a"))
    const batch = Gemini.dialect.embeddings!.request({ requests: [content("a"), content("b")] })
    assert.deepStrictEqual(Result.isSuccess(one) ? one.success : undefined, { input: ["a"], ...expected })
    assert.deepStrictEqual(Result.isSuccess(batch) ? batch.success : undefined, {
      input: ["a", "b"],
      ...expected
    })
    const wrong = Gemini.dialect.embeddings!.request({ requests: [{ content: {} }, {}] })
    assert.strictEqual(Result.isFailure(wrong) ? wrong.failure.param : undefined, "requests[1].content")
  })
})

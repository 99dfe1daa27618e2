import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as LibraryCall from "../../src/domain/LibraryCall.ts"
import * as Request from "../../src/domain/Request.ts"
import * as Tokens from "../../src/domain/Tokens.ts"

describe("Tokens.expected", () => {
  it.effect("is a quarter of the characters that came, and what the caller lets be answered", () =>
    Effect.gen(function* () {
      const call = yield* LibraryCall.make(Request.text("hi"))
      const of = (characters: number, body = {}) =>
        Tokens.expected({ ...call, wire: { text: "x".repeat(characters), body, headers: {} } })
      assert.deepStrictEqual(of(401), { input: 101, output: 0 })
      for (const field of ["max_tokens", "max_completion_tokens", "max_output_tokens"])
        assert.deepStrictEqual(of(4, { [field]: 50 }), { input: 1, output: 50 })
      assert.strictEqual(of(4, { generationConfig: { maxOutputTokens: 50 } }).output, 50)
      assert.strictEqual(of(4, { max_tokens: -5 }).output, 0)
    })
  )

  it.effect("is what a program sends, where no text came", () =>
    Effect.gen(function* () {
      const request = { ...Request.text("x".repeat(400)), maxTokens: 50 }
      const { input, output } = Tokens.expected(yield* LibraryCall.make(request))
      assert.deepStrictEqual([input, output], [Tokens.estimate(request), 50])
      assert.isAtLeast(input, 100)
      const embedded = yield* LibraryCall.embeddings({ input: ["x".repeat(40), "y".repeat(40)] })
      assert.deepStrictEqual(Tokens.expected(embedded), { input: 20, output: 0 })
    })
  )
})

describe("Tokens.estimate", () => {
  const more = (one: Request.Request, other: Request.Request) => Tokens.estimate(other) - Tokens.estimate(one)
  const long = "x".repeat(400)

  it("counts all that is said of a tool", () => {
    const of = (tool: Request.Tool): Request.Request => ({ ...Request.text("hi"), tools: [tool] })
    const plain = of({ name: "f" })
    assert.strictEqual(more(plain, of({ name: `f${long}` })), 100)
    assert.strictEqual(more(plain, of({ name: "f", description: long })), 100)
    assert.isAtLeast(more(plain, of({ name: "f", parameters: { description: long } })), 100)
  })

  it("counts a document and a sound by their bytes, and characters of other scripts for more than Latin ones", () => {
    const of = (...content: Extract<Request.Message, { readonly role: "user" }>["content"]): Request.Request => ({
      messages: [{ role: "user", content }]
    })
    const nothing = of()
    const data = "A".repeat(16_000)
    assert.strictEqual(more(nothing, of({ type: "document", mediaType: "application/pdf", data })), 1000)
    assert.strictEqual(more(nothing, of({ type: "audio", format: "mp3", data })), 24)
    assert.strictEqual(more(nothing, of({ type: "text", text: "é".repeat(300) })), 75)
    assert.strictEqual(more(nothing, of({ type: "text", text: "語".repeat(300) })), 200)
  })
})

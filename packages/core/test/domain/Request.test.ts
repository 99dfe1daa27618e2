import { assert, describe, it } from "@effect/vitest"
import * as Request from "@orelse/core/domain/Request"

describe("Request.text", () => {
  it("says what it is given, and nothing of what is undefined", () => {
    const messages = [{ role: "user", content: [{ type: "text", text: "hi" }] }]
    assert.deepStrictEqual(Request.text("hi"), { messages } as Request.Request)
    const settings = { maxTokens: 5, temperature: undefined, stop: undefined }
    assert.deepStrictEqual(Request.text("hi", settings), { maxTokens: 5, messages } as Request.Request)
  })
})

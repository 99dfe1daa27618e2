import { assert, describe, it } from "@effect/vitest"
import type { Message } from "../../../src/domain/Request.ts"
import * as FittedIds from "../../../src/provider/protocols/FittedIds.ts"

const calls = (ids: ReadonlyArray<string>): Message => ({
  role: "assistant",
  content: ids.map((id) => ({ type: "toolCall", id, name: "f", arguments: "{}" }))
})
const results = (ids: ReadonlyArray<string>): ReadonlyArray<Message> =>
  ids.map((toolCallId) => ({ role: "tool", toolCallId, content: [] }))

const idsOf = (messages: ReadonlyArray<Message>): ReadonlyArray<string> =>
  messages.flatMap((message) => {
    if (message.role === "tool") return [message.toolCallId]
    return message.content.flatMap((part) => (part.type === "toolCall" ? [part.id] : []))
  })

describe("FittedIds.fit", () => {
  it("gives results of one id to its calls in their order, further ones to the last, and goes on with the next call", () => {
    const fitted = FittedIds.fit([
      calls(["a b", "a b"]),
      ...results(["a b", "a b", "a b"]),
      calls(["a b"]),
      ...results(["a b", "never called"])
    ])
    const expected = ["a_b", "a_b_2", "a_b", "a_b_2", "a_b_2", "a_b_3", "a_b_3", "never_called"]
    assert.deepStrictEqual(idsOf(fitted), expected)
  })

  it("tells half a million calls of one id apart in the time of reading them", () => {
    const same = Array.from({ length: 500_000 }, () => "same")
    const ids = idsOf(FittedIds.fit([calls(same), ...results(same)]))
    assert.deepStrictEqual(ids.slice(0, 3), ["same", "same_2", "same_3"])
    assert.deepStrictEqual(ids.slice(0, same.length), ids.slice(same.length))
  })
})

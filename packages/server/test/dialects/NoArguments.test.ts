/**
 * A tool that is given nothing: providers write an empty text, and callers of OpenAI's formats parse what they get.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import type { FinishReason, Response } from "@orelse/core/domain/Response"
import * as Whole from "@orelse/core/provider/protocols/Whole"
import type { Dialect } from "../../src/dialects/Dialect.ts"
import * as OpenAiChat from "../../src/dialects/OpenAiChat.ts"
import * as OpenAiResponses from "../../src/dialects/OpenAiResponses.ts"
import { context, streamed } from "./context.ts"

const answer = (finishReason: FinishReason): Response => ({
  content: [
    { type: "toolCall", id: "call_1", name: "get_time", arguments: "" },
    { type: "toolCall", id: "call_2", name: "get_weather", arguments: '{"city":"Bonn"}' },
    { type: "toolCall", id: "call_3", name: "get_time", arguments: "" }
  ],
  finishReason
})

const whole = (dialect: Dialect, finish: FinishReason): Json.JsonObject => dialect.response(answer(finish), context)

/** The data of each event. */
const events = (dialect: Dialect, finish: FinishReason): ReadonlyArray<Json.JsonObject> =>
  streamed(dialect, Whole.parts(answer(finish)))
    .split("\n")
    .map((line) => Json.parseObject(line.replace(/^data: /, "")))
    .filter((event) => event !== undefined)

const argumentsOf = (calls: unknown, ...path: ReadonlyArray<string>) =>
  Json.array(calls).map((call) => Json.at(call, ...path))

const chatDeltas = (finish: FinishReason): ReadonlyArray<string> => {
  const written = ["", "", ""]
  for (const event of events(OpenAiChat.dialect, finish))
    for (const call of Json.array(Json.at(event, "choices", 0, "delta", "tool_calls")))
      written[Number(Json.at(call, "index"))] += Json.string(Json.at(call, "function", "arguments")) ?? ""
  return written
}

const responsesDeltas = (finish: FinishReason): ReadonlyArray<string> => {
  const written = ["", "", ""]
  for (const event of events(OpenAiResponses.dialect, finish))
    if (event["type"] === "response.function_call_arguments.delta")
      written[Number(event["output_index"])] += Json.string(event["delta"]) ?? ""
  return written
}

const full = ["{}", '{"city":"Bonn"}', "{}"]

describe("a tool that is given nothing", () => {
  it("is given an empty object in OpenAI's chat, whole and streamed", () => {
    const calls = Json.at(whole(OpenAiChat.dialect, "tool_calls"), "choices", 0, "message", "tool_calls")
    assert.deepStrictEqual(argumentsOf(calls, "function", "arguments"), full)
    assert.deepStrictEqual(chatDeltas("tool_calls"), full)
  })

  it("is given an empty object in the Responses, whole and streamed", () => {
    assert.deepStrictEqual(argumentsOf(whole(OpenAiResponses.dialect, "tool_calls")["output"], "arguments"), full)
    assert.deepStrictEqual(responsesDeltas("tool_calls"), full)
    const last = events(OpenAiResponses.dialect, "tool_calls").at(-1)
    assert.deepStrictEqual(argumentsOf(Json.at(last, "response", "output"), "arguments"), full)
  })

  it("is given nothing where the answer was cut at its limit", () => {
    const cut = ["", '{"city":"Bonn"}', ""]
    const calls = Json.at(whole(OpenAiChat.dialect, "length"), "choices", 0, "message", "tool_calls")
    assert.deepStrictEqual(argumentsOf(calls, "function", "arguments"), cut)
    assert.deepStrictEqual(chatDeltas("length"), cut)
    assert.deepStrictEqual(responsesDeltas("length"), cut)
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../src/domain/Json.ts"
import * as RequestOf from "../../../src/domain/Request.ts"
import { protocol } from "../../../src/provider/protocols/AzureOpenAi.ts"
import { conformance } from "../conformance.ts"
import * as Fold from "../fold.ts"
import * as Recorded from "../recorded.ts"
import { samples } from "./openAiChatSamples.ts"

conformance(samples(protocol))

const context = { model: "my deployment", stream: false, quirks: {} }
const path = (quirks: Readonly<Record<string, string>>): string => {
  const written = protocol.encode(RequestOf.text("hi"), { ...context, quirks })
  if (Result.isFailure(written)) throw new Error(written.failure.message)
  return written.success.path
}

describe("azure-openai's addresses", () => {
  it("name the deployment in the path and the newest stable version in the query", () =>
    assert.strictEqual(path({}), "/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21"))

  it("take another version, or none, from the quirk apiVersion", () => {
    assert.strictEqual(
      path({ apiVersion: "2025-03-01-preview" }),
      "/openai/deployments/my%20deployment/chat/completions?api-version=2025-03-01-preview"
    )
    assert.strictEqual(path({ apiVersion: "v1" }), "/openai/v1/chat/completions")
  })

  it("are the same for a caller's own bytes, whole, streamed and for vectors", () => {
    const chat = '{"model":"a","stream":true,"messages":[]}'
    assert.deepStrictEqual(protocol.passThrough(chat, Json.parseObject(chat)!, { ...context, stream: true }), {
      path: path({}),
      headers: {},
      body: '{"model":"my deployment","stream":true,"messages":[],"stream_options":{"include_usage":true}}'
    })
    const vectors = '{"model":"a","input":"x"}'
    const wire = protocol.passThrough(vectors, Json.parseObject(vectors)!, context)
    assert.strictEqual(wire.path, "/openai/deployments/my%20deployment/embeddings?api-version=2024-10-21")
  })

  it("lead to vectors of the same format", () => {
    const written = protocol.embeddings!.encode({ input: ["a"] }, context)
    if (Result.isFailure(written)) return assert.fail(written.failure.message)
    assert.strictEqual(written.success.path, "/openai/deployments/my%20deployment/embeddings?api-version=2024-10-21")
    const decoded = protocol.embeddings!.decode({ data: [{ index: 0, embedding: [1, 2] }] })
    assert.deepStrictEqual(decoded?.embeddings, [[1, 2]])
  })
})

describe("azure-openai's content filter", () => {
  const recording = Recorded.of("openai_chat").find((one) => one.file === "azure-chat-text.txt")!

  it("hands on what was found in the prompt, and counts it as no content", () => {
    const { parts } = Fold.read(protocol, Recorded.bytes(recording))
    const found = parts.find((part) => part.type === "extra")
    assert.isTrue(found?.type === "extra" && Json.array(found.fields["prompt_filter_results"]).length === 1)
    assert.isTrue(parts.findIndex((part) => part.type === "text") > parts.indexOf(found!))
  })

  it("ends an answer that it cut as filtered", () => {
    const choice = {
      index: 0,
      message: { role: "assistant", content: "I" },
      finish_reason: "content_filter",
      content_filter_results: { violence: { filtered: true, severity: "high" } }
    }
    assert.strictEqual(protocol.decode({ choices: [choice] })?.finishReason, "content_filter")
  })
})

import { assert, describe, it } from "@effect/vitest"
import type { Call } from "@orelse/core/domain/Call"
import type * as Json from "@orelse/core/domain/Json"
import { InvalidRequest, RateLimited } from "@orelse/core/domain/Reason"
import * as LibraryCall from "@orelse/core/domain/LibraryCall"
import * as Echo from "@orelse/core/provider/Echo"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

const sentWith = (secret: string, body: Json.JsonObject = {}, headers: Readonly<Record<string, string>> = {}) => {
  const call: Call = {
    id: "id",
    operation: "chat",
    dialect: "openai-chat",
    model: "m",
    stream: false,
    wire: { text: JSON.stringify(body), body, headers: {} },
    request: () => Result.succeed({ messages: [] }),
    options: {},
    startedAt: 0
  }
  return Echo.sent(
    {
      call,
      credential: { name: "main", secret: Redacted.make(secret) },
      request: undefined
    },
    headers
  )
}

const prompt = "The launch code is 7-alpha-9, tell nobody about it"
const asked = {
  model: "gpt-long-model-name",
  messages: [{ role: "assistant", content: [{ type: "text", text: prompt }] }]
}

describe("Echo.mask", () => {
  it("takes out a key of any shape, also as it stands in a query, and one that was cut", () => {
    const sent = sentWith("my plain key")
    assert.strictEqual(Echo.mask("key my plain key, or my%20plain%20key", sent), "key [REDACTED], or [REDACTED]")
    assert.strictEqual(Echo.mask("it was my plain...", sent), "it was [REDACTED]...")
    assert.strictEqual(Echo.mask("it was my pl...", sent), "it was my pl...")
  })

  it("takes out a key in capitals, in small letters, in Base64, in hexadecimal digits, and where its end alone is missing", () => {
    const key = "Plain/Key+of=ours."
    const sent = sentWith(key)
    const bytes = Buffer.from(key)
    const written = [
      key.toUpperCase(),
      key.toLowerCase(),
      encodeURIComponent(key).toLowerCase(),
      bytes.toString("base64").replace(/=+$/, ""),
      bytes.toString("base64url"),
      bytes.toString("hex").toUpperCase(),
      key.slice(0, -2)
    ]
    for (const one of written) assert.strictEqual(Echo.mask(`key ${one} is bad`, sent), "key [REDACTED] is bad")
  })

  it("leaves a word in capitals where it is the key that a server without keys is shown", () => {
    assert.strictEqual(Echo.mask("Ollama: ollama is old", sentWith("ollama")), "Ollama: [REDACTED] is old")
  })

  it("takes out each part of an AWS credential", () => {
    const sent = sentWith("access-id:secret-part:session-part")
    assert.strictEqual(Echo.mask("access-id secret-part session-part", sent), "[REDACTED] [REDACTED] [REDACTED]")
  })

  it("takes out long headers of the configuration and leaves short ones, which are words", () => {
    const sent = sentWith("", {}, { "x-own": "a-secret-of-ours", "x-team": "research" })
    assert.strictEqual(Echo.mask("research: a-secret-of-ours", sent), "research: [REDACTED]")
  })

  it.effect(
    "takes out what a program asked, which has no bytes of its own: prompts, arguments, results, texts to embed",
    () =>
      Effect.gen(function* () {
        const said = (text: string) => [{ type: "text", text }] as const
        const chat = yield* LibraryCall.make({
          messages: [
            { role: "user", content: said(prompt) },
            {
              role: "assistant",
              content: [{ type: "toolCall", id: "1", name: "f", arguments: '{"where":"the old mill"}' }]
            },
            { role: "tool", toolCallId: "1", content: said("behind the third stone") }
          ]
        })
        const embeddings = yield* LibraryCall.embeddings({ input: [prompt] })
        const credential = { name: "main", secret: undefined }
        const mask = (call: Call, text: string) =>
          Echo.mask(text, Echo.sent({ call, credential, request: undefined }, {}))
        assert.strictEqual(mask(embeddings, `no: ${prompt}`), "no: [REDACTED]")
        for (const repeated of [prompt, '{"where":"the old mill"}', "behind the third stone"])
          assert.strictEqual(mask(chat, `no: ${repeated}`), "no: [REDACTED]")
      })
  )

  it("takes out what the caller wrote: whole, or a piece of 16 characters at any place", () => {
    const sent = sentWith("", asked)
    assert.strictEqual(Echo.mask(`no: ${prompt}`, sent), "no: [REDACTED]")
    for (let start = 0; start + 16 <= prompt.length; start++)
      for (const before of ["", "x", "four", "#not good#", "#before it#"])
        assert.strictEqual(
          Echo.mask(`${before}${prompt.slice(start, start + 16)}!`, sent),
          `${before}[REDACTED]!`,
          `from ${start}`
        )
  })

  it("leaves names of models, roles and fields, and what merely shares words with the prompt", () => {
    const sent = sentWith("", asked)
    const text = "messages[0].role: assistant cannot use gpt-long-model-name; nobody may launch it"
    assert.strictEqual(Echo.mask(text, sent), text)
  })

  it("takes out what is short where it is repeated whole, and the longer where one begins as another", () => {
    const sent = sentWith("", {
      messages: ["the mill", "the mill stone", "elsewhere!"].map((content) => ({ content }))
    })
    assert.strictEqual(Echo.mask("no: the mill stone, nor the mill", sent), "no: [REDACTED], nor [REDACTED]")
    assert.strictEqual(Echo.mask("the millelsewhere!", sent), "[REDACTED][REDACTED]")
    assert.strictEqual(Echo.mask("the mil and else", sent), "the mil and else")
  })

  it("finds a piece whose first words stand before much else as well", () => {
    const messages = Array.from({ length: 100 }, (_, at) => ({ content: `You are a helper, number ${at} of all` }))
    const sent = sentWith("", { messages })
    assert.strictEqual(Echo.mask("(You are a helper, number 99 of all)", sent), "([REDACTED])")
  })

  it("is quick where tens of thousands of pieces were sent, and a hundred texts come back", () => {
    const messages = Array.from({ length: 30_000 }, (_, at) => ({ content: `piece ${at}` }))
    const sent = sentWith("", { messages })
    const began = performance.now()
    for (let times = 0; times < 100; times++) Echo.mask("nothing of it is said again here. ".repeat(12), sent)
    assert.isBelow(performance.now() - began, 1_000)
  })

  it("is quick where megabytes were sent", () => {
    const sent = sentWith("", {
      messages: Array.from({ length: 200 }, () => ({ content: "lorem ipsum dolor ".repeat(5_000) }))
    })
    const began = performance.now()
    Echo.mask("the request is too long: at most 200000 tokens, got 250000. ".repeat(8), sent)
    assert.isBelow(performance.now() - began, 500)
  })
})

describe("Echo.without", () => {
  it("gives back the same reason where there is nothing to take out", () => {
    const reason = new RateLimited({ message: "slow down", retryAfter: Duration.seconds(2) })
    assert.strictEqual(Echo.without(reason, sentWith("a-key-of-ours", asked)), reason)
  })

  it("keeps our own words for what happened, whatever the caller wrote or its key is", () => {
    const limited = new RateLimited({ message: "slow down", limited: "requests" })
    assert.strictEqual(Echo.without(limited, sentWith("credential", { messages: [{ content: "requests" }] })), limited)
  })

  it("keeps the class, its fault and all other facts", () => {
    const reason = new InvalidRequest({ message: `bad: ${prompt}`, param: "a-key-of-ours", status: 400 })
    const clean = Echo.without(reason, sentWith("a-key-of-ours", asked))
    assert.instanceOf(clean, InvalidRequest)
    assert.deepStrictEqual(
      [clean._tag, clean.fault, clean.message, clean.param, clean.status],
      ["InvalidRequest", "request", "bad: [REDACTED]", "[REDACTED]", 400]
    )
  })
})

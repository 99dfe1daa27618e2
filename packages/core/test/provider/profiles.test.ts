import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { ProtocolId } from "../../src/domain/Dialect.ts"
import * as Json from "../../src/domain/Json.ts"
import { fromProfile } from "../../src/layer/config/Providers.ts"
import { find, profiles, type Profile } from "../../src/provider/profiles.ts"
import { builtIn } from "../../src/provider/protocols/builtIn.ts"
import * as Attempt from "./attempt.ts"
import { FakeDispatcher } from "./fakeDispatcher.ts"

const rows = Object.values(profiles)
const { secret } = Attempt

/** Each format's own path for a model, and an answer that says "hi". */
const formats: Readonly<
  Record<ProtocolId, { readonly path: (row: Profile) => string; readonly answer: Json.JsonObject }>
> = {
  "openai-chat": {
    path: () => "/chat/completions",
    answer: { choices: [{ message: { content: "hi" }, finish_reason: "stop" }] }
  },
  "azure-openai": {
    path: () => "/openai/deployments/model-x/chat/completions?api-version=2024-10-21",
    answer: { choices: [{ message: { content: "hi" }, finish_reason: "stop" }] }
  },
  "openai-responses": {
    path: () => "/responses",
    answer: {
      object: "response",
      status: "completed",
      output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "hi" }] }]
    }
  },
  "anthropic-messages": {
    path: () => "/v1/messages",
    answer: { type: "message", content: [{ type: "text", text: "hi" }], stop_reason: "end_turn" }
  },
  gemini: {
    path: ({ quirks }) =>
      quirks["vertex"] === true
        ? "/publishers/google/models/model-x:generateContent"
        : "/v1beta/models/model-x:generateContent",
    answer: { candidates: [{ content: { parts: [{ text: "hi" }] }, finishReason: "STOP" }] }
  },
  "bedrock-converse": {
    path: () => "/model/model-x/converse",
    answer: { output: { message: { content: [{ text: "hi" }] } }, stopReason: "end_turn" }
  },
  ollama: {
    path: () => "/api/chat",
    answer: { message: { role: "assistant", content: "hi" }, done: true, done_reason: "stop" }
  },
  cohere: {
    path: () => "/v2/chat",
    answer: { message: { content: [{ type: "text", text: "hi" }] }, finish_reason: "COMPLETE" }
  }
}

/** The headers that may show a key. */
const shown = ["authorization", "x-api-key", "api-key", "x-goog-api-key"]

/** How a row shows a key. */
const expectedAuth = ({ auth }: Profile): Readonly<Record<string, string>> => {
  if (auth.type === "header") return { [auth.name]: secret }
  // A key of Bedrock's own has no colon, and is shown as it is.
  return auth.type === "bearer" || auth.type === "sigv4" ? { authorization: `Bearer ${secret}` } : {}
}

/** One call of a row, as its provider would be sent it. */
const call = (row: Profile) =>
  Effect.gen(function* () {
    const dispatcher = new FakeDispatcher(() => ({ body: JSON.stringify(formats[row.protocol].answer) }))
    const answer = yield* Attempt.at(
      { ...row, url: row.url === "" ? "https://mine.example/base" : row.url },
      dispatcher
    )
    return { answer, sent: dispatcher.sent }
  })

describe("the profile table", () => {
  it("has at least 40 rows, each found by its name", () => {
    assert.isAtLeast(rows.length, 40)
    for (const row of rows) assert.strictEqual(find(row.name), row)
    assert.isUndefined(find("toString"))
  })

  for (const row of rows) {
    it(`${row.name} has a protocol, a url where there is one for all, and its keys in variables`, () => {
      assert.isDefined(builtIn[row.protocol], "its protocol is built in")
      assert.isTrue(row.url === "" || URL.canParse(row.url))
      assert.isFalse(row.url.endsWith("/"))
      assert.strictEqual(row.keys.length === 0, row.local)
      for (const name of row.keys) assert.match(name, /^[A-Z][A-Z0-9_]+$/)
      assert.isTrue(row.modelsPage.startsWith("https://") && URL.canParse(row.modelsPage))
      assert.isTrue(row.url === "" || row.url.startsWith(row.local ? "http://127.0.0.1" : "https://"))
    })

    it.effect(`${row.name} is called at its own address, with its key shown once, in its format`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { answer, sent } = yield* call(row)
          const [request] = sent
          assert.strictEqual(sent.length, 1)
          const base = new URL(row.url === "" ? "https://mine.example/base" : row.url)
          assert.strictEqual(request?.origin, base.origin)
          const written = formats[row.protocol].path(row)
          assert.strictEqual(request?.path, base.pathname.replace(/\/$/, "") + written)
          const auth = Object.entries(request?.headers ?? {}).filter(([name]) => shown.includes(name))
          assert.deepStrictEqual(Object.fromEntries(auth), row.keys.length === 0 ? {} : expectedAuth(row))
          const body = Json.parseObject(request?.body ?? "")
          assert.isTrue(Json.string(body?.["model"]) === "model-x" || written.includes("model-x"))
          assert.isTrue(request?.body.includes("Hello."))
          assert.isFalse(request?.body.includes(secret))
          assert.deepStrictEqual(answer._tag === "Whole" ? answer.response().content : [], [
            { type: "text", text: "hi" }
          ])
        })
      )
    )
  }

  it("says of a row without a url that it needs one, and of one without its variable which", () => {
    assert.match(fromProfile(profiles["vertex"]!, {}).disabled ?? "", /needs a url/)
    assert.match(fromProfile(profiles["groq"]!, {}).disabled ?? "", /GROQ_API_KEY/)
  })
})

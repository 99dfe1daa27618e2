import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { profiles } from "../../src/provider/profiles.ts"
import * as Attempt from "./attempt.ts"
import { FakeDispatcher, type Answer } from "./fakeDispatcher.ts"

/** Why an attempt failed, whole or streamed. */
const why = (stream: boolean, answer: Answer) =>
  Effect.gen(function* () {
    const dispatcher = new FakeDispatcher(() => answer)
    const { reason } = yield* Effect.flip(Attempt.at(profiles["openai"]!, dispatcher, { stream }))
    return [reason._tag, reason.message] as const
  }).pipe(Effect.scoped)

const page = "<!doctype html>\n<html><head><title>Welcome to nginx!</title></head><body>It works</body></html>"

describe("An address where no provider answers", () => {
  for (const stream of [false, true]) {
    const how = stream ? "where a stream was asked for" : "where a whole answer was asked for"

    it.effect(`is told as a web page ${how}`, () =>
      Effect.gen(function* () {
        const [tag, message] = yield* why(stream, {
          body: page,
          headers: { "content-type": "text/html; charset=utf-8" }
        })
        assert.strictEqual(tag, "MalformedResponse")
        assert.include(message, "a web page came instead of an answer")
        assert.include(message, "url")
      })
    )

    it.effect(`is told with where a redirect leads, without what may be a secret, ${how}`, () =>
      Effect.gen(function* () {
        const location = "https://me:pw@api.example.com/v1/chat/completions?ticket=abc#x"
        const body = "<html><head><title>301 Moved Permanently</title></head></html>"
        const [, message] = yield* why(stream, { status: 301, body, headers: { location } })
        assert.include(message, "a redirect (301) to https://api.example.com/v1/chat/completions is not followed")
        assert.notMatch(message, /pw|ticket|abc/)
        const [, bare] = yield* why(stream, { status: 302, body: "", headers: { location: "/login?next=%2Fv1" } })
        assert.include(bare, "a redirect (302) to /login is not followed")
      })
    )
  }

  for (const [status, body] of [
    [404, '{"detail":"Not Found"}'],
    [404, "404 page not found"],
    [404, ""],
    [404, '{"error":{"message":"Not Found"}}'],
    [405, '{"detail":"Method Not Allowed"}'],
    [405, "<html><body>Method not allowed</body></html>"],
    [404, "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center></body></html>"]
  ] as const) {
    it.effect(`is told as such where nothing more is said than ${status} ${body}`, () =>
      Effect.gen(function* () {
        const [tag, message] = yield* why(false, { status, body })
        assert.strictEqual(tag, "ModelNotFound")
        assert.match(message, /^(?:nothing answers there \(40[45]\)|a web page came .*); look at the provider's url in/)
      })
    )
  }

  it.effect("is another one than a model that is not there, of which more is said", () =>
    Effect.gen(function* () {
      const body = '{"error":{"message":"model not found"}}'
      assert.deepStrictEqual(yield* why(false, { status: 404, body }), ["ModelNotFound", "model not found"])
    })
  )

  it.effect("names the title of the page that came whole", () =>
    Effect.gen(function* () {
      assert.include((yield* why(false, { body: page }))[1], "Welcome to nginx!")
    })
  )

  it.effect("is not taken for a page where a stream ends without content and says that it is one", () =>
    Effect.gen(function* () {
      const headers = { "content-type": "text/event-stream" }
      assert.strictEqual((yield* why(true, { body: "data: [DONE]\n\n", headers }))[0], "EmptyResponse")
    })
  )
})

import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { answer, chatChunks, refusal } from "./Answers.ts"
import * as ScriptedServer from "./ScriptedServer.ts"
import * as Step from "./Step.ts"

let server: ScriptedServer.ScriptedServer
beforeEach(async () => {
  server = await ScriptedServer.start()
})
afterEach(() => server.close())

const ask = (body: object = { model: "m", stream: true }) =>
  fetch(`${server.url}/v1/chat/completions`, { method: "POST", body: JSON.stringify(body) })

describe("Step", () => {
  it("says when to come back in each header that providers use", async () => {
    const at = new Date("2026-11-21T04:00:00.500Z")
    const forms: ReadonlyArray<readonly [Record<string, string>, string, string]> = [
      [Step.retryAfterSeconds(1.5), "retry-after", "1.5"],
      [Step.retryAfterMs(250), "retry-after-ms", "250"],
      [Step.retryAfterDate(at), "retry-after", "Sat, 21 Nov 2026 04:00:00 GMT"],
      [Step.resetDuration("6m0s", "tokens"), "x-ratelimit-reset-tokens", "6m0s"],
      [Step.resetTime(at, "input-tokens"), "anthropic-ratelimit-input-tokens-reset", "2026-11-21T04:00:00Z"]
    ]
    for (const [headers, name, expected] of forms) {
      server.use(refusal(429, "slow down", { headers }))
      const response = await ask()
      assert.strictEqual(response.status, 429)
      assert.strictEqual(response.headers.get(name), expected)
    }
  })

  it("writes CRLF and comments where told to, and changes nothing else", async () => {
    const events = chatChunks(["one", "two"])
    server.use(Step.sse(Step.commented(Step.crlf(events), ": wait\r\n\r\n")))
    const text = await (await ask()).text()
    assert.isFalse(/[^\r]\n/.test(text))
    assert.strictEqual(text.match(/: wait/g)?.length, events.length)
    assert.strictEqual(text.replaceAll(": wait\r\n\r\n", "").replaceAll("\r\n", "\n"), events.join(""))
  })

  it("delivers an event of 10 MiB whole, with backpressure on the way", async () => {
    const big = "x".repeat(10 * 1_024 * 1_024)
    server.use(answer({ texts: ["small", big] }))
    const text = await (await ask()).text()
    assert.include(text, big)
    assert.include(text, "[DONE]")
  })

  it("replaces a script from the next request on", async () => {
    server.use(Step.failure(503, {}))
    assert.strictEqual((await ask()).status, 503)
    server.use([answer(), Step.failure(500, {})])
    assert.deepStrictEqual([(await ask()).status, (await ask()).status], [200, 500])
  })
})

/**
 * Each preset through the gateway, over real sockets: how many calls, how far apart, who served, and the final status and wording.
 */
import * as Json from "@orelse/core/domain/Json"
import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { answer, refusal } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { resetBeforeHeaders, retryAfterSeconds } from "../support/Step.ts"

const configuration = (one: string, two: string) => `
providers:
  one: { protocol: openai-chat, url: "${one}/v1", keys: [a1, a2] }
  two: { protocol: openai-chat, url: "${two}/v1", keys: [b] }
routes:
  old: { preset: chronicle, targets: [one/m, two/m], options: { initialBackoff: 100ms, jitter: 20ms, maxBackoff: 1s } }
  word: { try: [one/m, two/m], policy: chronicle }
  rel: { preset: reliable, providers: [one, two], model: m, fallbacks: [n], options: { maxRetries: 1, baseBackoff: 100ms } }
  minimal: { preset: minimal, target: one/m }
  pool: { preset: pool, strategy: priority, across: [one/m, two/m], fallback: { enabled: true, onStatus: [5, 429], onRateLimit: true } }
  strict: { preset: pool, strategy: priority, across: [one/m, two/m] }
  chain: { preset: failover, model: one/m, fallbacks: [two/n] }
`

interface Seen {
  readonly status: number
  readonly body: unknown
  readonly message: string
  readonly text: string
  readonly headers: Headers
}

let servers: readonly [ScriptedServer.ScriptedServer, ScriptedServer.ScriptedServer]
let gateway: Gateway.TestGateway

beforeAll(async () => {
  servers = [await ScriptedServer.start(), await ScriptedServer.start()]
  gateway = await Gateway.start(configuration(servers[0].url, servers[1].url))
})
afterAll(async () => {
  await gateway.close()
  await Promise.all(servers.map((server) => server.close()))
})
beforeEach(() => {
  for (const server of servers) server.forget()
  for (const provider of ["one", "two"]) for (const model of ["m", "n"]) gateway.health.reset(provider, model)
})

const user = (content: string) => ({ role: "user", content })

/** One call; `one` and `two` answer by these scripts. */
const call = async (
  model: string,
  one: ScriptedServer.Script,
  two: ScriptedServer.Script = [],
  more: object = {}
): Promise<Seen> => {
  servers[0].use(one)
  servers[1].use(two)
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [user("hi")], ...more })
  })
  const text = await response.text()
  const body = Json.parse(text)
  return {
    status: response.status,
    body,
    message: Json.string(Json.at(body, "error", "message")) ?? "",
    text: Json.string(Json.at(body, "choices", 0, "message", "content")) ?? text,
    headers: response.headers
  }
}

const [one, two] = [() => servers[0].requests, () => servers[1].requests]
const gaps = (requests: ReadonlyArray<ScriptedServer.RecordedRequest>) =>
  requests.slice(1).map((request, index) => request.at - (requests[index]?.at ?? 0))
const counts = () => [one().length, two().length]
const ok = answer({ texts: ["fine"] })
const down = refusal(500, "it is down")
const limited = (seconds?: number) =>
  refusal(429, "slow down", seconds === undefined ? {} : { headers: retryAfterSeconds(seconds) })

describe("chronicle through the gateway", () => {
  it("C-33 sweeps once without waiting and then asks the first again with growing waits", async () => {
    const seen = await call("old", [down, down, ok], [down])
    assert.deepStrictEqual([seen.text, ...counts()], ["fine", 3, 1])
    const [first = 0, second = 0] = gaps(one())
    assert.isTrue(first >= 99 && first < 220, `${first}`)
    assert.isTrue(second >= 199 && second < 330, `${second}`)
    assert.strictEqual(seen.headers.get("x-orelse-provider"), "one")
    assert.strictEqual(seen.headers.get("x-orelse-attempts"), "4")
  })

  it("C-52 and C-55 end with the last error's own status and its note", async () => {
    const seen = await call("old", down, refusal(503, "two is down"))
    assert.deepStrictEqual([seen.status, ...counts()], [500, 3, 1])
    assert.strictEqual(seen.message, "it is down\nTry 4, Provider: one, Model: m")
    assert.strictEqual(Json.at(seen.body, "error", "code"), "provider_server_error")
    assert.strictEqual(seen.headers.get("x-should-retry"), "false")
  })

  it("C-39 tells the caller of a request that everyone refuses", async () => {
    const bad = refusal(400, "temperature must be at most 2", { type: "invalid_request_error" })
    const seen = await call("old", bad, bad)
    assert.deepStrictEqual([seen.status, ...counts()], [400, 2, 1])
    assert.include(seen.message, "temperature must be at most 2")
  })

  it("C-44 and C-59 read Retry-After off a 429, and fail at once where it is too long", async () => {
    const seen = await call("old", [down, limited(30)], [down])
    assert.deepStrictEqual([seen.status, ...counts()], [429, 2, 1])
    assert.isBelow(gaps(one())[0] ?? 0, 300)
  })

  it("C-45 waits as long as a rate limit asks, where that is longer than the backoff", async () => {
    const seen = await call("old", [down, limited(1), ok], [down])
    assert.strictEqual(seen.text, "fine")
    assert.isAtLeast(gaps(one())[1] ?? 0, 1000)
  })

  it("C-57 makes exactly one exchange for each try, and is the same by one word", async () => {
    const seen = await call("word", down, down)
    assert.deepStrictEqual([seen.status, ...counts()], [500, 3, 1])
    assert.strictEqual(seen.headers.get("x-should-retry"), "false")
  })

  it("C-62 has committed with the head of a stream: what breaks after it is the caller's to see", async () => {
    const seen = await call("old", answer({ cutAfter: -1, ending: "error" }), ok, { stream: true })
    assert.strictEqual(seen.status, 200)
    assert.include(seen.text, '"error"')
    assert.notInclude(seen.text, "[DONE]")
    assert.deepStrictEqual(counts(), [1, 0])
  })
})

describe("an empty stream under a preset that commits early", () => {
  for (const ending of ["end", "fin"] as const) {
    it(`ends in an error, not as a whole answer (${ending})`, async () => {
      for (const route of ["old", "minimal", "pool", "chain", "rel"]) {
        const seen = await call(route, answer({ cutAfter: 0, ending }), answer({ cutAfter: 0, ending }), {
          stream: true
        })
        assert.isTrue(seen.status !== 200 || seen.text.includes('"error"'), `${route}: ${seen.text}`)
        assert.notInclude(seen.text, "[DONE]", route)
      }
    })
  }
})

describe("reliable through the gateway", () => {
  it("R-6 asks models, then providers, then retries", async () => {
    const seen = await call("rel", down, [down, down, ok])
    assert.strictEqual(seen.text, "fine")
    const models = (requests: ReadonlyArray<ScriptedServer.RecordedRequest>) =>
      requests.map((request) => Json.at(request.json, "model"))
    assert.deepStrictEqual(
      [models(one()), models(two())],
      [
        ["m", "m", "n", "n"],
        ["m", "m", "n"]
      ]
    )
    const [wait = 0] = gaps(one())
    assert.isTrue(wait >= 49 && wait < 200, `${wait}`)
  })

  it("R-48 tells every attempt", async () => {
    const seen = await call("rel", refusal(401, "wrong key"), refusal(503, "busy"))
    assert.deepStrictEqual(counts(), [2, 4])
    const lines = seen.message.split("\n")
    assert.strictEqual(lines[0], "All providers/models failed. Attempts:")
    assert.strictEqual(lines.length, 7)
    assert.match(lines[1] ?? "", /^provider=one model=m attempt 1\/2: non_retryable; error=.*wrong key/)
    assert.match(lines[3] ?? "", /^provider=two model=m attempt 2\/2: retryable; error=.*busy/)
  })

  it("R-51 drops the older half of a history that does not fit, once", async () => {
    const message = "This model's maximum context length is 8192 tokens, however you requested 9000 tokens"
    const full = refusal(400, message, { type: "invalid_request_error", code: "context_length_exceeded" })
    const messages = [user("one"), { role: "assistant", content: "two" }, user("three"), user("four")]
    const seen = await call("rel", [full, ok], [], { messages })
    assert.strictEqual(seen.text, "fine")
    assert.strictEqual(Json.array(Json.at(one()[1]?.json, "messages")).length, 2)
    const alone = await call("rel", full, full)
    assert.deepStrictEqual(
      [alone.status, alone.message.split("\n")[0]],
      [400, "Request exceeds model context window. Attempts:"]
    )
  })
})

describe("minimal through the gateway", () => {
  it("M-10 makes four calls 100, 200 and 400 ms apart, and ends with the last error", async () => {
    const seen = await call("minimal", down)
    assert.deepStrictEqual([seen.status, seen.message], [502, "it is down"])
    for (const [index, wait] of [100, 200, 400].entries()) {
      const gap = gaps(one())[index] ?? 0
      assert.isTrue(gap >= wait - 1 && gap < wait + 120, `${gap}`)
    }
    assert.strictEqual(one().length, 4)
  })

  it("M-9 waits as long as a rate limit asks", async () => {
    const seen = await call("minimal", [limited(1), ok])
    assert.strictEqual(seen.text, "fine")
    assert.isTrue((gaps(one())[0] ?? 0) >= 1000 && (gaps(one())[0] ?? 0) < 1200)
  })

  it("M-7 makes one call where the error is not retryable", async () => {
    const seen = await call("minimal", refusal(401, "wrong key"))
    assert.deepStrictEqual([seen.status, one().length], [502, 1])
    assert.include(seen.message, "wrong key")
  })
})

describe("pool through the gateway", () => {
  it("P-29 discards a status that moves on, and serves from the next at once", async () => {
    const seen = await call("pool", down, ok)
    assert.deepStrictEqual([seen.text, ...counts()], ["fine", 1, 1])
    assert.strictEqual(seen.headers.get("x-orelse-fell-back"), "true")
    assert.isBelow((two()[0]?.at ?? 0) - (one()[0]?.at ?? 0), 100)
  })

  it("P-29 hands any other status on as it is", async () => {
    const refused = await call("pool", refusal(401, "wrong key"), ok)
    assert.deepStrictEqual([refused.status, refused.message, ...counts()], [401, "wrong key", 1, 0])
    const strict = await call("strict", limited(), ok)
    assert.deepStrictEqual([strict.status, two().length], [429, 0])
  })

  it("P-30 goes on after a connection error", async () => {
    const seen = await call("pool", resetBeforeHeaders, ok)
    assert.deepStrictEqual([seen.text, ...counts()], ["fine", 1, 1])
  })

  it("P-32 answers 502 after the last member, whatever its status was", async () => {
    const seen = await call("pool", limited(), limited())
    assert.deepStrictEqual([seen.status, ...counts()], [502, 1, 1])
    assert.notInclude(seen.message, "slow down")
  })
})

describe("failover through the gateway", () => {
  const keysOf = (requests: ReadonlyArray<ScriptedServer.RecordedRequest>) =>
    requests.map((request) => request.headers["authorization"])

  it("F-26 and F-31 go from key to key and then to the next model, and F-12 passes over what cools down", async () => {
    const seen = await call("chain", limited(), ok)
    assert.deepStrictEqual([seen.text, keysOf(one())], ["fine", ["Bearer a1", "Bearer a2"]])
    const again = await call("chain", ok, ok)
    assert.deepStrictEqual(
      [again.headers.get("x-orelse-provider"), again.headers.get("x-orelse-attempts")],
      ["two", "1"]
    )
  })

  it("F-27 retries in place after 500 ms and 2 s, and F-18 tells how the chain ended", async () => {
    const seen = await call("chain", down, refusal(404, "The model `n` does not exist", { code: "model_not_found" }))
    assert.deepStrictEqual(counts(), [3, 1])
    const [first = 0, second = 0] = gaps(one())
    assert.isTrue(first >= 499 && first < 700 && second >= 1999 && second < 2300, `${first} ${second}`)
    assert.strictEqual(seen.message, "LLM chain exhausted (2 models tried). Last error: The model `n` does not exist")
  })

  it("F-19 says that all cool down, sends nothing, and says when to come back", async () => {
    await call("chain", limited(), limited())
    for (const server of servers) server.forget()
    const seen = await call("chain", ok, ok)
    assert.deepStrictEqual([seen.status, ...counts()], [503, 0, 0])
    assert.include(seen.message, "LLM chain exhausted (2 models, all cooling)")
    assert.isAtLeast(Number(seen.headers.get("retry-after")), 1)
  })

  it("F-23 sends the request again without max_tokens", async () => {
    const refused = refusal(400, "max_tokens is too large: 999999. This model supports at most 4096", {
      type: "invalid_request_error"
    })
    const seen = await call("chain", [refused, ok], ok, { max_tokens: 999_999 })
    assert.deepStrictEqual([seen.text, ...counts()], ["fine", 2, 0])
    assert.isUndefined(Json.at(one()[1]?.json, "max_tokens"))
  })
})

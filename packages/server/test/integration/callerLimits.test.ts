import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import OpenAI, { RateLimitError } from "openai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { answer } from "../support/Answers.ts"
import { chat, type Reloading, start } from "../support/reloading.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { silent } from "../support/Step.ts"

/** Every call costs 1 ct: ten tokens in, none out, at 1,000 USD a million. */
const configuration = (url: string, ledger: string, callers: string) => `
providers:
  mine: { protocol: openai-chat, url: ${url}/v1, keys: [x], limits: { requests: 1000/h }, models: { good: { inputPrice: 1000, outputPrice: 0 } } }
routes:
  smart: mine/good
  stuck: mine/silent
ledger: { store: sqlite, path: ${ledger} }
callers:
${callers}
`

describe("a gateway with limited callers", () => {
  let folder: string
  let server: ScriptedServer.ScriptedServer
  let gateways: Array<Reloading> = []
  const begin = async (callers: string, name = "orelse.db") => {
    const gateway = await start(configuration(server.url, join(folder, name), callers))
    gateways.push(gateway)
    return gateway
  }
  const yamlOf = (callers: string, name = "orelse.db") => configuration(server.url, join(folder, name), callers)

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "orelse-limits-"))
    server = await ScriptedServer.start()
    server.use(ScriptedServer.byModel({ good: answer({ usage: { input: 10, output: 0 } }), silent }))
  })
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()))
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it("answers 429 with Retry-After and OpenAI's headers over the limit, and asks no provider for it", async () => {
    const { url } = await begin(`  - { name: a, key: a, limits: { requests: 2/h, tokens: 100000/h } }`, "requests.db")
    const first = await chat(url, "a")
    await first.text()
    assert.strictEqual(first.status, 200)
    assert.strictEqual(first.headers.get("x-ratelimit-limit-requests"), "2")
    assert.strictEqual(first.headers.get("x-ratelimit-remaining-requests"), "1")
    assert.match(first.headers.get("x-ratelimit-reset-requests") ?? "", /^(1h0m0s|59m\d+s)$/)
    assert.strictEqual(first.headers.get("x-ratelimit-limit-tokens"), "100000")
    const streamed = await chat(url, "a", { stream: true })
    await streamed.text()
    assert.strictEqual(streamed.headers.get("x-ratelimit-remaining-requests"), "0")
    const before = server.requests.length
    const refused = await chat(url, "a")
    assert.strictEqual(refused.status, 429)
    assert.isAbove(Number(refused.headers.get("retry-after")), 3500)
    assert.isNull(refused.headers.get("x-should-retry"))
    assert.strictEqual(refused.headers.get("x-ratelimit-remaining-requests"), "0")
    // Ten each, as the provider counted them, not what was estimated.
    assert.strictEqual(refused.headers.get("x-ratelimit-remaining-tokens"), "99980")
    const { error } = (await refused.json()) as { readonly error: Readonly<Record<string, unknown>> }
    assert.deepStrictEqual([error["type"], error["code"]], ["rate_limit_error", "rate_limit_exceeded"])
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "a", maxRetries: 0 })
    const raised = await client.chat.completions
      .create({ model: "smart", messages: [] })
      .catch((cause: unknown) => cause)
    assert.instanceOf(raised, RateLimitError)
    assert.strictEqual(server.requests.length, before)
  })

  it("hears a caller with a limit as often as it may call, and counts that apart from its calls", async () => {
    const { url } = await begin(`  - { name: a, key: a, limits: { requests: 2/h } }`, "events.db")
    const tell = () =>
      fetch(`${url}/v1/events`, {
        method: "POST",
        headers: { authorization: "Bearer a" },
        body: JSON.stringify([{ type: "step:start" }, { type: "step:end" }])
      })
    const statuses = [(await tell()).status, (await tell()).status]
    const refused = await tell()
    assert.deepStrictEqual([...statuses, refused.status], [202, 202, 429])
    assert.isAbove(Number(refused.headers.get("retry-after")), 3500)
    const { error } = (await refused.json()) as { readonly error: Readonly<Record<string, unknown>> }
    assert.deepStrictEqual([error["type"], error["code"]], ["rate_limit_error", "rate_limit_exceeded"])
    const call = await chat(url, "a")
    await call.text()
    assert.deepStrictEqual([call.status, call.headers.get("x-ratelimit-remaining-requests")], [200, "1"])
  })

  const messages = [{ role: "user", content: "hi" }]
  const contents = [{ role: "user", parts: [{ text: "hi" }] }]
  const asks: ReadonlyArray<readonly [path: string, body: object, error: object]> = [
    ["/v1/chat/completions", { model: "smart", messages }, { error: { code: "rate_limit_exceeded" } }],
    ["/v1/chat/completions", { model: "smart", stream: true, messages }, { error: { code: "rate_limit_exceeded" } }],
    ["/v1/responses", { model: "smart", input: "hi" }, { error: { code: "rate_limit_exceeded" } }],
    ["/v1/responses", { model: "smart", stream: true, input: "hi" }, { error: { code: "rate_limit_exceeded" } }],
    ["/v1/embeddings", { model: "smart", input: "hi" }, { error: { code: "rate_limit_exceeded" } }],
    [
      "/v1/messages",
      { model: "smart", max_tokens: 9, messages },
      { type: "error", error: { type: "rate_limit_error" } }
    ],
    [
      "/v1/messages",
      { model: "smart", max_tokens: 9, stream: true, messages },
      { type: "error", error: { type: "rate_limit_error" } }
    ],
    ["/v1beta/models/smart:generateContent", { contents }, { error: { code: 429, status: "RESOURCE_EXHAUSTED" } }],
    [
      "/v1beta/models/smart:streamGenerateContent?alt=sse",
      { contents },
      { error: { code: 429, status: "RESOURCE_EXHAUSTED" } }
    ]
  ]

  it("answers 429 with Retry-After and those headers in every dialect, whole and streamed, over a limit and a budget", async () => {
    const { url } = await begin(
      `  - { name: a, key: a, limits: { requests: 1/h } }\n  - { name: b, key: b, limits: { requests: 9/h }, budget: { usd: 0.005, per: month } }`,
      "dialects.db"
    )
    for (const key of ["a", "b"]) await (await chat(url, key)).text()
    const before = server.requests.length
    for (const [path, body, error] of asks)
      for (const [key, remaining] of [
        ["a", "0"],
        ["b", "8"]
      ] as const) {
        const refused = await fetch(url + path, {
          method: "POST",
          headers: { authorization: `Bearer ${key}` },
          body: JSON.stringify(body)
        })
        assert.strictEqual(refused.status, 429, path)
        assert.isAbove(Number(refused.headers.get("retry-after")), 0, path)
        assert.strictEqual(refused.headers.get("x-ratelimit-limit-requests"), key === "a" ? "1" : "9", path)
        assert.strictEqual(refused.headers.get("x-ratelimit-remaining-requests"), remaining, path)
        assert.match(refused.headers.get("content-type") ?? "", /^application\/json/)
        const told: unknown = await refused.json()
        if (key === "a") assert.containsSubset(told, error)
      }
    assert.strictEqual(server.requests.length, before)
  })

  it("says where a caller stands on answers that took nothing, too", async () => {
    const { url } = await begin(`  - { name: a, key: a, routes: [smart], limits: { requests: 5/h } }`, "standing.db")
    const bad = await fetch(`${url}/v1/messages`, { method: "POST", headers: { "x-api-key": "a" }, body: "{" })
    const counted = await fetch(`${url}/v1/messages/count_tokens`, {
      method: "POST",
      headers: { "x-api-key": "a" },
      body: JSON.stringify({ model: "smart", messages: [{ role: "user", content: "hi" }] })
    })
    const answers = [counted, bad, await chat(url, "a", { model: "nope" }), await chat(url, "a", { model: "stuck" })]
    const models = await fetch(`${url}/v1/models`, { headers: { authorization: "Bearer a" } })
    assert.deepStrictEqual(
      [...answers, models].map(({ status }) => status),
      [200, 400, 404, 403, 200]
    )
    for (const { headers } of [...answers, models])
      assert.deepStrictEqual(
        [headers.get("x-ratelimit-remaining-requests"), headers.get("x-ratelimit-reset-requests")],
        ["5", "0s"]
      )
  })

  it("lets a thousand calls at once through to exactly the limit, and drains neither another caller's nor the provider's", async () => {
    const { url } = await begin(
      `  - { name: a, key: a, limits: { requests: 50/h } }\n  - { name: b, key: b, limits: { requests: 50/h } }`,
      "drain.db"
    )
    const before = server.requests.length
    const statuses = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const response = await chat(url, "a")
        await response.text()
        return response.status
      })
    )
    assert.strictEqual(statuses.filter((status) => status === 200).length, 50)
    assert.strictEqual(statuses.filter((status) => status === 429).length, 950)
    assert.strictEqual(server.requests.length - before, 50)
    const other = await chat(url, "b")
    await other.text()
    assert.strictEqual(other.status, 200)
    assert.strictEqual(other.headers.get("x-ratelimit-remaining-requests"), "49")
  })

  it("holds a place until the call ends, also where the caller hangs up", async () => {
    const { url } = await begin(`  - { name: a, key: a, limits: { concurrency: 1 } }`, "places.db")
    const hangUp = new AbortController()
    const arrived = server.requests.length + 1
    const stuck = chat(url, "a", { model: "stuck" }, hangUp.signal).catch(() => "gone")
    for (let turn = 0; turn < 200 && server.requests.length < arrived; turn++)
      await new Promise((r) => setTimeout(r, 10))
    const refused = await chat(url, "a")
    assert.strictEqual(refused.status, 429)
    assert.strictEqual(refused.headers.get("retry-after"), "1")
    hangUp.abort()
    assert.strictEqual(await stuck, "gone")
    let status = 429
    for (let turn = 0; turn < 200 && status === 429; turn++) {
      const response = await chat(url, "a")
      await response.text()
      ;({ status } = response)
    }
    assert.strictEqual(status, 200)
  })

  it("leaks no place and no money where two hundred callers hang up at any moment", async () => {
    const { url } = await begin(
      `  - { name: a, key: a, limits: { concurrency: 200 }, budget: { usd: 100, per: day } }`,
      "leaks.db"
    )
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const hangUp = new AbortController()
        setTimeout(() => hangUp.abort(), index / 4)
        const stuck = { model: index % 2 === 0 ? "stuck" : "smart", stream: index % 3 === 0 }
        await chat(url, "a", stuck, hangUp.signal).then(
          (response) => response.text().catch(() => ""),
          () => ""
        )
      })
    )
    let served = 0
    for (let turn = 0; turn < 100 && served < 200; turn++) {
      const statuses = await Promise.all(
        Array.from({ length: 200 }, async () => {
          const response = await chat(url, "a")
          await response.text()
          return response.status
        })
      )
      served = statuses.filter((status) => status === 200).length
    }
    assert.strictEqual(served, 200)
  })

  it("spends a budget to the cent over a restart, and says when there is money again", async () => {
    const callers = `  - { name: a, key: a, budget: { usd: 0.05, per: month } }\n  - { name: b, key: b, budget: { usd: 0.05, per: month } }`
    const one = await begin(callers, "budget.db")
    for (let call = 0; call < 3; call++) await (await chat(one.url, "a", { stream: call === 1 })).text()
    await one.close()
    gateways = gateways.filter((gateway) => gateway !== one)
    const { url } = await begin(callers, "budget.db")
    for (const status of [200, 200, 429]) {
      const response = await chat(url, "a")
      const text = await response.text()
      assert.strictEqual(response.status, status)
      if (status !== 429) continue
      assert.include(text, 'Caller \\"a\\" has spent its budget of 0.05 USD per month')
      assert.include(text, "budget_spent")
      const wait = Number(response.headers.get("retry-after"))
      assert.isAbove(wait, 0)
      // SDKs are told not to try again, but in a month's last minute, when waiting would do.
      assert.strictEqual(response.headers.get("x-should-retry"), wait > 60 ? "false" : null)
    }
    assert.strictEqual((await chat(url, "b")).status, 200)
  })

  it("spends no more than the budget and one call where a thousand calls come at once", async () => {
    const { url } = await begin(`  - { name: a, key: a, budget: { usd: 0.2, per: day } }`, "crowd.db")
    const before = server.requests.length
    await (await chat(url, "a")).text()
    await Promise.all(Array.from({ length: 1000 }, async () => (await chat(url, "a")).text()))
    // Those that were turned away while others were under way come again, as SDKs do.
    for (let turn = 0; turn < 50; turn++) await (await chat(url, "a")).text()
    const asked = server.requests.length - before
    assert.isAtLeast(asked, 20)
    assert.isAtMost(asked, 21)
  })

  it("keeps a place over a reload until the call that holds it ends", async () => {
    const callers = `  - { name: a, key: a, limits: { concurrency: 1 } }`
    const gateway = await begin(callers, "held.db")
    const hangUp = new AbortController()
    const arrived = server.requests.length + 1
    const stuck = chat(gateway.url, "a", { model: "stuck" }, hangUp.signal).catch(() => "gone")
    for (let turn = 0; turn < 200 && server.requests.length < arrived; turn++)
      await new Promise((r) => setTimeout(r, 10))
    await gateway.reload(yamlOf(`${callers}\n  - { name: b, key: b }`, "held.db"))
    assert.strictEqual((await chat(gateway.url, "a")).status, 429)
    assert.strictEqual((await chat(gateway.url, "b")).status, 200)
    hangUp.abort()
    assert.strictEqual(await stuck, "gone")
  })

  it("keeps counts and accounts over a reload, and knows new callers and new limits at once", async () => {
    const limits = "limits: { requests: 3/h }, budget: { usd: 1, per: day }"
    const gateway = await begin(`  - { name: a, key: a, ${limits} }`, "reload.db")
    const { url } = gateway
    await (await chat(url, "a")).text()
    assert.strictEqual((await chat(url, "b")).status, 403)
    await gateway.reload(yamlOf(`  - { name: a, key: a2, ${limits} }\n  - { name: b, key: b }`, "reload.db"))
    assert.strictEqual((await chat(url, "a")).status, 403)
    const next = await chat(url, "a2")
    assert.strictEqual(next.headers.get("x-ratelimit-remaining-requests"), "1")
    assert.strictEqual((await chat(url, "b")).status, 200)
    await gateway.reload(yamlOf(`  - { name: a, key: a2, limits: { requests: 2/h } }`, "reload.db"))
    assert.strictEqual((await chat(url, "a2")).status, 429)
    assert.strictEqual((await chat(url, "b")).status, 403)
  })
})

import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { run, start } from "./process.ts"

const secret = "sk-proj-AbCdEf0123456789AbCdEf0123456789"
/** Without a shape that gives it away. */
const key = "plain words as a key"
const prompt = 'What did my neighbour do\nwith the "old" ladder?'

let cwd = ""
let provider: Server

/** Its model is the status that it answers with. */
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "orelse-failures-"))
  provider = createServer((request, response) => {
    let body = ""
    request.on("data", (chunk) => (body += String(chunk)))
    request.on("end", () => {
      const status = Number(/"model":"(\d+)"/.exec(body)?.[1])
      const headers = { "content-type": "application/json", "x-secret-retry": secret, connection: "close" }
      response
        // Beside a wait the date is kept, and two answers of two seconds are two lines.
        .writeHead(status, { ...headers, date: "Sat, 21 Nov 2026 12:00:00 GMT" })
        .end(JSON.stringify({ oops: `gear ${status} of ${secret} is stuck`, told: [key, prompt] }))
    })
  }).listen(0, "127.0.0.1")
  await once(provider, "listening")
  const { port } = provider.address() as AddressInfo
  const mine = `{ protocol: openai-chat, keys: ["${key}"], url: "http://127.0.0.1:${port}/v1" }`
  await writeFile(join(cwd, "orelse.yaml"), `providers: { mine: ${mine} }\nledger: { path: ./calls.db }\n`)
})
afterAll(async () => {
  provider.close()
  await rm(cwd, { recursive: true })
})

interface Line {
  readonly status: number
  readonly body: unknown
  readonly expected: { readonly kind: string }
}

/** What is left of an answer that repeats what it was sent. */
const told = (status: number) => ({
  oops: `gear ${status} of [REDACTED] is stuck`,
  told: ["[REDACTED]", "[REDACTED] [REDACTED]"]
})

const linesOf = (text: string): ReadonlyArray<Line> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)

describe("orelse failures export", () => {
  it("prints what no rule knew, each once and redacted, as the gateway's admin endpoint does", async () => {
    assert.match((await run(["failures", "export"], { cwd })).err, /^There is no ledger at \.\/calls\.db yet\.\n/)
    const server = start(["serve", "--port", "0", "--json"], { cwd })
    try {
      const { address } = JSON.parse((await server.prints("\n")).split("\n")[0] ?? "") as { readonly address: string }
      const call = async (model: string) => {
        const body = JSON.stringify({
          model: `mine/${model}`,
          messages: [{ role: "user", content: prompt }],
          orelse: { attempts: 1 }
        })
        const response = await fetch(`${address}/v1/chat/completions`, { method: "POST", body })
        await response.text()
        return response.status
      }
      assert.strictEqual(await call("500"), 502)
      const none = await run(["failures", "export"], { cwd })
      assert.deepStrictEqual([none.code, none.out], [0, ""])
      assert.include(none.err, "known to a rule")
      for (const model of ["418", "421", "421"]) assert.strictEqual(await call(model), 502)
      const { code, out } = await run(["failures", "export", "--since", "1h"], { cwd })
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(
        linesOf(out).map(({ body, expected, status }) => ({ body, kind: expected.kind, status })),
        [
          { body: told(421), kind: "unknown", status: 421 },
          { body: told(418), kind: "unknown", status: 418 }
        ]
      )
      for (const private_ of [secret, key, "neighbour", "ladder"]) assert.notInclude(out, private_)
      const asked = await fetch(`${address}/admin/failures?provider=mine&limit=1`)
      assert.deepStrictEqual(linesOf(await asked.text()), linesOf(out).slice(0, 1))
      assert.strictEqual((await fetch(`${address}/admin/failures?caller=x`)).status, 400)
      const metrics = await (await fetch(`${address}/metrics`)).text()
      assert.match(metrics, /orelse_unknown_failures_total\{provider="mine"\} 3\n/)
      assert.strictEqual((await run(["failures", "export", "--provider", "other"], { cwd })).out, "")
    } finally {
      server.child.kill("SIGTERM")
    }
    assert.strictEqual((await server.ended).code, 0)
  })
})

import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Gateway from "../support/gateway.ts"
import { until } from "../support/leaving.ts"

const ask = (url: string, timeout: number) =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "x-orelse-timeout": String(timeout) },
    body: JSON.stringify({ model: "demo/echo", messages: [{ role: "user", content: "hi" }] })
  })

const ready = async (url: string) => {
  const response = await fetch(`${url}/health/ready`)
  return { status: response.status, said: (await response.json()) as { status: string; ledger: { full?: boolean } } }
}

describe("a gateway whose ledger has no room, neither in its store nor in its spool", () => {
  it("ends calls at their deadline, is not ready, and serves on once there is room", { timeout: 30_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "orelse-full-"))
    const path = join(folder, "a.db")
    // Where the spool's folder would be.
    writeFileSync(`${path}.spool`, "")
    const gateway = await Gateway.start(`ledger: { store: sqlite, path: ${path} }`)
    const other = new DatabaseSync(path)
    try {
      assert.strictEqual((await ask(gateway.url, 5_000)).status, 200)
      other.exec("BEGIN IMMEDIATE")
      const waiting = await until(
        async () => {
          const began = performance.now()
          const response = await ask(gateway.url, 300)
          return response.status !== 200 && { response, tookMs: performance.now() - began }
        },
        "call that waits",
        10_000
      )
      assert.strictEqual(waiting.response.status, 504)
      assert.isBelow(waiting.tookMs, 2_000)
      const stuck = await ready(gateway.url)
      assert.strictEqual(stuck.status, 503)
      assert.include(stuck.said.status, "make room")
      assert.isTrue(stuck.said.ledger.full)
      other.exec("COMMIT")
      await until(async () => (await ready(gateway.url)).status === 200, "room", 10_000)
      assert.strictEqual((await ask(gateway.url, 5_000)).status, 200)
      const outcomes = (await gateway.calls()).map(({ call }) => `${call.outcome} ${call.reason}`)
      assert.include(outcomes, "failed DeadlineExceeded")
    } finally {
      other.close()
      await gateway.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

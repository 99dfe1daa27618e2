import { assert, describe, it } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { execFileSync } from "node:child_process"
import { createClient } from "redis"
import { afterAll, afterEach, vi } from "vitest"
import { findChromium, isMissing, startPostgres, startRedis, titleOf } from "../support/servers.ts"

const redis = await startRedis()
const postgres = await startPostgres()
const chromium = findChromium()

afterAll(async () => {
  if (!isMissing(redis)) await redis[Symbol.asyncDispose]()
  if (!isMissing(postgres)) await postgres[Symbol.asyncDispose]()
})

describe(titleOf("Redis", redis), () => {
  it.skipIf(isMissing(redis))("gives back what was set, and knows nothing from before", async () => {
    if (isMissing(redis)) return
    const client = await createClient({ url: redis.url }).connect()
    assert.strictEqual(await client.dbSize(), 0)
    await client.set("name", "value")
    assert.strictEqual(await client.get("name"), "value")
    await client.close()
  })

  it.skipIf(isMissing(redis))("has two beside each other without a common port or key", async () => {
    if (isMissing(redis)) return
    const other = await startRedis()
    if (isMissing(other)) return
    assert.notStrictEqual(other.port, redis.port)
    const client = await createClient({ url: other.url }).connect()
    assert.strictEqual(await client.dbSize(), 0)
    await client.close()
    await other[Symbol.asyncDispose]()
  })
})

describe(titleOf("PostgreSQL", postgres), () => {
  it.skipIf(isMissing(postgres))("answers select 1", () => {
    if (isMissing(postgres)) return Promise.resolve()
    const program = Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const rows = yield* sql<{ readonly one: number }>`select 1 as one`
      assert.deepStrictEqual(rows, [{ one: 1 }])
    })
    const layer = PgClient.layer({ url: Redacted.make(postgres.url) })
    return Effect.runPromise(program.pipe(Effect.provide(layer)))
  })
})

describe(titleOf("Chromium", chromium), () => {
  it.skipIf(isMissing(chromium))("says its version", () => {
    if (isMissing(chromium)) return
    assert.match(execFileSync(chromium, ["--version"], { encoding: "utf8" }), /\d+\.\d+/)
  })
})

describe("a server that is not installed", () => {
  afterEach(() => vi.unstubAllEnvs())

  it("gives the reason back, for the title of what is skipped", async () => {
    vi.stubEnv("PATH", "")
    vi.stubEnv("CI", "")
    const found = await startRedis()
    assert.deepStrictEqual(found, {
      missing: "Redis is not installed; on Debian: apt-get install redis-server"
    })
    assert.match(titleOf("Redis", found), /^Redis \(skipped: Redis is not installed/)
  })

  it("is an error in CI", async () => {
    vi.stubEnv("PATH", "")
    vi.stubEnv("CI", "true")
    const failure = await startRedis().catch((error: unknown) => error)
    assert.match(String(failure), /Redis is not installed.*see \.ci\/run/)
    assert.throws(() => findChromium(), /Chromium is not installed/)
  })
})

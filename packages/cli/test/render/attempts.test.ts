import type { Attempt } from "@orelse/core/domain/Attempt"
import { assert, describe, it } from "@effect/vitest"
import * as Attempts from "../../src/render/attempts.ts"
import { plain } from "../../src/render/text.ts"

const base: Attempt = {
  ordinal: 1,
  provider: "openai",
  model: "gpt-5",
  credential: "main",
  startedAt: 0,
  waitedBeforeMs: 0,
  outcome: "answered",
  durationMs: 310
}

describe("attempt", () => {
  it("says who answered, how long it took, and what it counted", () => {
    assert.strictEqual(Attempts.attempt(base, plain), "1. openai/gpt-5 (main): answered, 310 ms")
    assert.strictEqual(
      Attempts.attempt({ ...base, usage: { inputTokens: 3, outputTokens: 5 }, costUsd: 0.00012 }, plain),
      "1. openai/gpt-5 (main): answered, 310 ms, 3 + 5 tokens, 0.000120 USD"
    )
  })
  it("says why one failed, what the provider asked for, how long it had waited and what came next", () => {
    const failed: Attempt = {
      ...base,
      ordinal: 2,
      credential: "none",
      outcome: "failed",
      waitedBeforeMs: 250,
      reason: "RateLimited",
      status: 429,
      retryAfterMs: 2000,
      action: "nextTarget",
      message: "slow down"
    }
    assert.strictEqual(
      Attempts.attempt(failed, plain),
      "2. openai/gpt-5: RateLimited 429, asked to wait 2 s, waited 250 ms, 310 ms → nextTarget: slow down"
    )
    assert.strictEqual(
      Attempts.attempt({ ...base, outcome: "cancelled" }, plain),
      "1. openai/gpt-5 (main): cancelled, 310 ms"
    )
  })
})

describe("an attempt whose provider sends escapes", () => {
  it("shows them, and obeys none", () => {
    const failed: Attempt = { ...base, outcome: "failed", reason: "InvalidRequest", message: "no\u001b]0;title\u0007" }
    assert.include(Attempts.attempt(failed, plain), ": no\\u001b]0;title\\u0007")
  })
})

describe("served", () => {
  it("says who served, after how many attempts, and whether it fell back or was repaired", () => {
    const by = {
      provider: "p",
      model: "m",
      credential: "c",
      attempts: 1,
      fellBack: false,
      wasRateLimited: false,
      repairs: []
    }
    assert.strictEqual(Attempts.served(by), "served by p/m after 1 attempt")
    assert.strictEqual(
      Attempts.served({ ...by, attempts: 3, fellBack: true, repairs: ["clampMaxTokens"] }),
      "served by p/m after 3 attempts (fell back), repaired by clampMaxTokens"
    )
  })
})

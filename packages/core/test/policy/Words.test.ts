import { assert, describe, it } from "@effect/vitest"
import * as Words from "../../src/policy/Words.ts"

describe("Words.says", () => {
  it("wants one word of every group, and heeds capitals only where the word has one", () => {
    assert.isTrue(Words.says("The Model was NOT found", [["model"], ["not found", "unknown"]]))
    assert.isFalse(Words.says("The model was found", [["model"], ["not found", "unknown"]]))
    assert.isFalse(Words.says("too many", [["Too Many"]]))
    assert.isTrue(Words.says("429 Too Many Requests", [["Too Many"], ["429"]]))
    assert.isTrue(Words.says("anything", []))
    assert.isFalse(Words.says("anything", [[]]))
  })
})

describe("Words.statusIn", () => {
  it("prefers a status after a parenthesis, then after HTTP, then the first that stands free", () => {
    assert.strictEqual(Words.statusIn("500 then HTTP 502 then (503 Service)"), 503)
    assert.strictEqual(Words.statusIn("500 then HTTP 502 then"), 502)
    assert.strictEqual(Words.statusIn("failed with 500 or 501"), 500)
  })

  it("takes three digits from 100 to 599 that nothing is glued to on the left", () => {
    for (const text of [
      "",
      "no number",
      "error5030",
      "v1.500",
      "a-500",
      "x500",
      "/500",
      ":500",
      "5000",
      "42",
      "099",
      "600",
      "code_500"
    ]) {
      assert.strictEqual(Words.statusIn(text), undefined, text)
    }
    assert.strictEqual(Words.statusIn("100"), 100)
    assert.strictEqual(Words.statusIn("599 of 600"), 599)
    assert.strictEqual(Words.statusIn("(1234) but 404"), 404)
    assert.strictEqual(Words.statusIn("1234, then 404"), 404)
  })
})

describe("Words.waitIn", () => {
  it("reads the seconds after the first wording that has a number, in whole milliseconds", () => {
    for (const [text, ms] of [
      ["Retry-After: 20", 20_000],
      ["retry_after:1.5", 1500],
      ["retry-after 3", 3000],
      ["retry_after 4 s", 4000],
      ["your quota will reset after 7 s", 7000],
      ["please retry in 0.0015", 1],
      ["retry in a while; reset after 2", 2000],
      ["retry-after: soon, retry in 9", 9000]
    ] as const) {
      assert.strictEqual(Words.waitIn(text), ms, text)
    }
  })

  it("is nothing where no number stands right after the words", () => {
    for (const text of [
      "",
      "retry-after",
      "retry-after: soon",
      "retry in",
      "wait 5",
      "retry-after: ..",
      "retry after 5"
    ]) {
      assert.strictEqual(Words.waitIn(text), undefined, text)
    }
  })
})

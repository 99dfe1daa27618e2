import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { createServer } from "node:http"
import * as Listener from "../../src/http/Listener.ts"

const limits = (headersTimeout: Duration.Input, requestTimeout: Duration.Input) =>
  Listener.limits({
    headersTimeout: Duration.fromInputUnsafe(headersTimeout),
    requestTimeout: Duration.fromInputUnsafe(requestTimeout)
  })

describe("limits of the listener", () => {
  it("are whole milliseconds, as Node takes them, and never shorter than what was said", () => {
    const { headersTimeout, requestTimeout } = limits("1500.5 millis", "1.005 minutes")
    assert.deepStrictEqual([headersTimeout, requestTimeout], [1501, 60_300])
    createServer(limits("0.2 millis", "0.3 millis"))
  })

  it("are the longest that a timer of Node's takes where more was said", () => {
    const longest = 2 ** 31 - 1
    for (const long of [Duration.days(30), Duration.infinity]) {
      const { headersTimeout, requestTimeout } = limits(long, long)
      assert.deepStrictEqual([headersTimeout, requestTimeout], [longest, longest])
    }
    createServer(limits(Duration.infinity, Duration.infinity))
  })

  it("give a request at least the time that its headers may take", () => {
    assert.strictEqual(limits("3 seconds", "1 second").requestTimeout, 3000)
  })
})

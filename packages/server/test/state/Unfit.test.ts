import { assert, describe, it } from "@effect/vitest"
import * as Unfit from "../../src/state/Unfit.ts"

describe("Unfit.told", () => {
  it.each([
    "MOVED 12182 10.0.0.7:6379",
    "ASK 12182 10.0.0.7:6379",
    "CROSSSLOT Keys in request don't hash to the same slot",
    "CLUSTERDOWN Hash slot not served"
  ])("names the cluster behind %s, and what is needed", (message) =>
    assert.strictEqual(
      Unfit.told(message),
      `${message}: it is a node of a Redis Cluster, and state.url needs one server that has all keys`
    )
  )

  it("names the Sentinel behind a command that it does not know", () =>
    assert.include(
      Unfit.told("ERR unknown command 'XRANGE', with args beginning with: "),
      "it is a Sentinel, or older"
    ))

  it.each([
    "NOSCRIPT No matching script.",
    "READONLY You can't write against a read only replica.",
    "connect ECONNREFUSED",
    "ASKED"
  ])("says %s as it is", (message) => assert.strictEqual(Unfit.told(message), message))
})

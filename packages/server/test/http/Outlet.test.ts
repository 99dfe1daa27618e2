import { assert, describe, it } from "vitest"
import { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"
import { Outlet } from "../../src/http/Outlet.ts"

describe("Outlet", () => {
  it("waits once for a client that reads nothing, however many comments are written to it meanwhile", () => {
    const response = new ServerResponse(new IncomingMessage(new Socket()))
    const out = new Outlet(response, "latin1", undefined)
    const write = (text: string): boolean => {
      out.write(text)
      out.flush()
      return out.write("")
    }
    assert.isTrue(write("data: first\n\n"))
    assert.isFalse(write("x".repeat(100_000)))
    for (let comment = 0; comment < 20; comment++) assert.isFalse(write(": keep-alive\n\n"))
    assert.strictEqual(response.listenerCount("drain"), 1)
    response.emit("drain")
    assert.isTrue(out.write(""))
  })
})

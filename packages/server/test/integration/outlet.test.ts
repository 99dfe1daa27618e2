import { assert, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import { connect } from "node:net"
import { Outlet } from "../../src/http/Outlet.ts"

/** What a client reads, piece by piece, of an answer that is written so. */
const pieces = async (write: (response: ServerResponse) => void): Promise<ReadonlyArray<string>> => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream", connection: "close" })
    write(response)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const socket = connect(typeof address === "object" ? (address?.port ?? 0) : 0, "127.0.0.1")
  const read: Array<string> = []
  socket.on("data", (bytes) => read.push(bytes.toString()))
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
  await once(socket, "close")
  server.close()
  return read
}

const bodyOf = (read: ReadonlyArray<string>): string => {
  const whole = read.join("")
  return whole.slice(whole.indexOf("\r\n\r\n") + 4)
}

describe("Outlet", () => {
  it("writes what waits, the end of it and the end of the answer in one piece", async () => {
    const read = await pieces((response) => {
      const out = new Outlet(response, "latin1", undefined)
      out.write("data: one\n\n")
      out.write(Buffer.from("data: zwei €\n\n"))
      out.end("data: [DONE] ü\n\n")
    })
    assert.lengthOf(read, 1)
    assert.strictEqual(
      bodyOf(read),
      "b\r\ndata: one\n\n\r\n10\r\ndata: zwei €\n\n\r\n11\r\ndata: [DONE] ü\n\n\r\n0\r\n\r\n"
    )
  })

  it("ends with one text alone, and with nothing", async () => {
    const alone = await pieces((response) => new Outlet(response, "utf8", undefined).end("é"))
    assert.strictEqual(bodyOf(alone), "2\r\né\r\n0\r\n\r\n")
    const nothing = await pieces((response) => new Outlet(response, "utf8", undefined).end(""))
    assert.strictEqual(bodyOf(nothing), "0\r\n\r\n")
  })

  it("goes on after more than there is room for, where the connection has taken all of that at once", async () => {
    const read = await pieces((response) => {
      const out = new Outlet(response, "latin1", undefined)
      out.write("data: one\n\n")
      out.write(`data: ${"x".repeat(200_000)}\n\n`)
      setImmediate(() => {
        out.write("data: two\n\n")
        out.onReady(() => out.end("data: [DONE]\n\n"))
      })
    })
    assert.isTrue(bodyOf(read).endsWith("data: two\n\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"))
  })

  it("raises nothing where the answer has ended already, or its connection is gone", async () => {
    const ended = await pieces((response) => {
      const out = new Outlet(response, "utf8", undefined)
      response.end("over")
      out.write("late")
      out.end("later")
    })
    assert.strictEqual(bodyOf(ended), "4\r\nover\r\n0\r\n\r\n")
    const gone = await pieces((response) => {
      const out = new Outlet(response, "utf8", undefined)
      response.destroy()
      out.write("late")
      out.end("later")
    })
    assert.deepStrictEqual(gone, [])
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Stages from "@orelse/core/domain/Stages"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import { connect, type Socket } from "node:net"
import * as Departures from "../../src/http/Departures.ts"
import * as Malformed from "../../src/http/Malformed.ts"
import * as Retire from "../../src/workers/Retire.ts"
import { until } from "../support/leaving.ts"

/**
 * A server whose answers come up together, in an order of the test's own: the first of them leaves at once, the others when the test ends
 * the turn.
 */
const serve = async (body: (url: string) => Buffer | string = (url) => url, stages?: Stages.Stages) => {
  const due: Array<() => void> = []
  const depart = Departures.make(stages ?? Stages.make((run) => due.push(run)))
  const asked = new Map<string, ServerResponse>()
  const ended: Array<string> = []
  const server = createServer((request, response) => asked.set(request.url ?? "", response)).listen(0, "127.0.0.1")
  Malformed.answer(server, Retire.watch(server).isMidAnswer)
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" ? (address?.port ?? 0) : 0
  const answer = (url: string) => {
    const response = asked.get(url)!
    const bytes = body(url)
    response.writeHead(200, ["content-length", String(bytes.length)])
    const left = Effect.suspend(() => depart(response, bytes, "latin1"))
    const call = Effect.runFork(Effect.onExit(left, ({ _tag }) => Effect.sync(() => ended.push(`${url} ${_tag}`))))
    response.on("close", () => {
      if (!response.writableEnded) call.interruptUnsafe()
    })
    return call
  }
  const endTurn = () => due.splice(0).forEach((run) => run())
  const hasAll = (urls: ReadonlyArray<string>) => until(() => urls.every((url) => asked.has(url)), urls.join(" "))
  return { answer, asked, ended, endTurn, hasAll, port, server }
}

const ask = async (port: number, ...urls: ReadonlyArray<string>): Promise<{ socket: Socket; said: () => string }> => {
  const socket = connect(port, "127.0.0.1")
  const pieces: Array<Buffer> = []
  socket.on("data", (piece: Buffer) => pieces.push(piece))
  socket.on("error", () => {})
  await once(socket, "connect")
  socket.write(urls.map((url) => `GET ${url} HTTP/1.1\r\nhost: x\r\n\r\n`).join(""))
  return { socket, said: () => Buffer.concat(pieces).toString("latin1") }
}

const bodies = (said: string): ReadonlyArray<string> => said.match(/(?<=\r\n\r\n)\/[abc]/g) ?? []

describe("answers that leave together", () => {
  it("keep the order of the requests of their connection, whichever is ready first", async () => {
    const { answer, ended, endTurn, hasAll, port, server } = await serve()
    const { said, socket } = await ask(port, "/a", "/b", "/c")
    await hasAll(["/a", "/b", "/c"])
    for (const url of ["/c", "/a", "/b"]) answer(url)
    endTurn()
    await until(() => ended.length === 3 && bodies(said()).length === 3, "all answers")
    assert.deepStrictEqual(bodies(said()), ["/a", "/b", "/c"])
    socket.destroy()
    server.close()
  })

  it("are lost alone where their caller hangs up while they wait", async () => {
    const { answer, asked, ended, endTurn, hasAll, port, server } = await serve()
    const clients = await Promise.all(["/a", "/b", "/c"].map((url) => ask(port, url)))
    await hasAll(["/a", "/b", "/c"])
    for (const url of ["/a", "/b", "/c"]) answer(url)
    clients[1]!.socket.resetAndDestroy()
    await until(() => asked.get("/b")!.destroyed, "the hang-up")
    endTurn()
    await until(() => clients[2]!.said().endsWith("/c"), "the last answer")
    assert.deepStrictEqual(ended, ["/a Success", "/b Failure", "/c Success"])
    assert.strictEqual(clients[1]!.said(), "")
    for (const { socket } of clients) socket.destroy()
    server.close()
  })

  it("leave whole, however large they are", async () => {
    const large = Buffer.alloc(5_000_000, "x")
    const { answer, ended, endTurn, hasAll, port, server } = await serve((url) => (url === "/a" ? url : large))
    const clients = await Promise.all(["/a", "/b", "/c"].map((url) => ask(port, url)))
    await hasAll(["/a", "/b", "/c"])
    for (const url of ["/a", "/b", "/c"]) answer(url)
    endTurn()
    for (const { said } of clients.slice(1))
      await until(() => said().length > large.length && said().endsWith("x".repeat(1_000)), "a large answer")
    const sizes = clients.slice(1).map(({ said }) => said().length - said().indexOf("\r\n\r\n") - 4)
    assert.deepStrictEqual(sizes, [large.length, large.length])
    assert.deepStrictEqual(ended, ["/a Success", "/b Success", "/c Success"])
    for (const { socket } of clients) socket.destroy()
    server.close()
  })

  it("still leave where the server closes or their call is stopped while they wait", async () => {
    const { answer, endTurn, hasAll, port, server } = await serve()
    const clients = await Promise.all(["/a", "/b", "/c"].map((url) => ask(port, url)))
    await hasAll(["/a", "/b", "/c"])
    const [, , third] = ["/a", "/b", "/c"].map(answer)
    const closed = once(server, "close")
    server.close()
    await Effect.runPromise(Fiber.interrupt(third!))
    await until(() => clients[2]!.said().endsWith("/c"), "the answer of a call that was stopped")
    assert.strictEqual(clients[1]!.said(), "")
    endTurn()
    await until(() => clients[1]!.said().endsWith("/b"), "the answer that waited")
    for (const { socket } of clients) socket.end()
    await closed
  })

  it("leave before a connection ends on which nonsense came in the very turn in which they wait", async () => {
    const { answer, asked, ended, hasAll, port, server } = await serve(undefined, Stages.ofThread)
    const clients = await Promise.all(["/a", "/b"].map((url) => ask(port, url)))
    await hasAll(["/a", "/b"])
    for (const url of ["/a", "/b"]) answer(url)
    assert.isFalse(asked.get("/b")!.writableEnded)
    const [, second] = clients
    const closed = once(second!.socket, "close")
    server.emit("clientError", new Error("Parse Error"), asked.get("/b")!.socket)
    await closed
    assert.deepStrictEqual(bodies(second!.said()), ["/b"])
    assert.deepStrictEqual(ended, ["/a Success", "/b Success"])
    clients[0]!.socket.destroy()
    server.close()
  })
})

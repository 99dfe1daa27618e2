import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import type { IncomingHttpHeaders } from "node:http"
import { Agent, request as dispatch } from "undici"
import { answer, chatAnswer, chatChunks, chatError, formats, refusal } from "./Answers.ts"
import type { Ending, FormatId } from "./Answers.ts"
import * as ScriptedServer from "./ScriptedServer.ts"
import * as Step from "./Step.ts"

const running: Array<ScriptedServer.ScriptedServer> = []
const start = async (script?: ScriptedServer.Script): Promise<ScriptedServer.ScriptedServer> => {
  const server = await ScriptedServer.start(script === undefined ? {} : { script })
  running.push(server)
  return server
}
// One connection per server: a second request waits for the first, and reuses its connection.
let dispatcher: Agent
beforeEach(() => {
  dispatcher = new Agent({ connections: 1 })
})
afterEach(async () => {
  await dispatcher.destroy()
  await Promise.all(running.splice(0).map((server) => server.close()))
})

const paths: Readonly<Record<FormatId, string>> = {
  "openai-chat": "/v1/chat/completions",
  "openai-responses": "/v1/responses",
  "anthropic-messages": "/v1/messages",
  gemini: "/v1beta/models/m:streamGenerateContent?alt=sse",
  ollama: "/api/chat",
  cohere: "/v2/chat",
  "bedrock-converse": "/model/m/converse-stream"
}

const ask = (server: ScriptedServer.ScriptedServer, path = paths["openai-chat"], body: object = { model: "m" }) =>
  dispatch(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body), dispatcher })

/** What arrived before the connection failed, and whether it did. */
const read = async (server: ScriptedServer.ScriptedServer, path?: string, body?: object) => {
  let text = ""
  try {
    const response = await ask(server, path, body)
    for await (const part of response.body) text += String(part)
    return { text, failed: false, status: response.statusCode, headers: response.headers }
  } catch {
    return { text, failed: true, status: undefined, headers: {} as IncomingHttpHeaders }
  }
}

const streaming = { model: "m", stream: true }

describe("ScriptedServer", () => {
  it("answers in the order of the script and says so when the script is over", async () => {
    const limited = Step.failure(429, chatError("slow down", "rate_limit_error"), Step.retryAfterSeconds(2))
    const server = await start([limited, Step.json(chatAnswer("hi"))])
    const [first, second, third] = [await read(server), await read(server), await read(server)]
    assert.deepStrictEqual([first.status, second.status, third.status], [429, 200, 500])
    assert.strictEqual(first.headers["retry-after"], "2")
    assert.include(third.text, "request 3 of a script of 2")
    assert.strictEqual(server.requests.length, 3)
  })

  it("records what it was asked, on which connection, and that it answered", async () => {
    const server = await start()
    await read(server, paths["openai-chat"], { model: "gpt-x", messages: [] })
    await read(server)
    await server.until(() => server.openRequests === 0, "end of both")
    const [first, second] = server.requests
    assert.strictEqual(first?.json["model"], "gpt-x")
    assert.strictEqual(first?.outcome, "completed")
    assert.strictEqual(first?.connection.id, second?.connection.id)
    assert.isAbove(second?.at ?? 0, first?.completedAt ?? Infinity)
  })

  it("keeps a script per model", async () => {
    const server = await start(
      ScriptedServer.byModel({ a: [refusal(503, "down"), answer({ texts: ["a"] })], b: answer({ texts: ["b"] }) })
    )
    const statuses: Array<number | undefined> = []
    for (const model of ["a", "b", "a", "c"]) statuses.push((await read(server, undefined, { model })).status)
    assert.deepStrictEqual(statuses, [503, 200, 200, 404])
  })

  it("sends nothing before a reset, and the caller sees the connection fail", async () => {
    const server = await start(Step.resetBeforeHeaders)
    const result = await read(server)
    assert.isTrue(result.failed)
    const request = await server.until(() => server.requests.find((one) => one.endedAt !== undefined), "end")
    assert.strictEqual(request.outcome, "serverCut")
    assert.strictEqual(request.connection.closedBy, "server")
    assert.isUndefined(request.answeredAt)
  })

  it("cuts a stream after so many pieces with a reset and with a FIN, and delivers those pieces", async () => {
    for (const kind of ["reset", "fin", "garbage"] as const) {
      const pieces = chatChunks(["one", "two", "three"])
      const server = await start(Step.sse(pieces, { fault: { kind, after: 3 } }))
      const result = await read(server, undefined, streaming)
      assert.isTrue(result.failed, kind)
      assert.strictEqual(result.text, pieces.slice(0, 3).join(""), kind)
    }
  })

  it("sees the caller leave a stalled stream", async () => {
    const server = await start(answer({ texts: ["a", "b"], cutAfter: 1, ending: "stall" }))
    const response = await ask(server, undefined, streaming)
    await server.until(() => server.requests[0]?.piecesSent === 2, "two pieces")
    response.body.on("error", () => {})
    response.body.destroy()
    const request = await server.until(() => server.requests.find((one) => one.endedAt !== undefined), "end")
    assert.strictEqual(request.outcome, "callerLeft")
    assert.strictEqual(request.connection.closedBy, "caller")
    await server.until(() => server.openConnections === 0, "closed connection")
  })

  it("holds back the head, the first piece and those between by the times given", async () => {
    const step = { headersAfterMs: 20, firstPieceAfterMs: 20, betweenMs: 20 }
    const server = await start(Step.sse(["data: 1\n\n", "data: 2\n\n", { pauseMs: 20 }, "data: 3\n\n"], step))
    const { text } = await read(server)
    const [request] = server.requests
    assert.strictEqual(text, "data: 1\n\ndata: 2\n\ndata: 3\n\n")
    assert.isAtLeast((request?.answeredAt ?? 0) - (request?.at ?? 0), 18)
    assert.isAtLeast((request?.completedAt ?? 0) - (request?.answeredAt ?? 0), 70)
  })

  it("splits pieces into writes of one byte without changing the text", async () => {
    const server = await start(answer({ texts: ["Olá", "✓"] }, { bytesPerWrite: 1 }))
    const response = await ask(server, undefined, streaming)
    const parts: Array<Buffer> = []
    for await (const part of response.body) parts.push(part as Buffer)
    assert.include(Buffer.concat(parts).toString(), "Olá")
    assert.isAbove(parts.length, 100)
  })

  it("frames an answer by length, by chunks and by the end of the connection", async () => {
    const server = await start([
      Step.json("{}", { framing: "content-length" }),
      Step.json("{}", { framing: "chunked" }),
      Step.json("{}", { framing: "close" })
    ])
    const [byLength, chunked, byClose] = [await read(server), await read(server), await read(server)]
    assert.strictEqual(byLength.headers["content-length"], "2")
    assert.strictEqual(chunked.headers["transfer-encoding"], "chunked")
    assert.isUndefined(byClose.headers["content-length"] ?? byClose.headers["transfer-encoding"])
    assert.deepStrictEqual([byLength.text, chunked.text, byClose.text], ["{}", "{}", "{}"])
  })

  it("closes the connection silently after an answer when told to", async () => {
    const server = await start(Step.json("{}", { closeAfter: true }))
    const first = await read(server)
    assert.notStrictEqual(first.headers["connection"], "close")
    await server.until(() => server.connections[0]?.closedAt !== undefined, "close")
    assert.strictEqual(server.connections[0]?.closedBy, "server")
    assert.strictEqual(server.requests[0]?.outcome, "completed")
    assert.strictEqual(server.openConnections, 0)
  })

  it("answers with nothing at all, with an empty body and with an empty stream", async () => {
    const server = await start([Step.closedBeforeHeaders, Step.emptyBody, Step.emptyStream])
    const [closed, body, stream] = [await read(server), await read(server), await read(server)]
    assert.isTrue(closed.failed)
    assert.deepStrictEqual([body.text, stream.text, stream.status], ["", "", 200])
  })

  it("ends each format's stream in each way, and only a complete one has its terminator", async () => {
    const terminators: Readonly<Record<FormatId, string>> = {
      "openai-chat": "[DONE]",
      "openai-responses": "response.completed",
      "anthropic-messages": "message_stop",
      gemini: '"finishReason"',
      ollama: '"done":true',
      cohere: "[DONE]",
      "bedrock-converse": "latencyMs"
    }
    const endings: ReadonlyArray<Ending> = ["complete", "noTerminator", "end", "fin", "reset", "error", "malformed"]
    for (const id of Object.keys(formats) as Array<FormatId>) {
      const server = await start(endings.map((ending) => answer({ texts: ["a", "b"], cutAfter: 1, ending })))
      for (const ending of endings) {
        const result = await read(server, paths[id], streaming)
        assert.strictEqual(result.text.includes(terminators[id]), ending === "complete", `${id} ${ending}`)
        assert.strictEqual(result.failed, ending === "fin" || ending === "reset", `${id} ${ending}`)
      }
    }
  })

  it("counts the most requests that were open at once", async () => {
    const server = await start(answer({}, { headersAfterMs: 20 }))
    await dispatcher.destroy()
    dispatcher = new Agent()
    await Promise.all([read(server), read(server), read(server)])
    assert.strictEqual(server.peakRequests, 3)
  })
})

/**
 * A provider that notes every request it gets, by the call's number and its own name, and goes wrong by rule: what the ledger is held
 * against. Which fault comes follows from call, target and turn alone, so that a run can be repeated.
 */
import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** One request as it arrived: an attempt that was sent. */
export interface Seen {
  readonly call: string
  /** The first segment of the path. */
  readonly provider: string
  /** Epoch milliseconds. */
  readonly at: number
}

export interface Provider {
  readonly url: string
  readonly seen: ReadonlyArray<Seen>
  readonly close: () => Promise<void>
}

const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 }
const base = { id: "chatcmpl-proof", created: 1, model: "proof" }
const message = { role: "assistant", content: "Hello there." }
const whole = JSON.stringify({
  ...base,
  object: "chat.completion",
  choices: [{ index: 0, message, finish_reason: "stop" }],
  usage
})
const event = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ ...base, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`
const first = event({ role: "assistant", content: "Hello" })
const rest =
  event({ content: " there." }) +
  event({}, { finish_reason: "stop" }) +
  `data: ${JSON.stringify({ ...base, object: "chat.completion.chunk", choices: [], usage })}\n\ndata: [DONE]\n\n`
const problem = JSON.stringify({ error: { message: "not now", type: "server_error" } })

/** 0 to 99, the same for the same text. */
export const lot = (text: string): number => {
  let hash = 2166136261
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619)
  return ((hash ^ (hash >>> 15)) >>> 0) % 100
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = ""
  for await (const chunk of request.setEncoding("utf8")) text += chunk
  return text
}

const refuse = (response: ServerResponse, status: number) =>
  response.writeHead(status, { "content-type": "application/json", "retry-after-ms": "1" }).end(problem)

const stream = (response: ServerResponse, fault: number): void => {
  response.writeHead(200, { "content-type": "text/event-stream" })
  response.write(fault === 20 ? ": nothing yet\n\n" : first)
  // Before its first content, or in the middle.
  if (fault === 20 || fault === 21) return void setTimeout(() => response.socket?.resetAndDestroy(), 2)
  setTimeout(() => response.end(rest), fault % 4 === 0 ? 10 : 0)
}

const answer = (response: ServerResponse, fault: number, isStream: boolean): void => {
  if (fault < 8) return void refuse(response, 500)
  if (fault < 12) return void refuse(response, 429)
  if (fault < 15) return void response.socket?.resetAndDestroy()
  if (isStream) return stream(response, fault)
  setTimeout(() => response.writeHead(200, { "content-type": "application/json" }).end(whole), fault % 5)
}

/** Starts it on a free port. `isFaulty` false: every request is answered. */
export const start = async (isFaulty: boolean): Promise<Provider> => {
  const seen: Array<Seen> = []
  const turns = new Map<string, number>()
  const server = createServer((request, response) => {
    response.on("error", () => {})
    void bodyOf(request).then(
      (body) => {
        const call = /call-(\d+)/.exec(body)?.[1] ?? ""
        const provider = request.url?.split("/")[1] ?? ""
        seen.push({ call, provider, at: Date.now() })
        const key = `${call} ${provider}`
        const turn = (turns.get(key) ?? 0) + 1
        turns.set(key, turn)
        answer(response, isFaulty ? lot(`${key} ${turn}`) : 99, body.includes('"stream":true'))
      },
      () => {}
    )
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 1024, resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

/**
 * The runtime's floor: `node:http` in, undici's `dispatch` out, nothing in between but the body's bytes, backpressure and the caller's
 * hang-up. What Orelse costs is read against this in the same run. `node benchmarks/bare.ts --to URL [--coalesce]` prints its port.
 *
 * `--coalesce` joins the chunks that arrive in one turn of the event loop into one write.
 */
import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import { parseArgs } from "node:util"
import { Pool } from "undici"
import type { Dispatcher } from "undici"

const { values } = parseArgs({
  options: {
    to: { type: "string" },
    coalesce: { type: "boolean", default: false },
    port: { type: "string", default: "0" }
  }
})
const origin = values.to ?? "http://127.0.0.1:9100"
const pool = new Pool(origin, { pipelining: 1 })

/** Forwards the answer as it comes. */
class Forward implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse
  #controller: Dispatcher.DispatchController | undefined

  constructor(response: ServerResponse) {
    this.#response = response
    response.on("close", () => {
      if (!response.writableFinished) this.#controller?.abort(new Error("caller left"))
    })
    response.on("drain", () => this.#controller?.resume())
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#response.destroyed) controller.abort(new Error("caller left"))
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | Array<string> | undefined>
  ): void {
    delete headers["connection"]
    delete headers["keep-alive"]
    delete headers["transfer-encoding"]
    for (const name in headers) if (headers[name] === undefined) delete headers[name]
    this.#response.writeHead(status, headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.write(controller, chunk)
  }

  protected write(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#response.write(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    this.#response.end()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#response.headersSent) return void this.#response.destroy(error)
    this.#response.writeHead(502).end(error.message)
  }
}

/** The same, with one write for all that arrives in a turn. */
class ForwardCoalesced extends Forward {
  #chunks: Array<Buffer> = []

  override onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#chunks.push(chunk) === 1) process.nextTick(() => this.#flush(controller))
  }

  #flush(controller: Dispatcher.DispatchController): void {
    const chunks = this.#chunks
    if (chunks.length === 0) return
    this.#chunks = []
    this.write(controller, chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks))
  }

  override onResponseEnd(): void {
    if (this.#chunks.length === 0) return super.onResponseEnd()
    process.nextTick(() => super.onResponseEnd())
  }
}

const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
  const parts: Array<Buffer> = []
  incoming.on("data", (part: Buffer) => parts.push(part))
  incoming.on("end", () => {
    const body = parts.length === 1 ? (parts[0] ?? null) : Buffer.concat(parts)
    const headers = { "content-type": "application/json", authorization: incoming.headers.authorization ?? "" }
    const handler = values.coalesce ? new ForwardCoalesced(response) : new Forward(response)
    pool.dispatch({ path: incoming.url ?? "/", method: "POST", headers, body }, handler)
  })
}

const server = createServer({ keepAliveTimeout: 60_000 }, forward).listen(
  Number(values.port),
  "127.0.0.1",
  8_192,
  () => {
    const address = server.address()
    process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`)
  }
)
process.on("SIGTERM", () => process.exit(0))

/**
 * Our own HTTP/1.1 beside undici's `Client`, over real sockets: what every provider may send is read alike, and of what is broken nothing is
 * taken for an answer that undici does not take, with another status, or with another body.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { Client, type Dispatcher } from "undici"
import { type Headers, HttpExchange, open } from "../../src/provider/HttpExchange.ts"
import { Origin } from "../../src/provider/Origin.ts"

/** What a provider sends, in these pieces; then it closes. */
let pieces: ReadonlyArray<Buffer> = []

const give = async (socket: Socket): Promise<void> => {
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  socket.end()
}

const server = createServer((socket) => {
  socket.on("error", () => {})
  socket.once("data", () => void give(socket))
})
let url = ""

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

interface Seen {
  readonly how: "ended" | "failed"
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** Blanks behind a value are undici's to keep and ours to leave out (RFC 9110, 5.5). */
const plain = (headers: Headers): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      [value]
        .flat()
        .map((one) => one?.trim())
        .join(", ")
    ])
  )

const ask = async (dispatcher: Dispatcher, end: () => Promise<void>): Promise<Seen> => {
  const seen = await new Promise<Seen>((resolve) => {
    let status = 0
    let headers = {}
    let body = ""
    const over = (how: Seen["how"]) => resolve({ how, status, headers, body })
    const exchange = new HttpExchange({
      onConnecting: () => {},
      onConnected: () => {},
      onHead: (code, all) => {
        status = code
        headers = plain(all)
      },
      onData: (chunk) => void (body += chunk.toString("latin1")),
      onEnd: () => over("ended"),
      onError: () => over("failed")
    })
    exchange.start(dispatcher, { origin: url, path: "/", headers: [], body: "{}" })
  })
  await end()
  return seen
}

const ours = (): Promise<Seen> => {
  const origin = new Origin(url, open)
  return ask(origin, () => origin.end())
}

const undicis = (): Promise<Seen> => {
  const client = new Client(url, { allowH2: false })
  return ask(client, () => client.destroy())
}

const both = async (answer: Buffer, cuts: ReadonlyArray<number>): Promise<readonly [Seen, Seen]> => {
  const at = [0, ...cuts.map((cut) => cut % answer.length), answer.length].sort((a, b) => a - b)
  pieces = at.slice(1).map((to, index) => answer.subarray(at[index], to))
  return [await ours(), await undicis()]
}

const status = Schema.Literals([200, 201, 204, 304, 400, 429, 500, 529])
const header = Schema.Struct({
  name: Schema.Literals(["x-a", "X-A", "Retry-After", "content-type", "x-ratelimit-limit", "via", "constructor"]),
  value: Schema.Literals(["", "1", "a b", " spaced\t", "application/json", "\xe9", '"q, r";s=1'])
})
const pieceOfBody = Schema.Literals([
  "a",
  "{}",
  "\r\n",
  "0\r\n\r\n",
  "HTTP/1.1 200 OK\r\n\r\n",
  "\xe9",
  "x".repeat(300)
])
const answered = {
  status,
  version: Schema.Literals(["1.1", "1.0"]),
  headers: Schema.Array(header).check(Schema.isMaxLength(4)),
  body: Schema.Array(pieceOfBody).check(Schema.isMaxLength(5)),
  framing: Schema.Literals(["length", "chunks", "close"]),
  aside: Schema.Literals(["", ";a", ';a="b"']),
  early: Schema.Boolean,
  cuts: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2000 }))).check(Schema.isMaxLength(5))
}
type Answered = Schema.Schema.Type<Schema.Struct<typeof answered>>

const written = ({ aside, body, early, framing, headers, status, version }: Answered): Buffer => {
  const hasBody = status !== 204 && status !== 304
  const lines = headers.map(({ name, value }) => `${name}: ${value}\r\n`).join("")
  const chunks = body.map((piece) => `${piece.length.toString(16)}${aside}\r\n${piece}\r\n`).join("")
  const framed = {
    length: [`Content-Length: ${body.join("").length}\r\n`, body.join("")],
    chunks: ["Transfer-Encoding: chunked\r\n", `${chunks}0\r\nx-trailer: 1\r\n\r\n`],
    close: ["", body.join("")]
  }[framing]
  const hints = early ? "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" : ""
  const head = `HTTP/${version} ${status} Some\r\n${lines}${hasBody ? framed[0] : ""}\r\n`
  return Buffer.from(`${hints}${head}${hasBody ? framed[1] : ""}`, "latin1")
}

const change = {
  at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400 })),
  how: Schema.Literals(["put", "insert", "remove", "cut", "double"]),
  byte: Schema.Literals(Buffer.from("\r\n :;,019aA-+\0\t\x7f\xe9", "latin1").toJSON().data)
}

const broken = (
  answer: Buffer,
  { at: anywhere, byte, how }: Schema.Schema.Type<Schema.Struct<typeof change>>
): Buffer => {
  const at = anywhere % answer.length
  const [before, after] = [answer.subarray(0, at), answer.subarray(at)]
  const one = Buffer.from([byte])
  return {
    put: () => Buffer.concat([before, one, after.subarray(1)]),
    insert: () => Buffer.concat([before, one, after]),
    remove: () => Buffer.concat([before, after.subarray(1)]),
    cut: () => before,
    double: () => Buffer.concat([before, after.subarray(0, 20), after])
  }[how]()
}

/** What undici refuses without need: a `100 Continue` that nobody asked for, and blanks behind a length (RFC 9110, 5.5 and 15.2.1). */
const known = /^HTTP\/1\.1 100|[ \t]\r\n/m

describe("HTTP/1.1 of our own, beside undici's", () => {
  it.live.prop(
    "reads the same of any answer, however it is framed and cut",
    answered,
    (answer) =>
      Effect.promise(async () => {
        const [mine, theirs] = await both(written(answer), answer.cuts)
        assert.deepStrictEqual(mine, theirs)
        assert.strictEqual(mine.how, "ended")
      }),
    { arbitrary: { runs: 150 } }
  )

  it.live.prop(
    "takes nothing broken for an answer that undici does not take, or reads otherwise",
    { ...answered, change: Schema.Struct(change) },
    ({ change, ...answer }) =>
      Effect.promise(async () => {
        const bytes = broken(written(answer), change)
        if (bytes.length === 0 || known.test(bytes.toString("latin1"))) return
        const [mine, theirs] = await both(bytes, answer.cuts)
        if (mine.how === "ended") assert.deepStrictEqual(mine, theirs)
      }),
    { arbitrary: { runs: 400 } }
  )
})

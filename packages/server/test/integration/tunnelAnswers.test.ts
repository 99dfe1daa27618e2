/**
 * What proxies of all kinds answer to CONNECT, byte for byte, and what becomes of the tunnel.
 */
import * as Tunnel from "@orelse/core/provider/Tunnel"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net"
import { trust } from "../support/certificate.ts"
import { until } from "../support/leaving.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import * as Secure from "../support/secure.ts"

const plain = "HTTP/1.0 200 Connection established\r\n\r\n"

const opens: Readonly<Record<string, string>> = {
  "HTTP/1.0": plain,
  "no words": "HTTP/1.1 200\r\n\r\n",
  "a length of 0": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  "headers of a body that is none": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
  "another 2xx": "HTTP/1.1 204 No Content\r\n\r\n"
}

const fails: Readonly<Record<string, readonly [answer: string, code: string, says: RegExp]>> = {
  "a login that is not spoken": [
    "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nContent-Length: 5\r\n\r\nhello",
    "ERR_PROXY_TUNNEL",
    /with status 407: it takes a login by NTLM/
  ],
  "a redirect": ["HTTP/1.1 302 Found\r\nlocation: http://x/\r\n\r\n", "ERR_PROXY_TUNNEL", /with status 302/],
  "another protocol": [
    "SSH-2.0-OpenSSH\r\n",
    "HPE_INVALID_CONSTANT",
    /no tunnel to provider\.test:443 through the proxy/
  ],
  "a head without an end": [
    `HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}`,
    "HPE_HEADER_OVERFLOW",
    /no tunnel to provider\.test:443 through the proxy/
  ]
}

describe("a tunnel", () => {
  let provider: ScriptedServer.ScriptedServer
  let secure: Secure.Secure
  let proxy: Server
  let open = 0
  let answer: (near: Socket) => void

  beforeAll(async () => {
    trust()
    provider = await ScriptedServer.start()
    secure = await Secure.start(provider.port)
    proxy = createServer((near) => {
      open += 1
      near.on("error", () => {}).on("close", () => (open -= 1))
      near.once("data", () => answer(near))
    })
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
  })
  afterAll(async () => {
    await Promise.all([provider.close(), secure.close(), new Promise((resolve) => proxy.close(resolve))])
  })

  const pass = (near: Socket) => {
    const far = connect(secure.port, "127.0.0.1").on("error", () => {})
    near.pipe(far).pipe(near)
    near.on("close", () => far.destroy())
  }
  const tried = () =>
    new Promise<Error | Socket>((resolve) => {
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
      const place = { host: "provider.test", hostname: "provider.test", port: "", protocol: "https:" }
      Tunnel.connector({ url, login: undefined, from: "HTTPS_PROXY" })(place, (error, socket) =>
        resolve(error ?? socket)
      )
    })
  const assertOpened = async () => {
    const socket = await tried()
    if (socket instanceof Error) assert.fail(socket.message)
    socket.destroy()
    await until(() => open === 0, "end of the connection")
  }

  for (const [what, text] of Object.entries(opens))
    it(`is opened by an answer with ${what}`, async () => {
      answer = (near) => {
        near.write(text)
        pass(near)
      }
      await assertOpened()
    })

  it("is opened by an answer that comes byte for byte", async () => {
    answer = (near) => {
      const bytes = plain.split("")
      const next = () => {
        const byte = bytes.shift()
        if (byte === undefined) pass(near)
        else near.write(byte, () => setImmediate(next))
      }
      near.setNoDelay(true)
      next()
    }
    await assertOpened()
  })

  for (const [what, [text, code, says]] of Object.entries(fails))
    it(`is not opened by ${what}, and its connection ends`, async () => {
      answer = (near) => near.write(text)
      const error = await tried()
      if (!(error instanceof Error)) assert.fail("it was opened")
      assert.strictEqual((error as NodeJS.ErrnoException).code, code)
      assert.match(error.message, says)
      await until(() => open === 0, "end of the connection")
    })

  it("is not opened where the proxy goes after its answer", async () => {
    answer = (near) => near.end(plain)
    const error = await tried()
    assert.match(error instanceof Error ? error.message : "", /^no TLS with provider\.test:443 through the proxy/)
    await until(() => open === 0, "end of the connection")
  })
})

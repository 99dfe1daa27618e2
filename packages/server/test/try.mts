import * as net from "node:net"
import { trust } from "/tmp/orelse/w/proxy/packages/server/test/support/certificate.ts"
import * as ScriptedServer from "/tmp/orelse/w/proxy/packages/server/test/support/ScriptedServer.ts"
import * as Secure from "/tmp/orelse/w/proxy/packages/server/test/support/secure.ts"
import { connector } from "/tmp/orelse/w/proxy/packages/core/src/provider/Tunnel.ts"
trust()
const server = await ScriptedServer.start()
const secure = await Secure.start(server.port)
const says: Record<string, string | ((near: net.Socket) => void)> = {
  "1.0": "HTTP/1.0 200 Connection established\r\n\r\n",
  "no reason": "HTTP/1.1 200\r\n\r\n",
  "length 0": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  chunked: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
  "204": "HTTP/1.1 204 OK\r\n\r\n",
  split: (near) => {
    const t = "HTTP/1.1 200 OK\r\nvia: x\r\n\r\n"
    let i = 0
    const h = setInterval(() => {
      if (i < t.length) near.write(t[i++]!)
      else {
        clearInterval(h)
        near.emit("go")
      }
    }, 1)
  },
  "103 first": "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
  "100 first": "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
  garbage: "SSH-2.0-OpenSSH\r\n",
  "long header": "HTTP/1.1 200 OK\r\nx: " + "y".repeat(100000) + "\r\n\r\n",
  "407 body": "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nContent-Length: 5\r\n\r\nhello",
  "302": "HTTP/1.1 302 Found\r\nlocation: http://x/\r\n\r\n",
  fin: (near) => near.end("HTTP/1.1 200 OK\r\n\r\n")
}
for (const [name, say] of Object.entries(says)) {
  const open = new Set<net.Socket>()
  const proxy = net.createServer((near) => {
    open.add(near)
    near.on("close", () => open.delete(near))
    near.on("error", () => {})
    near.once("data", () => {
      const go = () => {
        const far = net.connect(secure.port, "127.0.0.1")
        far.on("error", () => {})
        near.pipe(far)
        far.pipe(near)
      }
      if (typeof say === "string") {
        near.write(say)
        go()
      } else {
        near.once("go", go)
        say(near)
      }
    })
  })
  await new Promise<void>((r) => proxy.listen(0, "127.0.0.1", r))
  const port = (proxy.address() as net.AddressInfo).port
  const out = await new Promise<string>((resolve) => {
    connector({ url: `http://127.0.0.1:${port}`, login: undefined, from: "HTTPS_PROXY" })(
      { host: "provider.test", hostname: "provider.test", port: "", protocol: "https:" } as never,
      (error: Error | null, socket: net.Socket | null) => {
        resolve(error ? `${(error as NodeJS.ErrnoException).code}: ${error.message}` : "connected")
        socket?.destroy()
      }
    )
    setTimeout(() => resolve("TIMEOUT"), 2000)
  })
  await new Promise((r) => setTimeout(r, 50))
  console.log(name, "=>", out, "| open:", open.size)
  for (const s of open) s.destroy()
  proxy.close()
}
await secure.close()
await server.close()
process.exit(0)

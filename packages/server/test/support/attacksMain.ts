/**
 * The attacks by hand, against any gateway: `node packages/server/test/support/attacksMain.ts [--url http://127.0.0.1:4100]
 * [--connections 10000]`. Prints a line each, and ends with 1 where the gateway gave way. Use it on what is yours.
 */
import { parseArgs } from "node:util"
import * as Attacks from "./attacks.ts"

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:4100" },
    connections: { type: "string", default: "10000" },
    /** `server.headersTimeout` and `server.requestTimeout` of the gateway, in seconds. */
    headers: { type: "string", default: "30" },
    request: { type: "string", default: "120" }
  }
})
const { url } = values
const graceMs = 10_000
const headersMs = Number(values.headers) * 1_000 + graceMs
const requestMs = Number(values.request) * 1_000 + graceMs

const report = (what: string, isHeld: boolean, seen: string): void => {
  process.stdout.write(`${isHeld ? "held " : "FELL "} ${what}: ${seen}\n`)
  if (!isHeld) process.exitCode = 1
}

/** How long the gateway takes to say that it lives. */
const pulse = async (): Promise<number> => {
  const began = performance.now()
  const response = await fetch(`${url}/health/live`)
  await response.arrayBuffer()
  return response.ok ? performance.now() - began : Number.POSITIVE_INFINITY
}

const slow = async (what: string, attack: typeof Attacks.slowHeaders, limitMs: number) => {
  const attacking = attack(url, 200, limitMs)
  const meanwhile = await pulse()
  const longest = Math.max(...(await attacking))
  report(
    what,
    longest < limitMs && meanwhile < 2_000,
    `borne ${Math.round(longest)} ms at most; others waited ${Math.round(meanwhile)} ms`
  )
}

for (const isDeclared of [true, false]) {
  const { sent, status } = await Attacks.hugeBody(url, 100 * 1024 * 1024, isDeclared)
  report(
    `a body of 100 MB, ${isDeclared ? "declared" : "in chunks"}`,
    status.includes("413"),
    `${status} after ${sent} bytes`
  )
}
for (const [count, bytes] of [
  [10_000, 10],
  [1, 1_000_000]
] as const) {
  const { sent, status } = await Attacks.headerFlood(url, count, bytes)
  report(`${count} headers of ${bytes} bytes`, status.includes("431"), `${status} after ${sent} bytes`)
}
const nonsense = await Attacks.garbage(url, Buffer.from([0, 1, 2, 255, 13, 10, 13, 10]), 3_000)
report(
  "bytes that are no HTTP",
  nonsense === "" || nonsense.startsWith("HTTP/1.1 400"),
  nonsense.split("\r\n")[0] ?? ""
)

let meanwhile = 0
const left = await Attacks.idle(url, Number(values.connections), headersMs, async () => {
  meanwhile = await pulse()
})
report(
  `${values.connections} idle connections`,
  left === 0 && meanwhile < 2_000,
  `${left} left after ${headersMs} ms; others waited ${Math.round(meanwhile)} ms`
)
const megabytes = 16 * 1024 * 1024
const { taken } = await Attacks.deaf(
  url,
  { model: "demo/echo", messages: [{ role: "user", content: "x".repeat(megabytes) }] },
  2 * requestMs
)
report("a client that takes nothing of 16 MB", taken < megabytes, `${taken} bytes after ${2 * requestMs} ms`)
await slow("200 clients with slow headers", Attacks.slowHeaders, headersMs)
await slow("200 clients with slow bodies", Attacks.slowBody, requestMs)

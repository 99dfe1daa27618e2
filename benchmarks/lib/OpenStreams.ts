/** Streams that are opened and held by the benchmark itself: for memory, and for hanging up at a known moment. */
import { connect } from "node:net"
import type { Socket } from "node:net"
import { post, probe } from "./Probe.ts"
import type { Address } from "./Probe.ts"

/** Sends the request and resolves with the socket when the first content has arrived (or at once, where `isSilent`). */
export const open = (address: Address, request: Buffer, isSilent = false): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ ...address, noDelay: true })
    let text = ""
    const done = (): void => {
      socket.removeListener("data", onData)
      socket.on("data", () => {})
      resolve(socket)
    }
    const onData = (data: Buffer): void => {
      text += data.toString("latin1")
      if (text.includes("word0")) return done()
      if (/^HTTP\/1.1 [^2]/.test(text)) reject(new Error(`OpenStreams.open: ${text.slice(0, 400)}`))
    }
    socket.on("connect", () => {
      socket.write(request)
      if (isSilent) setTimeout(done, 15)
    })
    socket.on("data", onData)
    socket.on("error", reject)
  })

/** So many at once, a few connecting at a time. */
export const openMany = async (
  count: number,
  make: (index: number) => Promise<Socket>
): Promise<ReadonlyArray<Socket>> => {
  const sockets: Array<Socket> = []
  for (let at = 0; at < count; at += 50) {
    const some = Array.from({ length: Math.min(50, count - at) }, (_, index) => make(at + index))
    sockets.push(...(await Promise.all(some)))
  }
  return sockets
}

export interface ServerView {
  readonly connections: number
  readonly slow: number
  readonly open: ReadonlyArray<string>
  readonly served: number
}

const control = async (port: number, path: string): Promise<string> => {
  const { text } = await probe({ host: "127.0.0.1", port }, post(`/control/${path}`, ""))
  return text.slice(text.indexOf("\r\n\r\n") + 4)
}

/** What the scripted server has open now. */
export const look = async (port: number): Promise<ServerView> => JSON.parse(await control(port, "open")) as ServerView

/** Tag -> monotonic nanoseconds at which its connection closed, since the last look. */
export const closings = async (port: number): Promise<Record<string, string>> =>
  JSON.parse(await control(port, "closed")) as Record<string, string>

/** A port that passes connections on to another one, until it lets them fall silent: open, and nothing arrives, as when a host has vanished. */
import { connect, createServer, type Socket } from "node:net"

export interface Relay extends AsyncDisposable {
  readonly port: number
  /** New connections lead to this port from now on; those that are there stay as they are. */
  readonly lead: (port: number) => void
  /** Nothing comes through the connections that are there any more. */
  readonly silence: () => void
  /** What is asked through the connections that are there arrives, and what is answered does not. */
  readonly mute: () => void
}

/** Leads to this port of this machine at first. */
export const start = async (to: number): Promise<Relay> => {
  const pairs = new Set<readonly [Socket, Socket]>()
  const muted = new Set<Socket>()
  let target = to
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1")
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [from, into] of [pair, [far, near] as const]) {
      from.on("data", (bytes: Buffer) => pairs.has(pair) && !muted.has(from) && into.write(bytes))
      from.on("error", () => {})
      from.on("close", () => pairs.delete(pair) && into.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    lead: (port) => {
      target = port
    },
    silence: () => pairs.clear(),
    mute: () => {
      for (const [, far] of pairs) muted.add(far)
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

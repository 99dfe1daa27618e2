/**
 * TLS in front of a port of this machine, with the certificate of `certificate.ts`: what comes is passed on, and both ends close together.
 */
import { type AddressInfo, connect } from "node:net"
import { createServer } from "node:tls"
import { certificate, key } from "./certificate.ts"

export interface Secure {
  readonly port: number
  readonly close: () => Promise<void>
}

/** Starts it in front of this port. */
export const start = async (to: number): Promise<Secure> => {
  const open = new Set<{ readonly destroy: () => unknown }>()
  const server = createServer({ cert: certificate, key }, (near) => {
    const far = connect(to, "127.0.0.1")
    open.add(near)
    near.pipe(far)
    far.pipe(near)
    for (const [one, other] of [
      [near, far],
      [far, near]
    ] as const) {
      one.on("error", () => {})
      one.on("close", () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  server.on("tlsClientError", () => {})
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const one of open) one.destroy()
      })
  }
}

/**
 * A PostgreSQL server of its own for a test: a fresh cluster in a temporary folder, on a loopback port, with no durability
 * to speak of. It can be stopped and started again, to see what happens meanwhile.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"

export interface Postgres {
  readonly url: string
  /** Kills it; connections break. */
  readonly stop: Effect.Effect<void>
  readonly start: Effect.Effect<void>
  /** All of its processes stand still; connections stay open and silent. */
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
}

const folders = [
  ...(process.env["PATH"] ?? "").split(delimiter),
  ...(existsSync("/usr/lib/postgresql")
    ? readdirSync("/usr/lib/postgresql").map((version) => `/usr/lib/postgresql/${version}/bin`)
    : [])
]

const find = (program: string): string | undefined =>
  folders.map((folder) => join(folder, program)).find((path) => existsSync(path))

/** Whether this machine has a server to start. */
export const isInstalled: boolean = find("postgres") !== undefined && find("initdb") !== undefined

// The server refuses to run as root.
const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

export const start: Effect.Effect<Postgres, never, Scope.Scope> = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "orelse-postgres-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const data = join(folder, "data")
  if ("uid" in user) chownSync(folder, 65534, 65534)
  execFileSync(find("initdb") ?? "initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-N"], {
    ...user,
    stdio: "ignore"
  })
  const port = yield* freePort
  let server: ChildProcess | undefined
  const launch = Effect.gen(function* () {
    const options = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder, "-F", "-c", "max_connections=50"]
    server = spawn(find("postgres") ?? "postgres", options, {
      ...user,
      stdio: ["ignore", "ignore", "pipe"],
      detached: true
    })
    const running = server
    yield* Effect.callback<void>((resume) => {
      running.stderr?.on("data", (text: Buffer) => {
        if (text.includes("ready to accept connections")) resume(Effect.void)
      })
    })
  })
  const signal = (name: NodeJS.Signals, ending: boolean) =>
    Effect.callback<void>((resume) => {
      if (server?.pid === undefined) return resume(Effect.void)
      if (ending) server.once("exit", () => resume(Effect.void))
      // The group: the server and the processes of its connections.
      if (ending) server.kill(name)
      else process.kill(-server.pid, name)
      if (!ending) resume(Effect.void)
    })
  yield* Effect.acquireRelease(launch, () => signal("SIGQUIT", true))
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: signal("SIGQUIT", true),
    start: launch,
    freeze: signal("SIGSTOP", false),
    thaw: signal("SIGCONT", false)
  }
})

const freePort = Effect.callback<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

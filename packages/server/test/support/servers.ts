/**
 * Redis, PostgreSQL and Chromium for integration tests: real ones, from where the machine has them, each with its own data in a
 * temporary folder and its own loopback port. Where one is missing, the reason is given back for the test's title; in CI, where
 * `.ci/run` installs them, a missing one is an error.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import * as Postgres from "./postgres.ts"

/** A server that runs; `await using` or `[Symbol.asyncDispose]()` stops it and removes its data. */
export interface Running extends AsyncDisposable {
  readonly url: string
  readonly port: number
}

/** One that can be stopped in its tracks, and goes on with what it was asked meanwhile. */
export interface Freezable extends Running {
  readonly freeze: () => void
  readonly thaw: () => void
}

/** What is not there, and how to get it. */
export interface Missing {
  readonly missing: string
}

/** For `describe.skipIf(isMissing(redis))`. */
export const isMissing = (found: object | string): found is Missing => typeof found === "object" && "missing" in found

/** The title of a suite, with the reason where it is skipped. */
export const titleOf = (title: string, found: object | string): string =>
  isMissing(found) ? `${title} (skipped: ${found.missing})` : title

/** A Redis without persistence; empty at first. On a free port, or where another one was before. */
export const startRedis = async (given?: number, ...more: ReadonlyArray<string>): Promise<Freezable | Missing> => {
  const program = find(["redis-server", "valkey-server"])
  if (program === undefined) return missing("Redis", "redis-server")
  const port = given ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), "orelse-redis-"))
  const options = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    folder,
    ...more
  ]
  const child = spawn(program, options, { stdio: ["ignore", "pipe", "ignore"] })
  const stop = onExit(child, folder)
  await says(child, "Ready to accept connections", program)
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    [Symbol.asyncDispose]: stop
  }
}

/** A PostgreSQL cluster of its own, with the database `postgres` for the user `postgres`, who needs no password. */
export const startPostgres = async (): Promise<Running | Missing> => {
  if (!Postgres.isInstalled) return missing("PostgreSQL", "postgresql")
  const scope = await Effect.runPromise(Scope.make())
  const { url } = await Effect.runPromise(
    Postgres.start.pipe(Effect.timeout("60 seconds"), Effect.provideService(Scope.Scope, scope))
  )
  return {
    url,
    port: Number(new URL(url).port),
    [Symbol.asyncDispose]: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

/** The path of a Chromium or Chrome, for `playwright-core`; as root it needs `--no-sandbox`. */
export const findChromium = (): string | Missing =>
  find(["chromium", "chromium-browser", "google-chrome", "chrome"]) ?? missing("Chromium", "chromium")

/** The path of Prometheus' `promtool`. */
export const findPromtool = (): string | Missing => find(["promtool"]) ?? missing("promtool", "prometheus")

/** The path of any other program. */
export const findProgram = (name: string): string | undefined => find([name])

/** The path of a program on PATH. */
const find = (names: ReadonlyArray<string>): string | undefined =>
  names
    .flatMap((name) => (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)))
    .find((path) => existsSync(path))

const missing = (name: string, debian: string): Missing => {
  const reason = `${name} is not installed; on Debian: apt-get install ${debian}`
  if (process.env["CI"]) throw new Error(`${reason}. In CI no test is skipped: see .ci/run`)
  return { missing: reason }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** Resolves when the program prints the text; fails with all that it printed when it ends before. */
const says = (child: ChildProcess, text: string, program: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = ""
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes(text)) resolve()
    })
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${output}`)))
  })

/** Stops the program, also when the tests' process ends first, and removes its folder. */
const onExit = (child: ChildProcess, folder: string): (() => Promise<void>) => {
  const kill = () => child.kill("SIGKILL")
  process.once("exit", kill)
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  return async () => {
    child.kill("SIGTERM")
    await ended
    process.off("exit", kill)
    rmSync(folder, { recursive: true, force: true })
  }
}

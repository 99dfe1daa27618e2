/** Starts and stops the processes that are measured; each is ended by its own id. Their stderr is kept in `.tmp/bench/NAME.log`. */
import { spawn } from "node:child_process"
import { mkdirSync, openSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { tree } from "./ProcessStats.ts"

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
export const workDirectory = join(root, ".tmp", "bench")

export interface Child {
  readonly pid: number
  /** What it printed as its first line, where that was asked for. */
  readonly line: string
  readonly stop: () => Promise<void>
  /** Why it is no longer running, if so. */
  readonly failure: () => string | undefined
}

export interface Command {
  readonly name: string
  /** Arguments of `node`. */
  readonly args: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, string>>
  /** Wait for the first line on stdout (otherwise stdout is thrown away). */
  readonly printsLine?: boolean
}

const running = new Set<Child>()

// Whatever ends this process, even a failure nobody caught: nothing that it started stays behind.
process.once("exit", () => {
  for (const child of running) for (const pid of tree(child.pid)) kill(pid)
})

/** Stops everything that was started here. */
export const stopAll = async (): Promise<void> => void (await Promise.all([...running].map((child) => child.stop())))

const tailOf = (file: string): string =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+at /.test(line))
    .slice(-12)
    .join("\n")

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // It is gone: what was wanted.
  }
}

/** Starts `node ARGS`; rejects when it ends before its line came. */
export const start = async (command: Command): Promise<Child> => {
  mkdirSync(workDirectory, { recursive: true })
  const logFile = join(workDirectory, `${command.name}.log`)
  const child = spawn(process.execPath, [...command.args], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production", ...command.environment },
    stdio: ["ignore", command.printsLine === true ? "pipe" : "ignore", openSync(logFile, "w")]
  })
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  const failure = (): string | undefined =>
    child.exitCode === null && child.signalCode === null
      ? undefined
      : `${command.name} ended with ${child.exitCode ?? child.signalCode}: ${tailOf(logFile)}`
  const stop = async (): Promise<void> => {
    running.delete(handle)
    if (failure() !== undefined) return
    const all = tree(child.pid ?? 0)
    child.kill("SIGTERM")
    const timer = setTimeout(() => all.forEach(kill), 10_000)
    await ended
    clearTimeout(timer)
  }
  const line = await (command.printsLine === true ? firstLine(child.stdout, ended, failure) : Promise.resolve(""))
  const handle: Child = { pid: child.pid ?? 0, line, stop, failure }
  running.add(handle)
  return handle
}

const firstLine = (
  stdout: NodeJS.ReadableStream | null,
  ended: Promise<void>,
  failure: () => string | undefined
): Promise<string> =>
  new Promise((resolve, reject) => {
    stdout?.once("data", (data: Buffer) => resolve(data.toString().split("\n")[0] ?? ""))
    ended.then(
      () => reject(new Error(failure())),
      () => {}
    )
  })

/** A port that is free now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

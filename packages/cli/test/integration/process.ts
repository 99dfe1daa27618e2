import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../src/bin.ts", import.meta.url))

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A running `orelse`. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** What standard output holds once it holds this; fails when the process ends before. */
  readonly prints: (text: string) => Promise<string>
}

/** Starts the real program in a directory, with nothing of this process's environment but its PATH. `out`: a file for its standard output. */
export const start = (
  args: ReadonlyArray<string>,
  options: {
    readonly cwd: string
    readonly env?: Readonly<Record<string, string>>
    readonly input?: string
    readonly out?: number
    readonly uid?: number
  }
): Running => {
  const child = spawn(process.execPath, ["--conditions=@orelse/source", bin, ...args], {
    cwd: options.cwd,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    env: { PATH: process.env["PATH"] ?? "", ...options.env },
    stdio: ["pipe", options.out ?? "pipe", "pipe"]
  })
  let out = ""
  let err = ""
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (out += chunk))
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (err += chunk))
  child.stdin?.end(options.input ?? "")
  const ended = once(child, "close").then(([code]): Ended => ({
    code: typeof code === "number" ? code : null,
    out,
    err
  }))
  const prints = async (text: string): Promise<string> => {
    while (!out.includes(text)) {
      const data = once(child.stdout!, "data").then(() => "data" as const)
      if ((await Promise.race([data, ended])) !== "data" && !out.includes(text))
        throw new Error(`ended before: ${out}${err}`)
    }
    return out
  }
  return { child, ended, prints }
}

/** Runs to its end. */
export const run = (...args: Parameters<typeof start>): Promise<Ended> => start(...args).ended

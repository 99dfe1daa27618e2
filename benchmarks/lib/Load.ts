/**
 * The load: `wrk` on one thread, a closed loop in which each connection sends the next request when its answer is whole. It is written in
 * C, so that one core of it drives a gateway of three; `busy` says how near it was to its own limit.
 */
import { spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { root, workDirectory } from "./Child.ts"
import type { Address } from "./Probe.ts"

export interface Plan {
  readonly connections: number
  /** Whole ones: `wrk` knows no others. */
  readonly seconds: number
}

export interface Outcome {
  /** Whole answers. */
  readonly requests: number
  /** Answers of 400 and above, and answers that did not come whole. */
  readonly errors: number
  readonly elapsedMs: number
  readonly p50Micros: number
  readonly p99Micros: number
  /** The generator's own CPU share, 0 to 1: near 1 it was the bottleneck. */
  readonly busy: number
}

const script = join(root, "benchmarks", "lib", "load.lua")
const timeoutSeconds = 60

/** Loads side by side have a file each for their request. */
let drives = 0

/** Drives the address with one request, over and over. Rejects where there is no `wrk`. */
export const drive = async (address: Address, request: Buffer, plan: Plan): Promise<Outcome> => {
  const file = join(workDirectory, `request-${drives++ % 100}.http`)
  writeFileSync(file, request)
  const url = `http://${address.host}:${address.port}`
  const size = ["-t", "1", "-c", String(plan.connections), "-d", `${plan.seconds}s`, "--timeout", `${timeoutSeconds}s`]
  const said = await run([...size, "-s", script, url, "--", file])
  const { cpuSeconds, elapsedMicros, errors, p50, p99, requests } = JSON.parse(said) as Said
  const busy = (cpuSeconds * 1e6) / elapsedMicros
  return { requests, errors, elapsedMs: elapsedMicros / 1_000, p50Micros: p50, p99Micros: p99, busy }
}

/** What `load.lua` prints. */
interface Said {
  readonly requests: number
  readonly errors: number
  readonly elapsedMicros: number
  readonly p50: number
  readonly p99: number
  readonly cpuSeconds: number
}

/** The last line that it prints. */
const run = (args: ReadonlyArray<string>): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn("wrk", args, { stdio: ["ignore", "pipe", "pipe"] })
    const stop = () => child.kill("SIGKILL")
    process.once("exit", stop)
    let out = ""
    let complaint = ""
    child.stdout.on("data", (data: Buffer) => (out += data.toString()))
    child.stderr.on("data", (data: Buffer) => (complaint += data.toString()))
    child.on("error", (error) => {
      process.off("exit", stop)
      reject(new Error(`Load.drive: wrk does not start (${error.message}); ${howToGetIt}`))
    })
    child.on("close", (code) => {
      process.off("exit", stop)
      if (code === 0) resolve(out.trimEnd().split("\n").at(-1) ?? "")
      else reject(new Error(`Load.drive: wrk ended with ${code}: ${complaint.trim()}`))
    })
  })

/** For who has none. */
const howToGetIt = `it is Debian's package of that name: "apt-get install wrk"`

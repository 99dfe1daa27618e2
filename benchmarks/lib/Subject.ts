/** What is measured: the bare proxy, Orelse in its variants, and a peer that somebody else runs. All face the same scripted server. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import * as Child from "./Child.ts"
import { callerKey, write } from "./GatewayConfig.ts"
import type { Mode, Part, Shape } from "./GatewayConfig.ts"
import { openAiBody } from "./Payload.ts"
import { post, probe } from "./Probe.ts"
import type { Address } from "./Probe.ts"
import { listenerOf } from "./ProcessStats.ts"

/** A started subject. */
export interface Subject {
  readonly name: string
  readonly address: Address
  readonly pid: number
  /** The bytes of a request that reaches the scripted server in this mode; `body` writes the body for a model. */
  readonly request: (mode: Mode, body: (model: string) => string, path?: string) => Buffer
  readonly stop: () => Promise<void>
}

export interface Plan {
  readonly name: string
  readonly start: (setup: Setup) => Promise<Subject>
}

export interface Setup {
  readonly serverPort: number
  readonly dist: boolean
  /** Another `bin.ts` to run instead of this checkout's, for a before and after. */
  readonly program?: string | undefined
  readonly cpuProfile: boolean
}

const chatPath = "/v1/chat/completions"

const ready = async (subject: Subject, child?: Child.Child): Promise<Subject> => {
  const request = subject.request("fast", (model) => openAiBody(model, 256))
  for (let left = 200; ; left--) {
    const failure = child?.failure()
    if (failure !== undefined) throw new Error(failure)
    const answer = await probe(subject.address, request, 2_000).catch((error: Error) => error)
    if (!(answer instanceof Error) && answer.status === 200) return subject
    if (left > 0 && (answer instanceof Error || answer.status === 503)) {
      await sleep(100)
      continue
    }
    await child?.stop()
    throw new Error(
      `${subject.name} gives no answer: ${answer instanceof Error ? answer.message : answer.text.slice(0, 600)}`
    )
  }
}

/** The bare proxy (`bare.ts`). */
export const bare = (coalesce = false): Plan => {
  const name = coalesce ? "bare-coalesced" : "bare"
  return {
    name,
    start: async (setup) => {
      const to = `http://127.0.0.1:${setup.serverPort}`
      const args = ["benchmarks/bare.ts", "--to", to, ...(coalesce ? ["--coalesce"] : [])]
      const child = await Child.start({ name, args, printsLine: true })
      const request: Subject["request"] = (mode, body, path = chatPath) => post(`/${mode}${path}`, body("bench-model"))
      return ready(
        { name, address: { host: "127.0.0.1", port: Number(child.line) }, pid: child.pid, request, stop: child.stop },
        child
      )
    }
  }
}

const gatewayArgs = (
  setup: Setup,
  name: string,
  file: string,
  port: number,
  more: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const built = join("packages", "cli", "dist", "bin.js")
  if (setup.dist && !existsSync(join(Child.root, built)))
    throw new Error(`Subject.orelse: --dist needs ${built}: run "npm run build" first`)
  const profile = ["--cpu-prof", `--cpu-prof-dir=${Child.workDirectory}`, `--cpu-prof-name=${name}.cpuprofile`]
  const program = setup.dist ? [built] : ["--conditions=@orelse/source", setup.program ?? "packages/cli/src/bin.ts"]
  return [...(setup.cpuProfile ? profile : []), ...program, "serve", "--config", file, "--port", String(port), ...more]
}

export interface Variant {
  readonly without?: ReadonlyArray<Part>
  readonly configured?: number
  readonly workers?: number
}

/** Orelse; `on` is with everything. */
export const orelse = (name: string, variant: Variant = {}): Plan => ({
  name,
  start: async (setup) => {
    const port = await Child.freePort()
    const shape: Shape = { name: `orelse-${name}`, serverPort: setup.serverPort, ...variant }
    const file = write(shape, port)
    const more = variant.workers === undefined ? [] : ["--workers", String(variant.workers)]
    const child = await Child.start({ name: shape.name, args: gatewayArgs(setup, shape.name, file, port, more) })
    const headers: Record<string, string> =
      variant.without?.includes("callers") === true ? {} : { authorization: `Bearer ${callerKey}` }
    const request: Subject["request"] = (mode, body, path = chatPath) => post(path, body(mode), headers)
    return ready({ name, address: { host: "127.0.0.1", port }, pid: child.pid, request, stop: child.stop }, child)
  }
})

export interface Peer {
  readonly url: string
  readonly model: string
  /** `name: value`; here and in the URL's path, `{server}` stands for the scripted server's address, `{mode}` for its mode. */
  readonly headers: ReadonlyArray<string>
}

/** A gateway at a URL that was set up to call the scripted server. */
export const peer = (options: Peer): Plan => ({
  name: "peer",
  start: async (setup) => {
    const url = new URL(options.url)
    const port = Number(url.port === "" ? 80 : url.port)
    const fill = (text: string, mode: Mode) =>
      text.replaceAll("{server}", `127.0.0.1:${setup.serverPort}`).replaceAll("{mode}", mode)
    const headersOf = (mode: Mode) =>
      Object.fromEntries(
        options.headers.map((line) => [
          line.slice(0, line.indexOf(":")),
          fill(line.slice(line.indexOf(":") + 1).trim(), mode)
        ])
      )
    const pattern = decodeURI(url.pathname).replace(/\/$/, "")
    const request: Subject["request"] = (mode, body, path = chatPath) => {
      const prefix = fill(pattern, mode)
      const rest = prefix.endsWith("/v1") ? path.replace(/^\/v1/, "") : path
      return post(`${prefix}${rest}`, body(fill(options.model, mode)), headersOf(mode))
    }
    const pid = listenerOf(port) ?? 0
    return ready({ name: "peer", address: { host: url.hostname, port }, pid, request, stop: () => Promise.resolve() })
  }
})

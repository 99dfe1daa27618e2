/**
 * Gateways as processes of their own, as users start them; for what only several processes can show.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../../cli/src/bin.ts", import.meta.url))

export interface Command {
  readonly url: string
  readonly pid: number
  /** Everything that it wrote so far. */
  readonly said: () => string
  readonly signal: (signal: NodeJS.Signals) => void
  /** Ends it, and gives back its exit code. */
  readonly close: () => Promise<number | null>
}

export interface GatewayProcess extends Command {
  /** Where its configuration is. */
  readonly file: string
}

/** Starts a gateway with this configuration on a free port; `yaml` needs no `server` and no `ledger` section. `more`: arguments of `serve`. */
export const startProcess = async (yaml: string, more: ReadonlyArray<string> = []): Promise<GatewayProcess> => {
  const folder = mkdtempSync(join(tmpdir(), "orelse-process-"))
  const file = join(folder, "orelse.yaml")
  writeFileSync(file, yaml)
  const started = await startCommand(["serve", "--port", "0", "--config", file, ...more], folder)
  return {
    ...started,
    file,
    close: async () => {
      const code = await started.close()
      rmSync(folder, { recursive: true, force: true })
      return code
    }
  }
}

/** `orelse` with these arguments, of which the first is `serve`; in this folder, with nothing of this process's environment but its PATH. */
export const startCommand = async (
  [serve = "serve", ...args]: ReadonlyArray<string>,
  cwd: string,
  env: Readonly<Record<string, string>> = {}
): Promise<Command> => {
  const child = spawn(process.execPath, ["--conditions=@orelse/source", bin, serve, "--json", ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"]
  })
  const kill = () => void child.kill("SIGKILL")
  process.once("exit", kill)
  const exited = once(child, "exit").then(([code]) => (typeof code === "number" ? code : null))
  let said = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (said += chunk))
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said += chunk))
  let url: string | undefined
  while (url === undefined) {
    const news = await Promise.race([once(child.stdout, "data"), exited])
    url = /"address":"([^"]+)"/.exec(said)?.[1]
    if (!Array.isArray(news) && url === undefined) throw new Error(`the gateway did not start: ${said}`)
  }
  return {
    url,
    pid: child.pid ?? 0,
    said: () => said,
    signal: (signal) => void child.kill(signal),
    close: async () => {
      child.kill("SIGTERM")
      const code = await exited
      process.off("exit", kill)
      return code
    }
  }
}

/** Looks until something is so; fails after half a minute. */
export const until = async <A>(look: () => Promise<A | undefined | false>, what: string): Promise<A> => {
  for (let tries = 0; tries < 600; tries++) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`never came true: ${what}`)
}

/**
 * A gateway as a process of its own (`gatewayMain.ts`) before a scripted server, for tests that look at what the process holds.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Sample } from "./gatewayMain.ts"
import * as ScriptedServer from "./ScriptedServer.ts"

export interface Forked {
  readonly url: string
  /** Whom the gateway asks. */
  readonly server: ScriptedServer.ScriptedServer
  /** The file of its ledger. */
  readonly ledger: string
  readonly sample: () => Promise<Sample>
  /** Ends both, and removes what they left. */
  readonly close: () => Promise<void>
}

/** Starts both. `configuration` is written for the server's address; it gets a `ledger` section. */
export const start = async (script: ScriptedServer.Script, configuration: (url: string) => string): Promise<Forked> => {
  const server = await ScriptedServer.start({ script })
  const folder = mkdtempSync(join(tmpdir(), "orelse-forked-"))
  const ledger = join(folder, "orelse.db")
  const file = join(folder, "orelse.yaml")
  writeFileSync(file, `${configuration(server.url)}\nledger: { path: ${ledger} }\n`)
  const main = fileURLToPath(new URL("gatewayMain.ts", import.meta.url))
  const child = fork(main, [file], { execArgv: ["--conditions=@orelse/source", "--expose-gc"] })
  const [{ url }] = (await once(child, "message")) as [{ readonly url: string }]
  return {
    url,
    server,
    ledger,
    sample: async () => {
      child.send("sample")
      const [found] = (await once(child, "message")) as [Sample]
      return found
    },
    close: async () => {
      if (child.connected) child.disconnect()
      if (child.exitCode === null) await once(child, "exit")
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** The library's micro-benchmarks, in a process of their own (they need the sources' import condition and a quiet heap). */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { record } from "../lib/Bench.ts"
import type { Row, RowResult } from "../lib/Bench.ts"
import { root } from "../lib/Child.ts"

const run = promisify(execFile)

/** What `micro/run.ts --json` prints: median microseconds an iteration, by task. */
export type MicroResult = Readonly<Record<string, number>>

export const library: Row = {
  name: "library",
  title: "library micro-benchmarks",
  run: async (bench) => {
    const result: RowResult = {}
    for (let round = 0; round < Math.min(3, bench.settings.rounds); round++) {
      const args = ["--conditions=@orelse/source", join("benchmarks", "micro", "run.ts"), "--json"]
      const { stdout } = await run(process.execPath, args, { cwd: root, maxBuffer: 2 ** 24 })
      const measured = JSON.parse(stdout) as MicroResult
      for (const [task, micros] of Object.entries(measured)) record(result, task, "micros", micros)
    }
    return result
  }
}

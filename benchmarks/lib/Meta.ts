/** Where and when a result was measured: without it a figure says nothing. */
import { execFileSync } from "node:child_process"
import { cpus, loadavg, totalmem } from "node:os"
import { root } from "./Child.ts"

export interface Meta {
  readonly takenAt: string
  readonly commit: string
  /** Whether files differed from the commit. */
  readonly dirty: boolean
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGib: number
  /** One-minute load average when the run began: above 0.5 others were at work on the machine. */
  readonly loadBefore: number
  readonly settings: Readonly<Record<string, number | string | boolean>>
}

const git = (...args: ReadonlyArray<string>): string => {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim()
  } catch {
    return "unknown"
  }
}

export const collect = (settings: Meta["settings"]): Meta => ({
  takenAt: new Date().toISOString(),
  commit: git("rev-parse", "--short=12", "HEAD"),
  dirty: git("status", "--porcelain", "--untracked-files=no") !== "",
  node: process.version,
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGib: Math.round(totalmem() / 2 ** 30),
  loadBefore: loadavg()[0] ?? 0,
  settings
})

/**
 * The checks of `npm test`, in order. Each is a command whose exit code counts, or a run of vitest whose tests count.
 */
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { root } from "./install.mjs"

const bin = (name) => join(root, "node_modules", ".bin", name)
const temporary = join(root, ".tmp")

const execute = (command, args, env = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, NO_COLOR: "1", ...env } })
    let output = ""
    child.stdout.on("data", (chunk) => (output += chunk))
    child.stderr.on("data", (chunk) => (output += chunk))
    child.on("error", (error) => resolve({ code: 1, output: String(error) }))
    child.on("close", (code) => resolve({ code: code ?? 1, output }))
  })

/** A command: passed where it exits with 0. */
const command = (name, says, program, args, more = {}) => ({
  name,
  says,
  ...more,
  run: async () => {
    const { code, output } = await execute(program, args)
    return code === 0 ? { passed: 1, failed: 0, output } : { passed: 0, failed: 1, output }
  }
})

const script = (name, says, file, args = [], more = {}) =>
  command(name, says, process.execPath, ["--conditions=@orelse/source", join("scripts", file), ...args], more)

/** A run of vitest: its tests count, and a file that does not load counts as one failure. */
const vitest = (name, says, args, more = {}) => ({
  name,
  says,
  ...more,
  run: async () => {
    mkdirSync(temporary, { recursive: true })
    const file = join(temporary, `vitest-${name}.json`)
    rmSync(file, { force: true })
    const { code, output } = await execute(process.execPath, [
      join(root, "node_modules", "vitest", "vitest.mjs"),
      "run",
      "--reporter=dot",
      "--reporter=json",
      `--outputFile.json=${file}`,
      ...args
    ])
    if (!existsSync(file)) return { passed: 0, failed: 1, output }
    const report = JSON.parse(readFileSync(file, "utf8"))
    const broken = report.testResults.filter(
      (one) => one.status === "failed" && one.assertionResults.length === 0
    ).length
    const failed = report.numFailedTests + broken
    const none = report.numPassedTests === 0
    return { passed: report.numPassedTests, failed: Math.max(failed, code !== 0 || none ? 1 : 0), output }
  }
})

/** In order of what fails fastest. */
export const checks = [
  command("format", "oxfmt --check", bin("oxfmt"), ["--check", "packages", "scripts", "benchmarks"]),
  command("lint", "oxlint, type-aware", bin("oxlint"), [
    "--type-aware",
    "--quiet",
    "packages",
    "scripts",
    "benchmarks"
  ]),
  command("types", "tsc -b over sources and tests, with the diagnostics of @effect/tsgo", bin("tsc"), [
    "-b",
    "tsconfig.json"
  ]),
  command("floors", "dependency-cruiser: floors, circles, seams", bin("depcruise"), [
    "--config",
    ".dependency-cruiser.mjs",
    "packages"
  ]),
  script("sizes", "lines of source files, against the aims of the style", "sizes.mjs"),
  vitest("unit", "unit and property tests of the three packages", ["--exclude", "**/integration/**"], { alone: true }),
  vitest("integration", "real sockets, SDKs, Redis, PostgreSQL, Chromium", ["integration"], { alone: true }),
  script("docs", "every example of README, docs and docstrings", "doctest.mjs", [], { alone: true }),
  script("pack", "packed packages: publint, attw, and a program in an empty project", "pack.mjs", [], { alone: true })
]

/**
 * The checks of `npm test`, in the order in which they are listed. Each is a command whose exit code counts, or a run of vitest
 * whose tests count. `alone` checks load the machine or start servers: they run one after the other, when the rest is done. One that
 * reads what another writes comes `after` it, and stands below it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { generate } from "./doctest/generate.mjs"
import { execute } from "./execute.mjs"
import { root } from "./install.mjs"

const bin = (name) => join(root, "node_modules", ".bin", name)
const temporary = join(root, ".tmp")

/** A command: passed where it exits with 0; skipped, with a reason, where it exits with 75 and says so in its last line. */
const command = (name, says, program, args, more = {}) => ({
  name,
  says,
  ...more,
  run: async () => {
    const { code, output } = await execute(program, args)
    if (code === 75) return { passed: 0, failed: 0, skipped: output.trim().split("\n").at(-1), output }
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output }
  }
})

const script = (name, says, file, more = {}) =>
  command(name, says, process.execPath, [join(root, "scripts", file)], more)

/** A run of vitest: its tests count, and a file that does not load counts as one failure. Running none is a failure as well. */
const vitest = (name, says, args, { prepare, ...more } = {}) => ({
  name,
  says,
  ...more,
  run: async () => {
    await prepare?.()
    mkdirSync(temporary, { recursive: true })
    const file = join(temporary, `vitest-${name}.json`)
    rmSync(file, { force: true })
    const reporters = ["--reporter=agent", "--reporter=json", `--outputFile.json=${file}`]
    const program = join(root, "node_modules", "vitest", "vitest.mjs")
    const { code, output } = await execute(process.execPath, [program, "run", ...reporters, ...args])
    return { ...count(file, code), output }
  }
})

const count = (file, code) => {
  if (!existsSync(file)) return { passed: 0, failed: 1 }
  const report = JSON.parse(readFileSync(file, "utf8"))
  const broken = report.testResults.filter((one) => one.status === "failed" && one.assertionResults.length === 0)
  const left = report.testResults
    .flatMap((one) => one.assertionResults)
    .filter((one) => one.status !== "passed" && one.status !== "failed")
    .map((one) => one.fullName)
  const isWrong = code !== 0 || report.numPassedTests === 0
  const failed = Math.max(report.numFailedTests + broken.length, isWrong ? 1 : 0)
  // Where servers can be had, which is so in CI, nothing is left out.
  return { passed: report.numPassedTests, failed: failed + (process.env.CI ? left.length : 0), left }
}

/** Where there are no examples, there is nothing to trust. */
const examples = () => {
  if (generate() === 0) throw new Error('no example found: tag fenced blocks of README.md and docs/ with "ts doctest"')
}

const sources = ["packages", "scripts", "benchmarks"]
const settings = [
  "package.json",
  "tsconfig.json",
  "tsconfig.base.json",
  "tsconfig.build.json",
  "vitest.config.ts",
  "vitest.types.config.ts"
]

/** What fails fastest stands first. */
export const checks = [
  command("format", "oxfmt: formatting", bin("oxfmt"), ["--check", ...sources, ...settings]),
  command("floors", "dependency-cruiser: floors, circles, seams", bin("depcruise"), [
    "--config",
    ".dependency-cruiser.mjs",
    "packages"
  ]),
  script("sizes", "lines of source files, against the aims of the style", "sizes.mjs"),
  command("types", "tsc -b over sources and tests, with the diagnostics of @effect/tsgo", bin("tsc"), [
    "-b",
    "tsconfig.json"
  ]),
  command("lint", "oxlint, type-aware", bin("oxlint"), ["--type-aware", ...sources], { after: "types" }),
  script("audit", "pnpm audit: known holes in what is installed", "audit.mjs"),
  vitest("unit", "unit and property tests of the packages and the scripts", ["--exclude", "**/integration/**"], {
    alone: true
  }),
  vitest("typetests", "type tests (*.test-d.ts): each assertion is a test", ["--config", "vitest.types.config.ts"], {
    alone: true
  }),
  vitest("integration", "real sockets, SDKs, Redis, PostgreSQL, Chromium", ["/integration/"], { alone: true }),
  vitest("docs", "every example of README, docs and docstrings", ["--config", "scripts/doctest/vitest.config.ts"], {
    alone: true,
    prepare: examples
  }),
  script("pack", "packed packages: publint, attw, and README's program in an empty project", "pack.mjs", {
    alone: true
  })
]

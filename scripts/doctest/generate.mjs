/**
 * Writes the examples of README.md, CONTRIBUTING.md, docs/ and the docstrings into .tmp/doctest, as files for vitest:
 *
 * - "ts doctest": its own module, type-checked and run; `expression // => value` is compared.
 * - "sh doctest": run by bash in the folder of a gateway, which is on a free port at $ORELSE_URL; `# => text` is looked for in what it prints.
 * - "yaml doctest": a configuration that `orelse check` must accept.
 *
 * "ts packed" is for `scripts/pack.mjs`.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../install.mjs"
import { blocks, withChecks } from "./extract.mjs"

const folder = join(root, ".tmp", "doctest")
const files = ["*.md", "docs/**/*.md", "packages/*/*.md", "packages/*/src/**/*.ts"]

/** Every block of the repository with this tag, in order of file and line. */
export const examples = (tag) =>
  globSync(files, { cwd: root })
    .toSorted((a, b) => a.localeCompare(b))
    .flatMap((file) => blocks(file, readFileSync(join(root, file), "utf8"), tag))

/** Writes the tests and returns how many examples they run. */
export const generate = () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const all = examples("doctest")
  const of = (...languages) => all.filter((block) => languages.includes(block.language))
  const unknown = all.find((block) => !["ts", "sh", "yaml"].includes(block.language))
  if (unknown !== undefined) {
    throw new Error(`${unknown.file}:${unknown.line - 1}: "doctest" is for ts, sh and yaml, not "${unknown.language}"`)
  }
  writePrograms(of("ts"))
  writeCommands(of("sh", "yaml"))
  return all.length
}

const titleOf = (block) => `${block.file}:${block.line}`
const write = (name, lines) => writeFileSync(join(folder, name), `${lines.join("\n")}\n`)

const prelude = 'import { equal as __equal, printed as __printed } from "../../scripts/doctest/check.ts"; '

const writePrograms = (programs) => {
  if (programs.length === 0) return
  const named = programs.map((block) => ({
    block,
    name: `${titleOf(block).replaceAll(/[^A-Za-z0-9]+/g, "-")}.example.ts`
  }))
  for (const { block, name } of named) write(name, [prelude + withChecks(block)])
  const options = { noEmit: true, composite: false, incremental: false, declaration: false, declarationMap: false }
  const loose = { noUnusedLocals: false, rewriteRelativeImportExtensions: false, allowImportingTsExtensions: true }
  write("tsconfig.json", [
    JSON.stringify({
      extends: "../../tsconfig.base.json",
      compilerOptions: { ...options, ...loose, rootDir: "../.." },
      include: ["*.example.ts"]
    })
  ])
  write("programs.test.mjs", [
    'import { expect, it } from "vitest"',
    'import { typeErrors } from "../../scripts/doctest/commands.mjs"',
    'it("every program has the types it needs", async () => expect(await typeErrors()).toBe(""), 60_000)',
    ...named.map(({ block, name }) => `it(${JSON.stringify(titleOf(block))}, () => import("./${name}"))`)
  ])
}

const writeCommands = (commands) => {
  if (commands.length === 0) return
  const entries = commands.map((block) => ({ title: titleOf(block), language: block.language, code: block.code }))
  write("commands.test.mjs", [
    'import { afterAll, beforeAll, it } from "vitest"',
    'import { checkYaml, runShell, startGateway } from "../../scripts/doctest/commands.mjs"',
    "let gateway",
    ...(entries.some((entry) => entry.language === "sh")
      ? ["beforeAll(async () => { gateway = await startGateway() }, 60_000)", "afterAll(() => gateway?.stop())"]
      : []),
    ...entries.map((entry) =>
      entry.language === "sh"
        ? `it(${JSON.stringify(entry.title)}, () => runShell(${JSON.stringify(entry.code)}, gateway), 120_000)`
        : `it(${JSON.stringify(entry.title)}, () => checkYaml(${JSON.stringify(entry.code)}), 60_000)`
    )
  ])
}

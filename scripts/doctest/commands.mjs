/** Runs what examples need beside vitest itself: tsc over the programs, bash over the commands, `orelse check` over the YAML. */
import { spawn } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { expect } from "vitest"
import { startGateway as gateway } from "../gateway.mjs"
import { root } from "../install.mjs"

const folder = join(root, ".tmp", "doctest")
const cli = [
  "--conditions=@orelse/source",
  "--disable-warning=ExperimentalWarning",
  join(root, "packages/cli/src/bin.ts")
]

/** Exit code and all that was printed. */
const run = (command, args, options) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options })
    let output = ""
    child.stdout.on("data", (chunk) => (output += chunk))
    child.stderr.on("data", (chunk) => (output += chunk))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, output }))
  })

/** What tsc says about the programs; "" where all is well. */
export const typeErrors = async () =>
  (await run(join(root, "node_modules", ".bin", "tsc"), ["-p", join(folder, "tsconfig.json")], {})).output

/** A gateway from the sources, on its embedded default, in a folder of its own. */
export const startGateway = async () => {
  const home = mkdtempSync(join(folder, "gateway-"))
  return { ...(await gateway([process.execPath, ...cli], home)), home }
}

/** `orelse` on PATH, from the sources. */
const withOrelse = () => {
  const bin = join(folder, "bin")
  mkdirSync(bin, { recursive: true })
  writeFileSync(
    join(bin, "orelse"),
    `#!/bin/sh\nexec "${process.execPath}" ${cli.map((part) => `"${part}"`).join(" ")} "$@"\n`
  )
  chmodSync(join(bin, "orelse"), 0o755)
  return [bin, dirname(process.execPath), process.env.PATH].join(delimiter)
}

/** Readers see the default address; the test's gateway has another port. It runs in the gateway's folder, where its ledger is. */
export const runShell = async (code, { home, url }) => {
  const script = code.replaceAll(/http:\/\/(127\.0\.0\.1|localhost):4100/g, url)
  const env = { ...process.env, ORELSE_URL: url, PATH: withOrelse() }
  const { code: exit, output } = await run("bash", ["-eu", "-o", "pipefail", "-c", script], { cwd: home, env })
  expect(exit, output).toBe(0)
  for (const [, text] of code.matchAll(/# => (.*)$/gm)) expect(output).toContain(text.trim())
}

/** Variables that the file names are set; what is called a URL to one. */
export const checkYaml = async (code) => {
  const file = join(mkdtempSync(join(folder, "yaml-")), "orelse.yaml")
  writeFileSync(file, `${code}\n`)
  const named = [...code.matchAll(/\$\{(\w+)/g)].map(([, name]) => [
    name,
    name.endsWith("_URL") ? "postgres://127.0.0.1/doctest" : "doctest"
  ])
  const { code: exit, output } = await run(process.execPath, [...cli, "check", "--config", file], {
    env: { ...process.env, ...Object.fromEntries(named) }
  })
  expect(exit, output).toBe(0)
}

/**
 * Makes sure that a Node >= 22.19 and the packages of the lock file are there, and says what it does while it does it.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The folder of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const tools = join(root, ".tools")
const pnpm = "pnpm@12.21.0"
const say = (text) => console.error(`orelse: ${text}`)

/** The Node to run with, and the environment that puts it first. */
export const install = async () => {
  const path = findNode()
  const env = { PATH: `${dirname(path)}${delimiter}${process.env.PATH ?? ""}` }
  if (!isInstalled()) packages(env)
  return { path, env }
}

const isNew = (version) => {
  const [major = 0, minor = 0] = version.replace("v", "").split(".").map(Number)
  return major > 22 || (major === 22 && minor >= 19)
}

const findNode = () => {
  if (isNew(process.version)) return process.execPath
  const own = join(tools, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node")
  if (!existsSync(own)) {
    say(`Effect 4 needs Node >= 22.19, this is ${process.version}: fetching Node 24 from npm into .tools (once, about 10 s)`)
    mkdirSync(tools, { recursive: true })
    writeFileSync(join(tools, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }))
    run("npm", ["install", "--prefix", tools, "--no-audit", "--no-fund", "--loglevel=error", "node@24"], {})
  }
  const found = spawnSync(own, ["--version"], { encoding: "utf8" })
  if (found.status !== 0 || !isNew(found.stdout.trim())) {
    fail(`the Node in .tools does not run (${found.stderr ?? found.error}); delete .tools and try again, or put a Node >= 22.19 on PATH`)
  }
  return own
}

/** The stamp is written after a whole install, and is as old as the lock file it was made from. */
const stamp = join(root, "node_modules", ".orelse-installed")

const lockOf = () => readFileSync(join(root, "pnpm-lock.yaml"), "utf8").length + ":" + statSync(join(root, "pnpm-lock.yaml")).mtimeMs

const isInstalled = () => existsSync(stamp) && readFileSync(stamp, "utf8") === lockOf()

const packages = (env) => {
  say("fetching the packages of pnpm-lock.yaml (about 15 s on a fresh machine)")
  run("npx", ["-y", pnpm, "install", "--frozen-lockfile", "--reporter=append-only"], env)
  run("npx", ["-y", pnpm, "exec", "effect-tsgo", "patch"], env, true)
  writeFileSync(stamp, lockOf())
}

const run = (command, args, env, quiet = false) => {
  const done = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env, npm_config_update_notifier: "false" },
    stdio: ["ignore", quiet ? "ignore" : 2, 2],
    shell: process.platform === "win32"
  })
  if (done.status === 0) return
  fail(`"${command} ${args.join(" ")}" failed (${done.error?.message ?? `exit code ${done.status}`}); check that npm reaches its registry ("npm ping"), then run the same command again`)
}

const fail = (text) => {
  say(text)
  process.exit(1)
}

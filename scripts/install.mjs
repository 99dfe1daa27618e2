/**
 * Makes sure that a Node >= 22.19 and the packages of the lock file are there, and says what it does while it does it.
 * Where all is there already, it costs three small file reads. Runs on any Node >= 20; uses nothing but npm.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The folder of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** pnpm as npx runs it; a `packageManager` field would have pnpm look for its own binaries first. */
export const pnpm = ["npx", "-y", "pnpm@12.21.0"]

const tools = join(root, ".tools")
const isWindows = process.platform === "win32"
const say = (text) => console.error(`orelse: ${text}`)

/** The Node to run with, and the environment that puts it first. */
export const install = () => {
  const node = findNode()
  // npm tells its children of its own Node by these names as well, and pnpm believes them.
  const env = {
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`,
    NODE: node,
    npm_node_execpath: node
  }
  if (!isInstalled()) installPackages(env)
  return { node, env }
}

const isNew = (version) => {
  const [major = 0, minor = 0] = version.replace("v", "").split(".").map(Number)
  return major > 22 || (major === 22 && minor >= 19)
}

const findNode = () => {
  if (isNew(process.version)) return process.execPath
  const own = join(tools, "node_modules", "node", "bin", isWindows ? "node.exe" : "node")
  if (!existsSync(own)) installNode(own)
  return own
}

/** The package's install script fetches the binary for this machine: npm is told that it may run. */
const installNode = (own) => {
  say(
    `Effect 4 needs Node >= 22.19, this is ${process.version}: fetching Node 24 from npm into .tools (once, 5 to 30 s)`
  )
  mkdirSync(tools, { recursive: true })
  writeFileSync(join(tools, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }))
  run(["npm", "install", "--prefix", tools, "--no-audit", "--no-fund", "--loglevel=error", "node@24"], {})
  const found = spawnSync(own, ["--version"], { encoding: "utf8" })
  if (found.status === 0 && isNew(found.stdout.trim())) return
  const why = found.error?.message ?? `it says ${found.stdout || found.stderr}`
  fail(`the Node in .tools does not run (${why}); delete .tools and try again, or put a Node >= 22.19 first on PATH`)
}

/** Written after a whole install; holds the hash of the lock file that it was made from. */
const stamp = join(root, "node_modules", ".orelse-installed")

const lock = () =>
  createHash("sha256")
    .update(readFileSync(join(root, "pnpm-lock.yaml")))
    .digest("hex")

const isInstalled = () => existsSync(stamp) && readFileSync(stamp, "utf8") === lock()

const installPackages = (env) => {
  say("fetching the packages of pnpm-lock.yaml (5 to 60 s, once and when the lock file changes)")
  run([...pnpm, "install", "--frozen-lockfile", "--reporter=append-only"], env)
  writeFileSync(stamp, lock())
  say("packages are in place")
}

/** Runs with progress on stderr, so that stdout stays the program's own. */
const run = ([command, ...args], env) => {
  const done = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env, npm_config_update_notifier: "false", npm_config_fetch_retries: "1" },
    stdio: ["ignore", 2, 2],
    shell: isWindows
  })
  if (done.status === 0) return
  const why = done.error?.message ?? (done.signal === null ? `exit code ${done.status}` : done.signal)
  const next = `check that npm reaches its registry ("npm ping"), then run the same command again`
  fail(`"${[command, ...args].join(" ")}" failed (${why}); ${next}`)
}

const fail = (text) => {
  say(text)
  process.exit(1)
}

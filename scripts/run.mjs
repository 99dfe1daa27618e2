/**
 * The front door: `npm start`, `npm test`, `npm run orelse -- ARGS`, `npm run bench`, `npm run laws`, `npm run mutants`,
 * `npm run classify-report`. Runs on any Node >= 20 with npm, fetches what is missing (a newer Node, the packages) from the npm
 * registry, says so, and hands over. It does no work of its own.
 */
import { spawn } from "node:child_process"
import { constants } from "node:os"
import { join } from "node:path"
import { install, root } from "./install.mjs"

const source = ["--conditions=@orelse/source", "--disable-warning=ExperimentalWarning"]
const cli = join("packages", "cli", "src", "bin.ts")

/** What each name runs, with the Node that was found. */
const commands = {
  start: (args) => [...source, cli, "serve", ...args],
  orelse: (args) => [...source, cli, ...args],
  test: (args) => [join("scripts", "test.mjs"), ...args],
  laws: (args) => [join("scripts", "laws.mjs"), ...args],
  mutants: (args) => [join("scripts", "mutants.mjs"), ...args],
  bench: (args) => [...source, join("benchmarks", "run.ts"), ...args],
  "classify-report": (args) => [...source, join("scripts", "classify-report.ts"), ...args]
}

const [name = "", ...args] = process.argv.slice(2)
if (!Object.hasOwn(commands, name)) {
  console.error(`orelse: no script "${name}"; there are ${Object.keys(commands).join(", ")}`)
  process.exit(2)
}

const { node, env } = install()
const child = spawn(node, commands[name](args), {
  cwd: root,
  stdio: "inherit",
  // What it tells to type works here, where nothing is installed.
  env: { ORELSE_PROGRAM: "npm run orelse --", ...process.env, ...env }
})

// Ctrl-C in a terminal reaches the whole process group by itself; npm passes signals on as well. One is enough.
let sent
const pass = (signal) => {
  if ((signal === "SIGINT" && process.stdin.isTTY) || sent === signal) return
  sent = signal
  setTimeout(() => (sent = undefined), 300).unref()
  child.kill(signal)
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => pass(signal))

// npm signals the shell between it and us, which ends without a word: nobody is left to wait for the child.
const parent = process.ppid
const watch = setInterval(() => {
  if (process.ppid === parent) return
  clearInterval(watch)
  pass("SIGTERM")
}, 250)
watch.unref()

child.on("error", (error) => {
  console.error(`orelse: cannot start ${node} (${error.message}); delete .tools and run the same command again`)
  process.exit(1)
})
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)))

/**
 * The front door: `npm start`, `npm test`, `npm run orelse -- ARGS`, `npm run bench`. Runs on any Node >= 20 with npm, fetches what is
 * missing (a newer Node, the packages) from the npm registry, says so, and hands over. It does no work of its own.
 */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { install, root } from "./install.mjs"

const source = ["--conditions=@orelse/source", "--disable-warning=ExperimentalWarning"]
const cli = join("packages", "cli", "src", "bin.ts")

/** What each name runs, with the Node that was found. */
const commands = {
  start: (args) => [...source, cli, "serve", ...args],
  orelse: (args) => [...source, cli, ...args],
  test: (args) => [join("scripts", "test.mjs"), ...args],
  bench: (args) => [...source, join("benchmarks", "run.ts"), ...args],
  "classify-report": (args) => [...source, join("scripts", "classify-report.ts"), ...args]
}

const [name = "", ...args] = process.argv.slice(2)
const command = commands[name]
if (command === undefined) {
  console.error(`orelse: no script "${name}"; there are ${Object.keys(commands).join(", ")}`)
  process.exit(2)
}

const node = await install()
const child = spawn(node.path, command(args), { cwd: root, stdio: "inherit", env: { ...process.env, ...node.env } })
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 130 : 1)))

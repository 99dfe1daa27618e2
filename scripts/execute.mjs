/** Runs a command in the checkout and gives back its exit code and all that it printed, on both streams, in order. */
import { spawn } from "node:child_process"
import { root } from "./install.mjs"

export const execute = (command, args, { cwd = root, env = {} } = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let output = ""
    child.stdout.on("data", (chunk) => (output += chunk))
    child.stderr.on("data", (chunk) => (output += chunk))
    child.on("error", (error) => resolve({ code: 1, output: `${command}: ${error.message}` }))
    child.on("close", (code) => resolve({ code: code ?? 1, output }))
  })

/** Starts `orelse serve` on a free loopback port, in a folder without a configuration: the embedded default. */
import { spawn } from "node:child_process"

/** `orelse` is the command with its first arguments. Resolves when it says where it listens. */
export const startGateway = async ([command, ...args], cwd, env = {}) => {
  const child = spawn(command, [...args, "serve", "--port", "0"], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"]
  })
  const ended = new Promise((resolve) => child.on("exit", resolve))
  const url = await new Promise((resolve, reject) => {
    let output = ""
    const read = (chunk) => {
      output += chunk
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)
      if (address !== null) resolve(address[0])
    }
    child.stdout.on("data", read)
    child.stderr.on("data", read)
    child.on("error", reject)
    child.on("exit", (code) => reject(new Error(`orelse serve --port 0 ended with ${code}, and said: ${output}`)))
  })
  const stop = () => {
    child.kill("SIGTERM")
    return ended
  }
  return { url, stop }
}

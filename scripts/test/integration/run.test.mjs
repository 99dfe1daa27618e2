/** The front door with a real npm: what starts ends, however it is told to, and exit codes come through. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { afterAll, afterEach, describe, expect, it } from "vitest"
import { root } from "../../install.mjs"

mkdirSync(join(root, ".tmp"), { recursive: true })
const data = mkdtempSync(join(root, ".tmp", "run-"))
const started = []

const npm = (...args) => {
  const child = spawn("npm", args, {
    cwd: root,
    detached: true,
    env: { ...process.env, XDG_DATA_HOME: data, HOME: data },
    stdio: ["ignore", "pipe", "pipe"]
  })
  started.push(child)
  child.output = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (child.output += chunk))
  return child
}

/** The address that `npm start` prints. */
const address = (child) =>
  new Promise((resolve, reject) => {
    const look = () => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(child.output)
      if (found !== null) resolve(found[0])
    }
    child.stdout.on("data", look)
    child.stderr.on("data", look)
    child.on("exit", (code) => reject(new Error(`npm start ended with ${code}: ${child.output}`)))
  })

const answers = (url) =>
  fetch(`${url}/health/live`).then(
    (response) => response.ok,
    () => false
  )

/** The end of every process of npm: its streams close when the last one that holds them is gone. */
const ended = (child) => once(child, "close")

afterEach(() => {
  for (const child of started.splice(0)) {
    try {
      process.kill(-Number(child.pid), "SIGKILL")
    } catch {
      // It has ended by itself, as it should.
    }
  }
})
afterAll(() => rmSync(data, { recursive: true, force: true }))

describe("npm start", () => {
  it("ends with the gateway when npm alone is told to", { timeout: 30_000 }, async () => {
    const child = npm("start", "--", "--port", "0")
    const url = await address(child)
    expect(await answers(url)).toBe(true)
    const closed = ended(child)
    child.kill("SIGTERM")
    await closed
    expect(await answers(url)).toBe(false)
  })

  it("ends with the gateway on Ctrl-C, which reaches every process of the group", { timeout: 30_000 }, async () => {
    const child = npm("start", "--", "--port", "0")
    const url = await address(child)
    const closed = ended(child)
    process.kill(-Number(child.pid), "SIGINT")
    await closed
    expect(await answers(url)).toBe(false)
  })
})

describe("npm run orelse", () => {
  it("prints what the command prints, and keeps its exit code", { timeout: 30_000 }, async () => {
    const good = npm("run", "--silent", "orelse", "--", "--version")
    expect(await ended(good)).toEqual([0, null])
    expect(good.output).toMatch(/\d+\.\d+\.\d+/)
    const bad = npm("run", "--silent", "orelse", "--", "check", "--config", "no-such-file.yaml")
    const [code] = await ended(bad)
    expect(code).toBeGreaterThan(0)
    expect(bad.output).toContain("no-such-file.yaml")
  })
})

describe("scripts/run.mjs", () => {
  it("names the scripts that exist when asked for another", async () => {
    const child = spawn(process.execPath, ["scripts/run.mjs", "sart"], { cwd: root })
    let said = ""
    child.stderr.on("data", (chunk) => (said += chunk))
    expect(await ended(child)).toEqual([2, null])
    expect(said).toContain('no script "sart"; there are start, orelse, test')
  })
})

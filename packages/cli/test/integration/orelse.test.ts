import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { closeSync, constants, createReadStream, existsSync, openSync, readSync } from "node:fs"
import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { run, start } from "./process.ts"

let cwd = ""
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "orelse-cli-"))
  await writeFile(
    join(cwd, "good.yaml"),
    "routes: { first: { try: [demo/down, demo/echo] } }\nledger: { store: none }\n"
  )
  await writeFile(join(cwd, "bad.yaml"), "servr: 1\nroutes: { a: { try: [nope/x] } }\n")
})
afterAll(() => rm(cwd, { recursive: true }))

const promptOf = (text: string) => ({ model: "first", messages: [{ role: "user", content: text }] })

const post = async (address: string, body: object): Promise<Response> =>
  fetch(`${address}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body)
  })

/** Starts it with a pipe for its output, of which no more than the first character is read until `rest` is asked for. */
const piped = async (name: string, args: ReadonlyArray<string>) => {
  const path = join(cwd, name)
  execFileSync("mkfifo", [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, "w")
  const running = start(args, { cwd, out: writer })
  closeSync(writer)
  const first = Buffer.alloc(1)
  const isThere = () => {
    try {
      return readSync(reader, first) === 1
    } catch {
      return false
    }
  }
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20))
  const rest = async () => (await createReadStream(path).setEncoding("utf8").toArray()).join("")
  return { running, reader, begin: first.toString(), rest }
}

/** For a gateway whose output nobody can read. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

describe("the program orelse", () => {
  it("ends with 0 for a good file, 1 for a bad one with every problem on standard error, 2 for a mistake in the command", async () => {
    const good = await run(["check", "--config", "good.yaml"], { cwd })
    assert.deepStrictEqual([good.code, good.err], [0, ""])
    assert.match(good.out, /^good\.yaml is valid: 1 route, 1 provider\n$/)
    const bad = await run(["check"], { cwd, env: { ORELSE_CONFIG: "bad.yaml" } })
    assert.deepStrictEqual([bad.code, bad.out], [1, ""])
    assert.match(
      bad.err,
      /^bad\.yaml:1:1: servr: [^\n]*\nbad\.yaml:2:22: routes\.a\.try\[0\]: [^\n]*\nThe configuration is not used: 2 problems\./
    )
    const json = await run(["check", "--json", "-c", "bad.yaml"], { cwd })
    assert.strictEqual(json.code, 1)
    const told = JSON.parse(json.out) as { valid: boolean; problems: ReadonlyArray<{ line: number }> }
    assert.deepStrictEqual([told.valid, told.problems.map((problem) => problem.line)], [false, [1, 2]])
    const usage = await run(["check", "--bogus"], { cwd })
    assert.deepStrictEqual([usage.code, usage.out], [2, ""])
  })

  it("warns of an open gateway by the address that it listens on, not by the one of the file", async () => {
    await writeFile(join(cwd, "open.yaml"), "server: { host: 0.0.0.0 }\nledger: { store: none }\n")
    const said = async (...args: ReadonlyArray<string>) => {
      const gateway = start(["serve", "--port", "0", ...args], { cwd })
      await gateway.prints("/docs")
      gateway.child.kill("SIGTERM")
      return (await gateway.ended).out
    }
    assert.match(await said("--host", "0.0.0.0"), /--host +other machines reach this port/)
    assert.match(await said("-c", "open.yaml"), /server\.host +other machines reach this port/)
    assert.notInclude(await said("-c", "open.yaml", "--host", "127.0.0.1"), "other machines")
  })

  it("calls a route from standard input: the answer on standard output, attempts on standard error, no colour in a pipe", async () => {
    const { code, err, out } = await run(["call", "first", "--config", "good.yaml"], { cwd, input: "hello there\n" })
    assert.strictEqual(code, 0, err)
    assert.strictEqual(out, "You said: hello there\n")
    assert.match(
      err,
      /^1\. demo\/down: Overloaded 503, .*→ nextTarget[^\n]*\n2\. demo\/echo: answered, [^\n]*\nserved by demo\/echo after 2 attempts \(fell back\)\n$/
    )
    assert.notInclude(err, "\u001b[")
  })

  it("never sends a call elsewhere where a variable of its route is not set", async () => {
    await writeFile(join(cwd, "unset.yaml"), 'routes: { only: "${TARGET}", both: ["${TARGET}", demo/echo] }\n')
    const only = await run(["call", "only", "x", "-c", "unset.yaml"], { cwd })
    assert.deepStrictEqual([only.code, only.out], [1, ""])
    assert.match(only.err, /unset\/TARGET: TARGET is not set\n/)
    const both = await run(["call", "both", "x", "-c", "unset.yaml"], { cwd })
    assert.deepStrictEqual([both.code, both.out], [0, "You said: x\n"])
    assert.match(both.err, /served by demo\/echo after 1 attempt/)
  })

  it("ends with 1 and the next step where a call fails, and where its answer is cut off", async () => {
    const unknown = await run(["call", "frist", "x", "-c", "good.yaml"], { cwd })
    assert.deepStrictEqual([unknown.code, unknown.out], [1, ""])
    assert.match(unknown.err, /no route or target "frist"\. Did you mean "first"\?\nRoutes: first\./)
    const cut = await run(["call", "demo/cut", "one two three four five", "-c", "good.yaml"], { cwd })
    assert.strictEqual(cut.code, 1)
    assert.match(cut.out, /^You said: one/)
    assert.match(cut.err, /The answer was cut off[^]*is not the whole answer\.\n$/)
  })

  it("ends with 130 when it is interrupted in the middle of an answer, and the attempt with it", async () => {
    const slow = start(
      ["call", "demo/slow", "a b c d e f g h i j k l m n o p q r s t u v w x y z", "-c", "good.yaml"],
      { cwd }
    )
    await slow.prints("You said")
    slow.child.kill("SIGINT")
    const { code, err, out } = await slow.ended
    assert.strictEqual(code, 130)
    assert.match(err, /^1\. demo\/slow: cancelled, /)
    assert.notInclude(out, "x y z")
  })

  it("writes all of a long output into a pipe that is read late, and ends at once where it is interrupted meanwhile", async () => {
    const whole = (await run(["check", "--schema"], { cwd })).out
    assert.isAbove(whole.length, 2 * 65_536)
    const late = await piped("late", ["check", "--schema"])
    await new Promise((resolve) => setTimeout(resolve, 300))
    assert.strictEqual(late.begin + (await late.rest()), whole)
    assert.strictEqual((await late.running.ended).code, 0)
    closeSync(late.reader)
    const stopped = await piped("stopped", ["check", "--schema"])
    stopped.running.child.kill("SIGINT")
    assert.strictEqual((await stopped.running.ended).code, 130)
    closeSync(stopped.reader)
  })

  it("ends without a word when the reader of its output has gone", async () => {
    const slow = start(["call", "demo/slow", "a b c d e f g h i j k l m n o p", "-c", "good.yaml"], { cwd })
    await slow.prints("You said")
    slow.child.stdout?.destroy()
    const { code, err } = await slow.ended
    assert.deepStrictEqual([code, err], [0, ""])
  })

  it.skipIf(!existsSync("/dev/full"))(
    "ends with 1 at once, and says why, where its output cannot be written; a gateway serves on",
    async () => {
      const full = openSync("/dev/full", "w")
      for (const args of [
        ["call", "demo/echo", "hi"],
        ["call", "demo/echo", "hi", "--no-stream"],
        ["call", "demo/echo", "hi", "--json"],
        ["check"],
        ["explain", "first"],
        ["--version"]
      ]) {
        const { code, err } = await run([...args, "-c", "good.yaml"], { cwd, out: full })
        assert.strictEqual(code, 1, args.join(" "))
        assert.match(err, /Standard output cannot be written: ENOSPC: [^\n]*\n$/)
      }
      const port = await freePort()
      const gateway = start(["serve", "--port", String(port), "-c", "good.yaml"], { cwd, out: full })
      const address = `http://127.0.0.1:${port}`
      for (let n = 0; n < 2; n++) {
        while (
          !(await fetch(`${address}/health/ready`).then(
            (response) => response.ok,
            () => false
          ))
        )
          await new Promise((resolve) => setTimeout(resolve, 50))
        assert.strictEqual((await post(address, promptOf("hi"))).status, 200)
      }
      gateway.child.kill("SIGTERM")
      assert.strictEqual((await gateway.ended).code, 0)
      closeSync(full)
    }
  )

  it("explains a route of the file, and plays a call on it", async () => {
    const shown = await run(["explain", "first", "-c", "good.yaml"], { cwd })
    assert.deepStrictEqual([shown.code, shown.err], [0, ""])
    assert.match(
      shown.out,
      /^first: 6 attempts at most within 2 m, [^\n]*\n├─ 1\. demo\/down\n└─ 2\. else demo\/echo\n/
    )
    const walked = await run(["explain", "first", "--on", "Overloaded", "-c", "good.yaml"], { cwd })
    assert.match(
      walked.out,
      /1\. demo\/down +Overloaded 529 → next target\n[^]*\nThe caller gets 503 after 5 attempts in 1\.8 s: /
    )
    const unknown = await run(["explain", "frist", "-c", "good.yaml"], { cwd })
    assert.deepStrictEqual([unknown.code, unknown.out], [1, ""])
    assert.match(unknown.err, /Did you mean "first"\?\nRoutes: first\. /)
  })

  it("serves until SIGTERM, then ends with 0; another on the same port ends with 1 and names --port", async () => {
    const server = start(["serve", "--port", "0", "-c", "good.yaml"], { cwd })
    try {
      const address = /listens on (http:\S+)/.exec(await server.prints("Next"))?.[1] ?? ""
      const answer = await post(address, promptOf("hi"))
      assert.deepStrictEqual([answer.status, answer.headers.get("x-orelse-provider")], [200, "demo"])
      assert.include(await answer.text(), "You said: hi")
      const line = (await server.prints('"callId"')).split("\n").find((line) => line.includes('"callId"'))
      const told = JSON.parse(line ?? "") as Readonly<Record<string, unknown>>
      assert.deepStrictEqual(
        [told["callId"], told["route"], told["outcome"], told["provider"], told["attempts"]],
        [answer.headers.get("x-orelse-call-id"), "first", "answered", "demo", 2]
      )
      const second = await run(["serve", "--port", new URL(address).port, "-c", "good.yaml"], { cwd })
      assert.deepStrictEqual([second.code, second.out], [1, ""])
      assert.match(second.err, /^Port \d+ on 127\.0\.0\.1 is taken by another program\.\n.*orelse serve --port \d+/)
    } finally {
      server.child.kill("SIGTERM")
    }
    const { code, err } = await server.ended
    assert.deepStrictEqual([code, err], [0, ""])
  })

  it("shows what a gateway put on record, while it runs and afterwards", async () => {
    await writeFile(
      join(cwd, "ledger.yaml"),
      "routes: { first: [demo/down, demo/echo] }\nledger: { path: ./calls.db }\n"
    )
    const args = ["-c", "ledger.yaml"]
    const before = await run(["calls", ...args], { cwd })
    assert.deepStrictEqual([before.code, before.out], [1, ""])
    assert.match(before.err, /^There is no ledger at \.\/calls\.db yet\.\n/)
    const server = start(["serve", "--port", "0", ...args], { cwd })
    try {
      const address = /listens on (http:\S+)/.exec(await server.prints("Next"))?.[1] ?? ""
      await (await post(address, { ...promptOf("hi"), orelse: { metadata: { user: "ada" } } })).text()
      await (await post(address, { ...promptOf("hi"), model: "demo/down", orelse: { attempts: 1 } })).text()
      assert.strictEqual((await run(["calls", ...args], { cwd })).code, 0)
    } finally {
      server.child.kill("SIGTERM")
    }
    await server.ended
    const { out } = await run(["calls", ...args], { cwd })
    assert.match(
      out,
      /failed +AttemptsExhausted +demo\/down +1 attempt[^]*answered +first +demo\/echo +2 attempts[^]*\n2 calls, 3 attempts, /
    )
    const failed = await run(["calls", "--metadata", "user=ada", "--since", "1h", "--json", ...args], { cwd })
    const page = JSON.parse(failed.out) as { calls: ReadonlyArray<{ id: string; route: string }> }
    assert.deepStrictEqual(
      page.calls.map((call) => call.route),
      ["first"]
    )
    const story = await run(["calls", page.calls[0]?.id ?? "", ...args], { cwd })
    assert.match(
      story.out,
      /1\. Overloaded 503 [^]*→ nextTarget[^]*2\. demo\/echo \(none\) is asked[^]*the call is answered/
    )
    const unknown = await run(["calls", "nope", ...args], { cwd })
    assert.deepStrictEqual([unknown.code, unknown.err.split("\n")[0]], [1, "No call nope is on record."])
  })

  it("shows a ledger of somebody else, whose folder it may not write to", async () => {
    const folder = join(cwd, "theirs")
    await mkdir(folder)
    await writeFile(join(folder, "orelse.yaml"), "ledger: { path: ./a.db }\n")
    const gateway = start(["serve", "--json", "--port", "0"], { cwd: folder })
    const address = /"address":"([^"]+)"/.exec(await gateway.prints('"address"'))?.[1] ?? ""
    await post(address, { model: "demo/echo", messages: [{ role: "user", content: "hi" }] })
    gateway.child.kill("SIGTERM")
    await gateway.ended
    await chmod(cwd, 0o755)
    // Their owner lets others read it: the gateway makes it for itself alone.
    await chmod(join(folder, "a.db"), 0o644)
    await chmod(folder, 0o555)
    // For root every folder can be written to.
    const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {}
    const { code, err, out } = await run(["calls"], { cwd: folder, ...uid })
    await chmod(folder, 0o755)
    assert.deepStrictEqual([code, err], [0, ""])
    assert.match(out, /answered +demo\/echo[^]*\n1 call, /)
  })

  it("says where no gateway answers, and what to do", async () => {
    const { code, err } = await run(["targets", "--url", "http://127.0.0.1:9"], { cwd })
    assert.strictEqual(code, 1)
    assert.match(err, /^No gateway answers at http:\/\/127\.0\.0\.1:9 \(.*\)\.\nStart one: orelse serve/)
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { run } from "../run.ts"

describe("orelse", () => {
  it.effect("prints help and ends well without a command, and with --help anywhere", () =>
    Effect.gen(function* () {
      for (const args of [[], ["--help"], ["-h"]]) {
        const { code, err, out } = yield* run(args)
        assert.strictEqual(code, 0)
        assert.strictEqual(err, "")
        for (const command of ["serve", "check", "explain", "call", "calls", "targets", "keys"])
          assert.include(out, `  ${command} `)
      }
      for (const command of ["serve", "check", "explain", "call", "calls", "targets", "keys"]) {
        const { code, out } = yield* run([command, "-h"])
        assert.strictEqual(code, 0)
        assert.include(out, `orelse ${command}`)
      }
    })
  )
  it.effect("ends with 2 and one clear line on standard error where it is used wrongly", () =>
    Effect.gen(function* () {
      const unknown = yield* run(["chek"])
      assert.deepStrictEqual([unknown.code, unknown.out], [2, ""])
      assert.match(unknown.err, /^orelse: Unknown subcommand "chek"[^]*check\nSee: orelse --help\n$/)
      const flag = yield* run(["check", "--nope"])
      assert.deepStrictEqual([flag.code, flag.out], [2, ""])
      assert.match(flag.err, /^orelse check: Unrecognized flag: --nope[^]*See: orelse check --help\n$/)
      assert.strictEqual((yield* run(["call"])).code, 2)
      assert.strictEqual((yield* run(["explain"])).code, 2)
      assert.strictEqual((yield* run(["serve", "--port", "99999"])).code, 2)
      assert.strictEqual((yield* run(["call", "demo/echo", "x", "--attempts", "0"])).code, 2)
    })
  )
  it.effect.each([
    [["call", "demo/echo", "x", "--timeout", "soon"], /Expected a duration such as 200ms, 5s, 2m, 1h or 30d/],
    [["call", "demo/echo", "x", "--attempts", "0"], /: "0"\. Expected a value greater than or equal to 1\n/],
    [["check", "--config", "/"], /Expected a file, found a folder/],
    [
      ["check", "--config", "package.json/x"],
      /flag --config: "package\.json\/x"\. Expected a path that leads to a file\n/
    ],
    [["calls", "--since", "soon"], /^--since "soon" is no time/],
    [["failures", "export", "--until", "soon"], /^--until "soon" is no time/],
    [["explain", "demo/echo", "--retry-after", "5s"], /they want --on/],
    [["targets", "--url", "banana"], /^"banana" is no address of a gateway/],
    [["targets", "reset", "demo"], /^"demo" is no target/],
    [["call", "demo/echo"], /^There is nothing to say: no prompt was given/],
    [["serve", "--host", ""], /Missing value for flag --host\. Expected an address of this machine\n/],
    [["calls", "--reason", "ratelimited"], /^--reason "ratelimited" is no reason; did you mean RateLimited\?\n/],
    [["calls", "--reason", "weather"], /^--reason "weather" is no reason; there are RateLimited, .*GatewayStopped\n/],
    [["calls", "--cursor", "xx"], /^--cursor "xx" is no cursor\.\nPass what stands behind "more:"/],
    [["calls", "--limit", "ten"], /: "ten"\. Expected an integer\n/],
    [["keys", "new", "a\nb"], /^A caller's name is text/],
    [["keys", "new", "ci", "--requests", "soon"], /^--requests must be a rate/]
  ] as const)("ends with 2 and says what is expected: %j", ([args, said]) =>
    Effect.gen(function* () {
      const { code, err, out } = yield* run([...args])
      assert.deepStrictEqual([code, out], [2, ""])
      assert.match(err, said)
      assert.notInclude(err, "RegExp")
    })
  )
  it.effect("says the next step as it is typed in a checkout, where nothing is installed", () =>
    Effect.gen(function* () {
      const env = { ORELSE_PROGRAM: "npm run orelse --" }
      assert.match((yield* run(["chek"], { env })).err, /\nSee: npm run orelse -- --help\n$/)
      assert.match((yield* run(["call", "--nope"], { env })).err, /\nSee: npm run orelse -- call --help\n$/)
      const { err } = yield* run(["call", "demo/echo"], { env })
      assert.include(
        err,
        'Give one: npm run orelse -- call demo/echo "Hello" — or pipe one: echo Hello | npm run orelse -- call'
      )
    })
  )
  it.effect("prints its version, and completions for a shell", () =>
    Effect.gen(function* () {
      assert.match((yield* run(["--version"])).out, /1\.2\.3/)
      const { code, out } = yield* run(["--completions", "bash"])
      assert.strictEqual(code, 0)
      for (const word of ["targets", "explain", "RateLimited"]) assert.include(out, word)
    })
  )
})

describe("orelse check", () => {
  const problem = "found a reference to X, which is not set"

  it.effect("says what the embedded default holds, and which variable would switch a provider on", () =>
    Effect.gen(function* () {
      const { code, err, out } = yield* run(["check"], { env: { GROQ_API_KEY: "k" } })
      assert.deepStrictEqual([code, err], [0, ""])
      assert.match(
        out,
        /^The embedded default \(no configuration file\) is valid: 0 routes, \d+ providers \(\d+ off\)\n/
      )
      assert.match(out, /^ {2}providers\.openai +OPENAI_API_KEY is not set$/m)
      assert.notMatch(out, /providers\.groq/)
    })
  )
  it.effect("ends with 1 where the file that was asked for is not there, wherever --config stands", () =>
    Effect.gen(function* () {
      for (const args of [
        ["check", "--config", "gone.yaml"],
        ["--config", "gone.yaml", "check"],
        ["check", "-c", "gone.yaml"]
      ]) {
        const { code, err, out } = yield* run(args, { cwd: process.cwd() })
        assert.deepStrictEqual([code, out], [1, ""], problem)
        assert.match(err, /gone\.yaml: found no such file[^]*then run: orelse check --config gone\.yaml\n$/)
      }
      const spaced = yield* run(["check", "-c", "it's gone.yaml"], { cwd: process.cwd() })
      assert.include(spaced.err, String.raw`run: orelse check --config 'it'\''s gone.yaml'`)
      const unasked = yield* run(["check"], { env: { ORELSE_CONFIG: "gone.yaml" } })
      assert.match(unasked.err, /1 problem\. Mend the file, then run: orelse check\n$/)
    })
  )
  it.effect("prints the JSON Schema with --schema", () =>
    Effect.gen(function* () {
      const { code, out } = yield* run(["check", "--schema"])
      assert.strictEqual(code, 0)
      assert.include(out, '"$schema": "https://json-schema.org/draft/2020-12/schema"')
    })
  )
})

import { decode, embedded } from "@orelse/core/layer/config/Decode"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Exposure from "../src/Exposure.ts"
import { Screen } from "../src/Screen.ts"
import { run } from "./run.ts"

const of = (text: string) => Result.getOrThrow(decode(text, { file: "orelse.yaml", env: {} }))
const everywhere = of("server: { host: 0.0.0.0 }")

describe("Exposure.noted", () => {
  let cwd: string
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), "orelse-exposure-"))
  })
  afterAll(() => rmSync(cwd, { recursive: true, force: true }))

  const screen = (folder: string): Screen => ({
    env: {},
    cwd: folder,
    color: false,
    terminal: false,
    interactive: false,
    input: Effect.succeed(""),
    stop: Effect.void,
    log: () => {},
    write: () => Effect.void,
    deliver: () => Effect.void
  })
  const paths = (config: typeof everywhere, host: string, folder = cwd) =>
    Effect.map(Exposure.noted(config, host), ({ notes }) => notes.map(({ path }) => path)).pipe(
      Effect.provideService(Screen, screen(folder))
    )

  it.effect("notes the address in use, where other machines reach it and nobody is asked for a key", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* paths(everywhere, "0.0.0.0"), ["server.host"])
      assert.deepStrictEqual(yield* paths(everywhere, "127.0.0.1"), [])
      assert.deepStrictEqual(yield* paths(embedded({}), "0.0.0.0"), ["--host"])
      for (const host of ["127.0.0.2", "localhost", "::1"])
        assert.deepStrictEqual(yield* paths(embedded({}), host), [], host)
      const closed = of("server: { host: 0.0.0.0 }\ncallers: [{ name: a, key: k }]")
      assert.deepStrictEqual(yield* paths(closed, "0.0.0.0"), [])
    })
  )
  it.effect("says nothing where keys that the command line made close the gateway", () =>
    Effect.gen(function* () {
      const folder = mkdtempSync(join(cwd, "keys-"))
      writeFileSync(join(folder, "orelse.keys.json"), "{}")
      assert.deepStrictEqual(yield* paths(everywhere, "0.0.0.0", folder), [])
    })
  )
  it.effect("is part of what `orelse check` says", () =>
    Effect.gen(function* () {
      writeFileSync(join(cwd, "open.yaml"), "server: { host: 0.0.0.0 }")
      const args = ["check", "--config", join(cwd, "open.yaml")]
      const said = yield* run(args, { cwd })
      assert.include(said.out, "server.host  other machines reach this port")
      assert.include((yield* run([...args, "--json"], { cwd })).out, "other machines reach this port")
    })
  )
})

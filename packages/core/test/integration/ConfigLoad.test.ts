import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Config from "../../src/layer/config/Config.ts"

/** A directory of its own with these files, gone afterwards. */
const inDirectory = <A, E>(files: Readonly<Record<string, string>>, use: (cwd: string) => Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(
    Effect.promise(async () => {
      const cwd = await mkdtemp(join(tmpdir(), "orelse-config-"))
      for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text)
      return cwd
    }),
    use,
    (cwd) => Effect.promise(() => rm(cwd, { recursive: true }))
  )

const portOf = (options: Parameters<typeof Config.load>[0]) =>
  Effect.map(Config.load(options), (config) => [config.file, config.server.port])

describe("Config.load", () => {
  const files = {
    "orelse.yaml": "server: { port: 1 }",
    "orelse.yml": "server: { port: 2 }",
    "orelse.json": '{ "server": { "port": 3 } }',
    "other.yaml": "server: { port: 4 }"
  }

  it.live("prefers the file asked for, then $ORELSE_CONFIG, then orelse.yaml", () =>
    inDirectory(files, (cwd) =>
      Effect.gen(function* () {
        const env = { ORELSE_CONFIG: "orelse.json" }
        assert.deepStrictEqual(yield* portOf({ cwd, env, file: "other.yaml" }), ["other.yaml", 4])
        assert.deepStrictEqual(yield* portOf({ cwd, env }), ["orelse.json", 3])
        assert.deepStrictEqual(yield* portOf({ cwd, env: { ORELSE_CONFIG: "" } }), ["orelse.yaml", 1])
        assert.deepStrictEqual(yield* portOf({ cwd, env: {}, file: join(cwd, "other.yaml") }), [
          join(cwd, "other.yaml"),
          4
        ])
      })
    )
  )
  it.live("takes orelse.yml, then orelse.json, then the embedded default where there is no orelse.yaml", () =>
    Effect.gen(function* () {
      const { "orelse.yml": yml, "orelse.json": json } = files
      const load = (found: Readonly<Record<string, string>>) => inDirectory(found, (cwd) => portOf({ cwd, env: {} }))
      assert.deepStrictEqual(yield* load({ "orelse.yml": yml, "orelse.json": json }), ["orelse.yml", 2])
      assert.deepStrictEqual(yield* load({ "orelse.json": json }), ["orelse.json", 3])
      assert.deepStrictEqual(yield* load({}), [undefined, 4100])
    })
  )
  it.live("says that a file that was asked for does not exist, or is a directory, and who asked", () =>
    inDirectory({}, (cwd) =>
      Effect.gen(function* () {
        yield* Effect.promise(() => mkdir(join(cwd, "folder")))
        const missing = yield* Effect.flip(Config.load({ cwd, env: { ORELSE_CONFIG: "gone.yaml" } }))
        assert.match(
          missing.message,
          /^gone\.yaml: found no such file \(from \$ORELSE_CONFIG\); expected a configuration file/
        )
        const folder = yield* Effect.flip(Config.load({ cwd, env: {}, file: "folder" }))
        assert.match(folder.message, /^folder: found a directory; /)
      })
    )
  )
  it.live("says where a file is not saved as UTF-8, instead of reading other names than those that were written", () =>
    inDirectory({}, (cwd) =>
      Effect.gen(function* () {
        const said = Effect.fnUntraced(function* (bytes: Uint8Array) {
          yield* Effect.promise(() => writeFile(join(cwd, "orelse.yaml"), bytes))
          return (yield* Effect.flip(Config.load({ cwd, env: {} }))).message
        })
        const text = "routes:\n  café: demo/echo\n"
        assert.strictEqual(
          yield* said(Buffer.from(`\ufeff${text}`, "utf16le")),
          "orelse.yaml:1:1: found a text in UTF-16; expected a file that is saved as UTF-8"
        )
        assert.strictEqual(
          yield* said(Buffer.from(text, "latin1")),
          "orelse.yaml:2:6: found a byte that is no UTF-8; expected a file that is saved as UTF-8"
        )
        yield* Effect.promise(() => writeFile(join(cwd, "orelse.yaml"), `\ufeff${text.replaceAll("\n", "\r\n")}`))
        const { routes } = yield* Config.load({ cwd, env: {} })
        assert.deepStrictEqual([...routes.keys()], ["café"])
      })
    )
  )
  it.live("fails with every problem of the file", () =>
    inDirectory({ "orelse.yaml": "servr: 1\nrouts: 2\n" }, (cwd) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Config.load({ cwd, env: {} }))
        assert.strictEqual(error.problems.length, 2)
        assert.strictEqual(error.message.split("\n").length, 2)
      })
    )
  )
})

import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { decoded } from "../layer/config/helpers.ts"
import { ids } from "../route/presets/ids.ts"

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")
const text = read("../../../../docs/presets.md")
const idsIn = (words: string) => words.match(/\b[CRMPF]-\d+a?\b/g) ?? []

/** The names of all tests on presets. */
const named = () => {
  const folders = ["../route/presets/", "../../../server/test/integration/presets/"]
  const files = folders
    .filter((folder) => existsSync(new URL(folder, import.meta.url)))
    .flatMap((folder) => readdirSync(new URL(folder, import.meta.url)).map((name) => `${folder}${name}`))
  const texts = files.filter((path) => path.endsWith(".test.ts")).map(read)
  return texts.flatMap((source) => [...source.matchAll(/["`]([CRMPF]-\d[^"`]*)/g)].map((match) => match[1] ?? ""))
}

/** The first column of the table of what is not reproduced, by whether a part of it is. */
const listed = text
  .slice(text.indexOf("## Not reproduced"))
  .split("\n")
  .flatMap((line) => /^\| ([^|]*) \| (.+) \|$/.exec(line)?.slice(1, 2) ?? [])
  .flatMap(idsIn)

describe("docs/presets.md", () => {
  it("shows configurations that are valid as they stand", () => {
    const [example = ""] = [...text.matchAll(/^```yaml\n([^]*?)^```/gm)].map((match) => match[1] ?? "")
    assert.deepStrictEqual([...decoded(example).routes.keys()], ["old", "rel", "one", "spread", "chain"])
  })

  it("lists what has no test of its name, and nothing that does not exist", () => {
    const tested = new Set(named().flatMap(idsIn))
    assert.deepStrictEqual(
      ids.filter((id) => !tested.has(id) && !listed.includes(id)),
      []
    )
    assert.deepStrictEqual(
      [...tested, ...listed].filter((id) => !ids.includes(id)),
      []
    )
    assert.isAtLeast(tested.size, 190)
  })

  it("knows 239 lines", () => {
    assert.strictEqual(new Set(ids).size, 239)
  })
})

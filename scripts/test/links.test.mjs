import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "../install.mjs"

const files = globSync(["*.md", "docs/**/*.md", "packages/*/*.md"], { cwd: root })

/** Targets of Markdown links outside of code, without their anchors; none that lead elsewhere. */
const links = (text) =>
  [
    ...text
      .replaceAll(/^```[\s\S]*?^```/gm, "")
      .replaceAll(/`[^`\n]*`/g, "")
      .matchAll(/\]\(([^)\s#]+)[^)]*\)/g)
  ]
    .map(([, target]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))

describe("links of the documents", () => {
  it.each(files)("%s points at files that exist", (file) => {
    const missing = links(readFileSync(join(root, file), "utf8")).filter(
      (target) => !existsSync(join(root, dirname(file), target))
    )
    expect(missing).toEqual([])
  })
})

describe("commands of AGENTS.md", () => {
  it("names only checks that exist", async () => {
    const { checks } = await import("../checks.mjs")
    const text = readFileSync(join(root, "AGENTS.md"), "utf8")
    const named = [...text.matchAll(/--only ([a-z]+)/g)].map(([, name]) => name)
    expect(named.length).toBeGreaterThan(3)
    expect(checks.map((check) => check.name)).toEqual(expect.arrayContaining(named))
  })
})

describe("npm scripts that documents name", () => {
  it("go through scripts/run.mjs, which finds a Node that is new enough", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
    const text = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n")
    const named = [...text.matchAll(/\bnpm (?:run (?:--silent )?([a-z-]+)|(start|test)\b)/g)].map(
      ([, script, short]) => script ?? short
    )
    expect(named).toEqual(expect.arrayContaining(["start", "test", "orelse", "classify-report"]))
    for (const name of new Set(named)) expect(scripts[name], name).toBe(`node scripts/run.mjs ${name}`)
  })
})

describe("paths of AGENTS.md and CONTRIBUTING.md", () => {
  it.each(["AGENTS.md", "CONTRIBUTING.md"])("%s names only files and folders that exist", (file) => {
    const text = readFileSync(join(root, file), "utf8")
    const named = [...text.matchAll(/`((?:packages|scripts|docs|benchmarks|\.ci|\.changeset)\/[^`\s]*)`/g)].map(
      ([, path]) => path
    )
    const missing = named.filter((path) => !path.includes("some-name") && !existsSync(join(root, path)))
    expect(missing).toEqual([])
  })
})

describe("documents that sources name", () => {
  it("exist", () => {
    const sources = globSync(["packages/*/src/**/*.ts", "benchmarks/**/*.ts", "scripts/**/*.mjs"], { cwd: root })
    const missing = sources.flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(/(?<![\w/.-])docs\/(?!gen-ai)[\w/.-]+\.md/g)]
        .filter(([path]) => !existsSync(join(root, path)))
        .map(([path]) => `${file} names ${path}`)
    )
    expect(missing).toEqual([])
  })
})

/** Plants small packages that break one rule each, and asks dependency-cruiser (and oxlint, for what it cannot see) about them. */
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { afterEach, describe, expect, it } from "vitest"
import { root } from "../install.mjs"

const run = promisify(execFile)
const planted = []

const plant = (files, within = join(root, ".tmp")) => {
  mkdirSync(within, { recursive: true })
  const folder = mkdtempSync(join(within, "floors-"))
  planted.push(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, "packages", path)), { recursive: true })
    writeFileSync(join(folder, "packages", path), text)
  }
  return folder
}

/** The names of the rules that the planted files break, each once. */
const broken = async (files) => {
  const { stdout } = await run(
    join(root, "node_modules", ".bin", "depcruise"),
    ["--config", join(root, ".dependency-cruiser.mjs"), "--output-type", "json", "packages"],
    { cwd: plant(files), maxBuffer: 10_000_000 }
  ).catch((failure) => failure)
  const { summary } = JSON.parse(stdout)
  return [...new Set(summary.violations.map((violation) => violation.rule.name))].toSorted((a, b) => a.localeCompare(b))
}

afterEach(() => {
  for (const folder of planted.splice(0)) rmSync(folder, { recursive: true, force: true })
})

describe("floors", () => {
  it("finds nothing where every import goes down", async () => {
    const files = {
      "core/src/domain/Noun.ts": "export interface Noun { readonly name: string }\n",
      "core/src/policy/Rule.ts": 'import type { Noun } from "../domain/Noun.ts"\nexport type Rule = Noun\n',
      "core/src/route/Way.ts": 'import type { Rule } from "../policy/Rule.ts"\nexport type Way = Rule\n'
    }
    expect(await broken(files)).toEqual([])
  })

  it("finds a type-only import between policy and provider", async () => {
    const files = {
      "core/src/policy/Rule.ts": 'import type { Wire } from "../provider/Wire.ts"\nexport type Rule = Wire\n',
      "core/src/provider/Wire.ts": "export interface Wire { readonly name: string }\n"
    }
    expect(await broken(files)).toEqual(["floor-policy"])
  })

  it("finds a type-only re-export that goes up a floor", async () => {
    const files = {
      "core/src/target/One.ts": 'export type { Way } from "../route/Way.ts"\n',
      "core/src/route/Way.ts": "export interface Way { readonly name: string }\n"
    }
    expect(await broken(files)).toEqual(["floor-target"])
  })

  it("finds the index of the package imported from a floor", async () => {
    const files = {
      "core/src/domain/Noun.ts": 'import { one } from "../index.ts"\nexport const two = one + 1\n',
      "core/src/index.ts": "export const one = 1\n"
    }
    expect(await broken(files)).toEqual(["floor-domain"])
  })

  it("finds testing imported from sources, and lets tests import it", async () => {
    const scripted = { "core/src/testing/Scripted.ts": "export const scripted = 1\n" }
    const user = 'import { scripted } from "../../src/testing/Scripted.ts"\nexport const two = scripted + 1\n'
    expect(await broken({ ...scripted, "core/test/route/Way.ts": user })).toEqual([])
    const inSource = user.replace("../../src/testing", "../testing")
    expect(await broken({ ...scripted, "core/src/layer/Live.ts": inSource })).toEqual([
      "floor-layer",
      "testing-is-for-tests"
    ])
  })

  it("finds another package imported by its path, and core that looks up", async () => {
    const files = {
      "core/src/layer/Live.ts": 'import { serve } from "../../../server/src/Server.ts"\nexport const live = serve\n',
      "server/src/Server.ts": "export const serve = 1\n"
    }
    expect(await broken(files)).toEqual(["core-stands-alone", "packages-by-name"])
  })
})

describe("circles", () => {
  it("finds a circle of values", async () => {
    const files = {
      "core/src/domain/One.ts": 'import { two } from "./Two.ts"\nexport const one = () => two()\n',
      "core/src/domain/Two.ts": 'import { one } from "./One.ts"\nexport const two = () => one()\n'
    }
    expect(await broken(files)).toEqual(["no-circles"])
  })

  it("finds a circle that is made of types alone", async () => {
    const files = {
      "core/src/domain/One.ts": 'import type { Two } from "./Two.ts"\nexport interface One { readonly two: Two }\n',
      "core/src/domain/Two.ts": 'import { type One } from "./One.ts"\nexport interface Two { readonly one: One }\n'
    }
    expect(await broken(files)).toEqual(["no-circles"])
  })
})

describe("seams", () => {
  const breaker = 'import * as Breaker from "effect/persistence/CircuitBreaker"\nexport const make = Breaker.make\n'

  it("lets one file import what effect marks unstable, in its place", async () => {
    expect(await broken({ "core/src/target/Health.ts": breaker })).toEqual([])
  })

  it("finds a second file that imports it", async () => {
    const files = { "core/src/target/Health.ts": breaker, "core/src/target/Guard.ts": breaker }
    expect(await broken(files)).toEqual(["seam-once-persistence-CircuitBreaker"])
  })

  it("finds it imported elsewhere", async () => {
    expect(await broken({ "core/src/route/Way.ts": breaker })).toEqual(["seam-persistence-CircuitBreaker"])
  })

  it("finds an unstable module that has no row, by value or by type", async () => {
    const files = {
      "core/src/route/Plan.ts": 'import type * as Plan from "effect/ExecutionPlan"\nexport type P = typeof Plan\n',
      "core/src/domain/Read.ts": 'import * as Yaml from "effect/encoding/Yaml"\nexport const read = Yaml\n'
    }
    expect(await broken(files)).toEqual(["seam-unlisted"])
  })
})

describe("types imported inline", () => {
  it("are refused by oxlint, since dependency-cruiser does not see them", async () => {
    // Outside of the checkout, since oxlint leaves out what git ignores.
    const wire = 'export type Wire = import("../policy/Rule.ts").Rule\n'
    const folder = plant({ "core/src/provider/Wire.ts": wire }, tmpdir())
    const result = await run(
      join(root, "node_modules", ".bin", "oxlint"),
      ["--config", join(root, ".oxlintrc.json"), "packages"],
      { cwd: folder }
    ).catch((failure) => failure)
    expect(result.code).toBe(1)
    expect(result.stdout).toContain("consistent-type-imports")
  })
})

/**
 * Vitest over the tests of the engine, with one module's text changed while it is loaded: the work tree is never touched. The mutant comes in
 * `$ORELSE_MUTANT`; the tests that mirror its file come first.
 */
import { readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { defineConfig } from "vitest/config"
import { BaseSequencer } from "vitest/node"
import { root } from "../install.mjs"
import { apply } from "./find.mjs"

const mutant = process.env.ORELSE_MUTANT === undefined ? undefined : JSON.parse(process.env.ORELSE_MUTANT)
const file = mutant && join(root, mutant.file)
const isMutant = (id) => id.split("?")[0] === file

const plugin = {
  name: "orelse-mutant",
  enforce: "pre",
  // What was changed must not be found again in vitest's cache of transformed modules.
  configureVitest: ({ defineCacheKeyGenerator }) =>
    defineCacheKeyGenerator(({ id }) => (isMutant(id) ? false : undefined)),
  transform: (_code, id) => (isMutant(id) ? apply(readFileSync(file, "utf8"), mutant) : undefined)
}

/** How near a test is to the mutant: its own first, then those of its folder, the laws last. */
const distance = (test) => {
  if (mutant === undefined) return 0
  const name = basename(mutant.file, ".ts").toLowerCase()
  if (basename(test).toLowerCase().startsWith(name)) return 0
  const folder = mutant.file.split("/").slice(3, -1).join("/")
  if (test.includes(`/test/${folder}/`)) return 1
  return test.includes("/testing/") ? 3 : 2
}

class Nearest extends BaseSequencer {
  async sort(specifications) {
    return specifications.toSorted((a, b) => distance(a.moduleId) - distance(b.moduleId))
  }
}

export default defineConfig({
  plugins: [plugin],
  resolve: { conditions: ["@orelse/source"] },
  ssr: { resolve: { conditions: ["@orelse/source"] } },
  test: {
    root: join(root, "packages", "core"),
    include: [
      "test/{policy,route,target,testing}/**/*.test.ts",
      "test/layer/{Orelse,LanguageModel}.test.ts",
      "test/layer/config/*.test.ts"
    ],
    isolate: false,
    maxWorkers: 1,
    bail: 1,
    testTimeout: 20_000,
    sequence: { sequencer: Nearest }
  }
})

/**
 * `npm run laws -- --cases 10000 --seed SEED`: the ten laws at length, for the night. Without `--seed` it is a new one; it stands in the title of
 * each law, so that what broke can be seen again. `npm test` holds them in 500 worlds, always the same.
 */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { spawnSync } from "node:child_process"
import { root } from "./install.mjs"

const { values } = parseArgs({
  options: { cases: { type: "string", default: "10000" }, seed: { type: "string", default: String(Date.now()) } }
})
const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--project", "core", "--reporter=verbose", "packages/core/test/testing/laws.test.ts"],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ORELSE_LAW_CASES: values.cases, ORELSE_LAW_SEED: values.seed }
  }
)
process.exit(status ?? 1)

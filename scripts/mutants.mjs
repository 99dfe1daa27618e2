/**
 * `npm run mutants -- --sample 100 --seed 1`: are the tests of `policy/` and `route/` worth their green? Changes one small thing of the
 * engine at a time (in memory), runs the tests, and names each change that none of them noticed. Ends with 1 below 90 %.
 *
 * `--only PART` takes mutants of files whose path holds PART; `--jobs N` runs so many at once (2 by default).
 */
import { spawn } from "node:child_process"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { root } from "./install.mjs"
import { equivalent } from "./mutants/equivalent.mjs"
import { find } from "./mutants/find.mjs"

const { values } = parseArgs({
  options: {
    sample: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    jobs: { type: "string", default: "2" }
  }
})
const places = ["packages/core/src/policy", "packages/core/src/route"]
const aim = 0.9
/** Beyond this a mutant goes round in circles, which tests notice in their own way. */
const patienceMs = 90_000

/** Numbers in [0, 1) that a seed decides (mulberry32). */
const chance = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const fits = (known, text, isSame) => (known instanceof RegExp ? known.test(text) : isSame(known))

const isEquivalent = (mutant) =>
  equivalent.some(
    (known) =>
      fits(known.file, mutant.file, (file) => mutant.file.endsWith(file)) &&
      fits(known.line, mutant.text, (line) => line === mutant.text) &&
      (known.was ?? mutant.was) === mutant.was &&
      known.becomes === mutant.becomes
  )

const all = globSync(
  places.map((place) => `${place}/**/*.ts`),
  { cwd: root }
)
  .sort()
  .filter((file) => file.includes(values.only))
  .flatMap((file) => {
    const code = readFileSync(join(root, file), "utf8")
    const lines = code.split("\n")
    return find(code).map((mutant) => ({ file, ...mutant, text: lines[mutant.line - 1].trim() }))
  })

const draw = chance(Number(values.seed))
const rest = all.filter((mutant) => !isEquivalent(mutant))
const sample = []
while (sample.length < Number(values.sample) && rest.length > 0) {
  sample.push(...rest.splice(Math.floor(draw() * rest.length), 1))
}

const run = (mutant) =>
  new Promise((resolve) => {
    const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
    const config = join(root, "scripts", "mutants", "vitest.config.mjs")
    const env = { ...process.env, ORELSE_LAW_CASES: process.env.ORELSE_LAW_CASES ?? "100" }
    if (mutant !== undefined) env.ORELSE_MUTANT = JSON.stringify(mutant)
    const child = spawn(process.execPath, [vitest, "run", "--config", config, "--reporter=dot"], {
      cwd: root,
      env,
      stdio: "ignore",
      detached: true
    })
    const timer = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), patienceMs)
    child.on("close", (code) => {
      clearTimeout(timer)
      resolve(code === 0 ? "survived" : "killed")
    })
  })

const started = Date.now()
if ((await run(undefined)) !== "survived") {
  console.error("mutants: the tests fail without any mutant; mend them first: npm test -- --only unit")
  process.exit(1)
}
console.log(`${all.length} mutants, ${sample.length} drawn (seed ${values.seed})`)

const survivors = []
const queue = [...sample.entries()]
const work = async () => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [, mutant] = next
    if ((await run(mutant)) === "killed") continue
    survivors.push(mutant)
    console.log(
      `survived  ${mutant.file}:${mutant.line}  ${mutant.was} => ${mutant.becomes || "(nothing)"}\n          ${mutant.text}`
    )
  }
}
await Promise.all(Array.from({ length: Number(values.jobs) }, work))

const killed = sample.length - survivors.length
const share = sample.length === 0 ? 0 : killed / sample.length
const seconds = Math.round((Date.now() - started) / 1000)
console.log(`${killed} of ${sample.length} mutants killed (${(share * 100).toFixed(1)} %) in ${seconds} s`)
process.exit(share >= aim ? 0 : 1)

/**
 * `npm test`: every check, a line each, and at the end what passed and what failed.
 *
 *   npm test -- --list          the names
 *   npm test -- --only NAME     one check (several: --only a,b)
 *
 * Tests of vitest count one by one, every other check counts as one. A failed check prints all it said.
 */
import { checks } from "./checks.mjs"

const args = process.argv.slice(2)
if (args.includes("--list")) {
  for (const check of checks) console.log(`${check.name.padEnd(14)} ${check.says}`)
  process.exit(0)
}
const only = args.includes("--only") ? (args[args.indexOf("--only") + 1] ?? "").split(",") : undefined
const wanted = only === undefined ? checks : checks.filter((check) => only.includes(check.name))
if (wanted.length === 0) {
  console.error(`npm test: no such check; there are ${checks.map((check) => check.name).join(", ")}`)
  process.exit(2)
}

let passed = 0
let failed = 0
const began = performance.now()

const runOne = async (check) => {
  const from = performance.now()
  const result = await check.run()
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  passed += result.passed
  failed += result.failed
  const verdict = result.skipped !== undefined ? `skipped: ${result.skipped}` : result.failed === 0 ? "ok" : "FAILED"
  console.log(`${check.name.padEnd(14)} ${verdict} (${result.passed} passed, ${result.failed} failed, ${seconds} s)`)
  if (result.failed > 0) console.log(result.output)
}

// Quick checks side by side; what measures or starts servers runs alone.
const together = wanted.filter((check) => check.alone !== true)
await Promise.all(together.map(runOne))
for (const check of wanted.filter((check) => check.alone === true)) await runOne(check)

console.log(`in ${((performance.now() - began) / 1000).toFixed(0)} s`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

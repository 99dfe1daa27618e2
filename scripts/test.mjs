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
  for (const check of checks) console.log(`${check.name.padEnd(12)} ${check.says}`)
  process.exit(0)
}
const only = args.includes("--only") ? (args[args.indexOf("--only") + 1] ?? "").split(",") : undefined
const unknown = [...(only ?? []), ...(only === undefined ? args : [])].find(
  (name) => !checks.some((check) => check.name === name)
)
if (unknown !== undefined) {
  console.error(
    `npm test: no check "${unknown}"; there are ${checks.map((check) => check.name).join(", ")} (--only NAME, --list)`
  )
  process.exit(2)
}

const wanted = checks.filter((check) => only === undefined || only.includes(check.name))
const began = performance.now()
const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`
const total = { passed: 0, failed: 0, broken: [] }

const runOne = async (check) => {
  const from = performance.now()
  const result = await check
    .run()
    .catch((error) => ({ passed: 0, failed: 1, output: error instanceof Error ? error.message : String(error) }))
  total.passed += result.passed
  total.failed += result.failed
  if (result.failed > 0) {
    total.broken.push(check.name)
    console.log(`\n${result.output.trim()}\n`)
  }
  console.log(`${check.name.padEnd(12)} ${verdict(result)} (${seconds(from)})`)
  for (const name of result.left ?? []) console.log(`${" ".repeat(13)}skipped: ${name}`)
}

const verdict = ({ passed, failed, skipped }) => {
  if (skipped !== undefined) return `skipped: ${skipped}`
  return `${failed === 0 ? "ok" : "FAILED"}${passed + failed > 1 ? `, ${passed} passed, ${failed} failed` : ""}`
}

// Quick checks side by side; what loads the machine or starts servers runs alone.
console.log(`running ${wanted.map((check) => check.name).join(", ")}`)
const running = new Map()
const inTurn = async (check) => {
  await running.get(check.after)
  await runOne(check)
}
for (const check of wanted.filter((check) => check.alone !== true)) running.set(check.name, inTurn(check))
await Promise.all(running.values())
for (const check of wanted.filter((check) => check.alone === true)) {
  console.log(`${check.name.padEnd(12)} ... ${check.says}`)
  await runOne(check)
}

if (total.broken.length > 0) console.log(`\nagain: npm test -- --only ${total.broken.join(",")}`)
console.log(`\nin ${seconds(began)}`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed === 0 ? 0 : 1)

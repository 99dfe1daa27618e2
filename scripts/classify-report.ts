/**
 * Prints how well the classifier reads the recorded answers: strict and lenient scores per kind and per provider, the waits, and
 * every miss. `--generic` leaves the families' own rules out, which shows how well the rest generalises; `--found` reads the second
 * set, which did not teach the rules at first.
 */
import { classify, ruleSetVersion, type Input } from "../packages/core/src/provider/Failure.ts"
import * as Hostile from "../packages/core/test/provider/failure/hostile.ts"
import { isScored, load, score, totals, type Scored } from "../packages/core/test/provider/failure/score.ts"
import * as TwoKilobytes from "../packages/core/test/provider/failure/twoKilobytes.ts"

const generic = process.argv.includes("--generic")
const percent = (part: number, whole: number): string => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`)
const all = load(process.argv.includes("--found") ? "found" : "errors").map((fixture) =>
  score(fixture, undefined, generic ? "openai-chat" : undefined)
)
const scored = all.filter((one) => isScored(one.fixture))

const table = (title: string, keyOf: (one: Scored) => string) => {
  console.log(`\n${title.padEnd(22)} cases  strict   lenient`)
  for (const [key, group] of [...Map.groupBy(scored, keyOf)].toSorted(([, a], [, b]) => b.length - a.length)) {
    const { cases, strict, lenient } = totals(group)
    console.log(
      `${key.padEnd(22)} ${String(cases).padStart(5)}  ${percent(strict, cases).padStart(7)}  ${percent(lenient, cases).padStart(7)}`
    )
  }
}

const sum = totals(scored)
console.log(
  `rules ${ruleSetVersion}${generic ? ", without families" : ""}: ${sum.cases} recorded answers (${all.length - sum.cases} paraphrased left out)`
)
console.log(`strict ${percent(sum.strict, sum.cases)}, lenient ${percent(sum.lenient, sum.cases)}`)
console.log(`waits ${sum.waits.right} of ${sum.waits.cases} right, ${sum.waits.invented} invented`)
table("kind", (one) => one.fixture.expected.kind)
table("provider", (one) => one.fixture.provider)

console.log("\nmisses")
for (const one of all) {
  if (one.strict && one.waitRight) continue
  const { fixture } = one
  const how = `${isScored(fixture) ? "" : "(paraphrased) "}${one.strict ? "wait" : one.lenient ? "lenient" : "MISS"}`
  console.log(
    `${how} ${fixture.id}: ${fixture.expected.kind} ${fixture.expected.retry_after_ms ?? ""} read as ${one.kind} ${one.wait ?? ""}`
  )
  console.log(`    ${one.reason.message.slice(0, 160)}`)
}

/** Times of `count` readings, in microseconds, sorted. */
const timed = (count: number, inputOf: () => Input): ReadonlyArray<number> => {
  const inputs = Array.from({ length: count }, inputOf)
  for (const input of inputs.slice(0, 1000)) classify(input)
  const times = inputs.map((input) => {
    const start = performance.now()
    classify(input)
    return (performance.now() - start) * 1000
  })
  return times.toSorted((a, b) => a - b)
}

const told = (name: string, times: ReadonlyArray<number>) =>
  console.log(
    `${name}: median ${times[times.length >> 1].toFixed(1)} us, p99 ${times[Math.floor(times.length * 0.99)].toFixed(1)} us`
  )

const message = `Rate limit reached. ${"Please see the documentation of limits. ".repeat(48)}`
const body = JSON.stringify({ error: { message, type: "requests", code: "rate_limit" } })
const usual: Input = {
  provider: "p",
  family: "openai",
  protocol: "openai-chat",
  transport: "http",
  status: 429,
  headers: {},
  body,
  now: 0
}
console.log("")
told(
  `an error of ${body.length} bytes`,
  timed(4000, () => usual)
)
const chance = Hostile.chanceOf(1)
told(
  "2 KB that nobody would write",
  timed(4000, () => TwoKilobytes.inOnePiece(Hostile.twoKilobytes(chance)))
)
console.log(`\n${"2 KB, by kind".padEnd(34)} median us    p99 us`)
for (const { kind, median, p99 } of TwoKilobytes.timed(2000))
  console.log(`${kind.padEnd(34)} ${median.toFixed(1).padStart(9)} ${p99.toFixed(1).padStart(9)}`)

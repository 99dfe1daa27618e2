/**
 * Micro-benchmarks of the library: `node --conditions=@orelse/source benchmarks/micro/run.ts [--json] [--only TEXT] [--time MS]`.
 * Prints the median of microseconds a call, beside p99 and the relative margin. `npm run bench -- --only library` runs it over some rounds.
 */
import { parseArgs } from "node:util"
import { Bench } from "tinybench"
import * as classification from "./classification.ts"
import * as protocols from "./protocols.ts"
import * as router from "./router.ts"
import type { Task } from "./Task.ts"

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string" },
    time: { type: "string", default: "300" }
  }
})

const all: ReadonlyArray<Task> = [
  ...(await router.tasks()),
  ...(await classification.tasks()),
  ...(await protocols.tasks())
]
const tasks = all.filter((task) => values.only === undefined || task.name.includes(values.only))
const bench = new Bench({ time: Number(values.time), warmupTime: 150, throws: true })
for (const task of tasks) bench.add(task.name, task.run)
await bench.run()

interface Line {
  readonly name: string
  readonly micros: number
  readonly p99: number
  readonly margin: number
}

const lines = tasks.map((task): Line => {
  const result = bench.getTask(task.name)?.result
  if (result === undefined || !("latency" in result)) throw new Error(`micro: ${task.name} gave no figures`)
  const { latency } = result
  const perCall = 1_000 / task.calls
  return { name: task.name, micros: latency.p50 * perCall, p99: latency.p99 * perCall, margin: latency.rme }
})

if (values.json) {
  process.stdout.write(JSON.stringify(Object.fromEntries(lines.map((line) => [line.name, line.micros]))))
} else {
  process.stdout.write("| task | µs a call | p99 of batches | ± % |\n| --- | --- | --- | --- |\n")
  for (const { name, micros, p99, margin } of lines) {
    process.stdout.write(`| ${name} | ${micros.toFixed(2)} | ${p99.toFixed(2)} | ${margin.toFixed(1)} |\n`)
  }
}

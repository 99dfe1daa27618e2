/**
 * The ledger's acceptance, against a real gateway: 50,000 calls with faults, each call and each attempt once; `kill -9` at 20 random
 * moments, strict and batched; PostgreSQL stopped for 30 s under load. On SQLite, and on PostgreSQL where it is installed. Exit 1 where
 * something is missing or too many. Run: `node --conditions=@orelse/source benchmarks/ledgerProof.ts [--part once|kill|outage]
 * [--store sqlite|postgres] [--calls N] [--kills N] [--away SECONDS]`.
 */
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import * as Postgres from "../packages/server/test/support/postgres.ts"
import * as Proof from "../packages/server/test/support/proof/Proof.ts"

const { values } = parseArgs({
  options: {
    part: { type: "string", multiple: true, default: ["once", "kill", "outage"] },
    store: { type: "string", multiple: true, default: ["sqlite", "postgres"] },
    calls: { type: "string", default: "50000" },
    kills: { type: "string", default: "20" },
    away: { type: "string", default: "30" }
  }
})

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const fail = (text: string): void => {
  say(`FAILED: ${text}`)
  process.exitCode = 1
}

/** Each part has a database of its own. */
const withStore = <A>(store: string, body: (postgres: Postgres.Postgres | undefined) => Promise<A>): Promise<A> =>
  store === "sqlite"
    ? body(undefined)
    : Effect.runPromise(Effect.scoped(Effect.flatMap(Postgres.start, (server) => Effect.promise(() => body(server)))))

const counts = ({ attempts, calls, outcomes }: Pick<Proof.Once, "calls" | "attempts" | "outcomes">): string =>
  `${calls} calls (${Object.entries(outcomes)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(", ")}), ${attempts} attempts`

const complain = (what: string, verdict: Pick<Proof.Once, "wrong" | "missing">, allowMissing = false): void => {
  if (verdict.wrong.length > 0)
    fail(`${what}: ${verdict.wrong.length} wrong, such as: ${verdict.wrong.slice(0, 5).join("; ")}`)
  if (!allowMissing && verdict.missing.length > 0)
    fail(
      `${what}: ${verdict.missing.length} missing, such as: ${verdict.missing
        .slice(0, 5)
        .map((one) => one.what)
        .join("; ")}`
    )
}

const once = (store: string) =>
  withStore(store, async (postgres) => {
    const result = await Proof.once({ durability: "batched", postgres }, Number(values.calls))
    const rate = Math.round(result.told / result.seconds)
    say(
      `once, ${store}: ${counts(result)} in ${result.seconds.toFixed(1)} s (${rate}/s); wrong ${result.wrong.length}, missing ${result.missing.length}`
    )
    complain(`once, ${store}`, result)
  })

const kill = (store: string, durability: "batched" | "strict") =>
  withStore(store, async (postgres) => {
    const what = `kill -9, ${store}, ${durability}`
    const result = await Proof.killed({ durability, postgres }, Number(values.kills))
    const worst = result.lost[0]
    say(
      `${what}: lost by age in ms: ${[10, 20, 30, 40, 50, 75, 100, 200, 500].map((ms) => `<=${ms}: ${result.lost.filter((age) => age <= ms).length}`).join(", ")}`
    )
    say(
      `${what}: ${result.kills} kills, ${result.seen} requests sent; ${counts(result)}; wrong ${result.wrong.length}, missing ${result.missing.length}${worst === undefined ? "" : `, the oldest ${worst} ms before the kill`}`
    )
    const isAllowed = durability === "batched" && (worst ?? 0) <= 50
    const attempts = result.missing.filter(({ what: which }) => which.includes("attempt"))
    // Strict promises that what was sent is known, not how it ended.
    complain(what, durability === "strict" ? { ...result, missing: attempts } : result, isAllowed)
    if (durability === "batched" && (worst ?? 0) > 50) fail(`${what}: lost what came ${worst} ms before the kill`)
  })

const outage = () =>
  withStore("postgres", async (postgres) => {
    if (postgres === undefined) return
    const result = await Proof.outage({ durability: "batched", postgres }, Number(values.away) * 1000)
    say(
      `outage, ${values.away} s: ${counts(result)}; ${result.duringOutage} calls answered meanwhile, ${result.spooled} rows in the spool at its end, empty ${result.caughtUpSeconds.toFixed(1)} s later; wrong ${result.wrong.length}, missing ${result.missing.length}`
    )
    complain("outage", result)
    if (result.duringOutage === 0) fail("outage: no call was answered")
  })

for (const store of values.store) {
  if (store === "postgres" && !Postgres.isInstalled) {
    say("PostgreSQL is not installed: left out")
    continue
  }
  if (values.part.includes("once")) await once(store)
  if (values.part.includes("kill"))
    for (const durability of ["strict", "batched"] as const) await kill(store, durability)
  if (values.part.includes("outage") && store === "postgres") await outage()
}

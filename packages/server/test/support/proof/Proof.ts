/**
 * The ledger's promises, held against a real gateway (`orelse serve`) under load: everything once, nothing lost when it is killed, nothing
 * lost while its database is away. `benchmarks/ledgerProof.ts` plays the long form, a test the short one.
 */
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Postgres } from "../postgres.ts"
import { type Command, startCommand, until } from "../processes.ts"
import * as Callers from "./Callers.ts"
import * as Provider from "./Provider.ts"
import * as Record from "./Record.ts"

export interface Options {
  readonly durability: "batched" | "strict"
  /** Absent: SQLite. */
  readonly postgres?: Postgres | undefined
  /** Callers at once; 64 by default. */
  readonly callers?: number
}

const configuration = (url: string, ledger: object) =>
  JSON.stringify({
    providers: Object.fromEntries(
      ["a", "b", "c"].map((name) => [name, { protocol: "openai-chat", url: `${url}/${name}/v1`, keys: ["sk-proof"] }])
    ),
    routes: { proof: { try: ["a/m", "b/m", "c/m"], policy: "quick" } },
    policies: {
      quick: { from: "recommended", retry: { others: 1, last: 2 }, backoff: { initial: "2ms", cap: "5ms" } }
    },
    ledger
  })

/** What one run is made of, until it is closed. */
interface Stage {
  readonly provider: Provider.Provider
  readonly where: Record.Where
  readonly serve: () => Promise<Command>
  readonly close: () => Promise<void>
}

const stage = async ({ durability, postgres }: Options, isFaulty: boolean): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), "orelse-proof-"))
  const provider = await Provider.start(isFaulty)
  const path = join(folder, "orelse.db")
  const file = join(folder, "orelse.yaml")
  const where: Record.Where =
    postgres === undefined ? { store: "sqlite", at: path } : { store: "postgres", at: postgres.url }
  const ledger =
    postgres === undefined
      ? { store: "sqlite", path, durability }
      : { store: "postgres", url: postgres.url, durability }
  writeFileSync(file, configuration(provider.url, ledger))
  return {
    provider,
    where,
    // Always in the same folder: what a killed one leaves on disk is for the next.
    serve: () => startCommand(["serve", "--port", "0", "--config", file], folder),
    close: async () => {
      await provider.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

export interface Once extends Record.Verdict {
  readonly told: number
  readonly seconds: number
}

/** So many calls at full speed, with faults, fallbacks, streams and hang-ups; then the gateway is stopped well. */
export const once = async (options: Options, count: number): Promise<Once> => {
  const { close, provider, serve, where } = await stage(options, true)
  const gateway = await serve()
  const began = performance.now()
  const told = await Callers.run({ url: gateway.url, from: 0, count, callers: options.callers ?? 64, leave: true })
  const seconds = (performance.now() - began) / 1000
  await gateway.close()
  const verdict = Record.judge(await Record.read(where), provider.seen, told)
  await close()
  return { ...verdict, told: told.length, seconds }
}

export interface Killed extends Record.Verdict {
  readonly kills: number
  readonly seen: number
  /** How long before its kill each missing thing had come, in milliseconds; the longest first. */
  readonly lost: ReadonlyArray<number>
}

/** More calls than one gateway can answer before it is killed; the next one's calls are numbered from there. */
export const perKill = 1_000_000

/** Kills the gateway in mid-load, starts it again on the same store, and so on; the last one is stopped well. */
export const killed = async (options: Options, kills: number): Promise<Killed> => {
  const { close, provider, serve, where } = await stage(options, true)
  const told: Array<Callers.Told> = []
  const moments: Array<number> = []
  let from = 0
  for (let kill = 0; kill < kills; kill++) {
    const gateway = await serve()
    let isDead = false
    const load = Callers.run({
      url: gateway.url,
      from,
      count: perKill,
      callers: options.callers ?? 64,
      leave: true,
      isOver: () => isDead
    })
    await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 600))
    gateway.signal("SIGKILL")
    moments.push(Date.now())
    isDead = true
    told.push(...(await load))
    await gateway.close()
    from += perKill
  }
  const last = await serve()
  // It looks for what the killed ones left open when it starts, and again a second later.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await last.close()
  const verdict = Record.judge(await Record.read(where), provider.seen, told)
  await close()
  return { ...verdict, kills, seen: provider.seen.length, lost: lostOf(verdict, moments) }
}

/** The call's number says which gateway it belonged to; what came to be seen after the kill had come just before. */
const lostOf = ({ missing }: Record.Verdict, moments: ReadonlyArray<number>): ReadonlyArray<number> =>
  missing
    .map(({ at, call }) => Math.max(0, (moments[Math.floor(Number(call) / perKill)] ?? 0) - at))
    .toSorted((a, b) => b - a)

export interface Outage extends Record.Verdict {
  readonly told: number
  /** Calls that began and were answered while the database was away. */
  readonly duringOutage: number
  /** The longest of them, in milliseconds, by what the callers saw. */
  readonly spooled: number
  /** From the database's return until the spool was empty. */
  readonly caughtUpSeconds: number
}

/** Stops PostgreSQL for so long under load. */
export const outage = async (options: Options & { readonly postgres: Postgres }, awayMs: number): Promise<Outage> => {
  const { close, provider, serve, where } = await stage(options, true)
  const gateway = await serve()
  let isOver = false
  const load = Callers.run({
    url: gateway.url,
    from: 0,
    count: 10_000_000,
    callers: options.callers ?? 16,
    leave: true,
    isOver: () => isOver
  })
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  await pause(1000)
  await Effect.runPromise(options.postgres.stop)
  const from = Date.now()
  await pause(awayMs)
  const spooled = await gauge(gateway.url, "orelse_ledger_spool")
  const to = Date.now()
  await Effect.runPromise(options.postgres.start)
  const back = performance.now()
  await pause(1000)
  isOver = true
  const told = await load
  await until(async () => (await gauge(gateway.url, "orelse_ledger_spool")) === 0, "the spool is empty")
  const caughtUpSeconds = (performance.now() - back) / 1000
  await gateway.close()
  const verdict = Record.judge(await Record.read(where), provider.seen, told)
  await close()
  const duringOutage = told.filter(({ at, outcome }) => outcome === "answered" && at > from + 100 && at < to).length
  return { ...verdict, told: told.length, duringOutage, spooled, caughtUpSeconds }
}

/** Stops PostgreSQL under load, kills the gateway, starts it again without its database, then the database: all of it from the disk. */
export const killedAway = async (options: Options & { readonly postgres: Postgres }): Promise<Killed> => {
  const { close, provider, serve, where } = await stage(options, true)
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  const load = (url: string, from: number, isOver: () => boolean) =>
    Callers.run({ url, from, count: perKill, callers: options.callers ?? 16, leave: true, isOver })
  const first = await serve()
  let isDead = false
  const before = load(first.url, 0, () => isDead)
  await pause(500)
  await Effect.runPromise(options.postgres.stop)
  await pause(700)
  first.signal("SIGKILL")
  const moments = [Date.now()]
  isDead = true
  const told = [...(await before)]
  await first.close()
  const second = await serve()
  let isOver = false
  const after = load(second.url, perKill, () => isOver)
  await pause(500)
  await Effect.runPromise(options.postgres.start)
  await pause(500)
  isOver = true
  told.push(...(await after))
  await until(async () => (await gauge(second.url, "orelse_ledger_spool")) === 0, "the spool is empty")
  await second.close()
  const verdict = Record.judge(await Record.read(where), provider.seen, told)
  await close()
  return { ...verdict, kills: 1, seen: provider.seen.length, lost: lostOf(verdict, moments) }
}

const gauge = async (url: string, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1])
}

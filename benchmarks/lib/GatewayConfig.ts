/** The configuration files that the gateway is measured with: everything on, and each part left out in turn. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { workDirectory } from "./Child.ts"

/** What can be left out. */
export const parts = ["ledger", "telemetry", "limits", "callers", "policy"] as const
export type Part = (typeof parts)[number]

export interface Shape {
  readonly name: string
  readonly serverPort: number
  readonly without?: ReadonlyArray<Part>
  /** So many more routes, targets and credentials that no request asks for. */
  readonly configured?: number
}

export const callerKey = "bench-caller-key"

/** How the scripted server behaves behind a route of the same name. */
export const modes = ["fast", "paced", "slow", "hang", "silent", "faulty"] as const
export type Mode = (typeof modes)[number]

const limits = { requests: "100000000/min", tokens: "10000000000/min", concurrency: 100_000 }
const prices = { contextWindow: 131_072, inputPrice: 0.2, outputPrice: 0.8 }
const models = { "bench-model": prices, "bench-model-2": prices }

const provider = (shape: Shape, mode: Mode, keys: ReadonlyArray<string>) => ({
  protocol: "openai-chat",
  url: `http://127.0.0.1:${shape.serverPort}/${mode}/v1`,
  keys,
  models,
  ...(shape.without?.includes("limits") === true ? {} : { limits })
})

const route = (shape: Shape, mode: Mode) =>
  shape.without?.includes("policy") === true
    ? { try: [`bench-${mode}/bench-model`], policy: "once" }
    : { try: [`bench-${mode}/bench-model`, `bench-${mode}/bench-model-2`], policy: "recommended" }

/** One attempt and nothing else: what is left of a policy when there is none. */
const once = { from: "recommended", attempts: 1, retry: { last: 0, others: 0 } }

const extraProviders = (shape: Shape): Record<string, object> => {
  const count = Math.ceil((shape.configured ?? 0) / 100)
  const keys = (index: number) =>
    Array.from({ length: 100 }, (_, key) => ({ name: `key-${key}`, value: `sk-extra-${index}-${key}` }))
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `extra-${index}`,
      { protocol: "openai-chat", url: `http://127.0.0.1:${shape.serverPort}/fast/v1`, keys: keys(index), models }
    ])
  )
}

const extraRoutes = (shape: Shape): Record<string, object> =>
  Object.fromEntries(
    Array.from({ length: shape.configured ?? 0 }, (_, index) => [
      `extra-route-${index}`,
      { try: [`extra-${Math.floor(index / 100)}/model-${index}`, "bench-fast/bench-model"] }
    ])
  )

const configuration = (shape: Shape, port: number): object => {
  const leaves = (part: Part): boolean => shape.without?.includes(part) === true
  const database = join(workDirectory, `${shape.name}.db`)
  const caller = {
    name: "bench",
    key: callerKey,
    ...(leaves("limits") ? {} : { limits, budget: { usd: 1_000_000_000, per: "day" } })
  }
  return {
    server: { host: "127.0.0.1", port },
    providers: {
      ...Object.fromEntries(
        modes.map((mode) => [`bench-${mode}`, provider(shape, mode, ["sk-bench-1", "sk-bench-2"])])
      ),
      ...extraProviders(shape)
    },
    routes: { ...Object.fromEntries(modes.map((mode) => [mode, route(shape, mode)])), ...extraRoutes(shape) },
    policies: { once },
    ...(leaves("callers") ? {} : { callers: [caller] }),
    ledger: leaves("ledger")
      ? { store: "none" }
      : { store: "sqlite", path: database, bodies: "none", durability: "batched" },
    state: { store: "memory" },
    ...(leaves("telemetry") ? {} : { telemetry: { otlp: `http://127.0.0.1:${shape.serverPort}` } })
  }
}

/** Writes the file (JSON is YAML) and removes the ledger of an earlier run; its path. */
export const write = (shape: Shape, port: number): string => {
  mkdirSync(workDirectory, { recursive: true })
  for (const end of ["", "-wal", "-shm"]) rmSync(join(workDirectory, `${shape.name}.db${end}`), { force: true })
  const file = join(workDirectory, `${shape.name}.json`)
  writeFileSync(file, JSON.stringify(configuration(shape, port), null, 2))
  return file
}

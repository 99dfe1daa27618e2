/**
 * A gateway process whose configuration is replaced in each of the three ways, and two configurations that share no name and no key,
 * so that a call on a mix of them shows.
 */
import { renameSync, writeFileSync } from "node:fs"
import { type GatewayProcess, until } from "./processes.ts"
import { modelOf } from "./Answers.ts"
import type { RecordedRequest } from "./ScriptedServer.ts"

export type Letter = "A" | "B"
export type Way = "file" | "signal" | "admin"

/** The configuration of a letter: providers, keys, headers, paths and models all bear it. What is to carry over has one name in both. */
export const configuration = (url: string, of: Letter): string => `
providers:
  first-${of}: { protocol: openai-chat, url: "${url}/${of}/v1", keys: [{ name: main, value: ${of}-flaky }], headers: { x-of: ${of} } }
  second-${of}: { protocol: openai-chat, url: "${url}/${of}/v1", keys: [{ name: main, value: ${of}-steady }], headers: { x-of: ${of} } }
  held: { protocol: openai-chat, url: ${url}/v1, keys: [{ name: main, value: k }], limits: { concurrency: 1 } }
  counted: { protocol: openai-chat, url: ${url}/v1, keys: [{ name: main, value: k }], limits: { requests: 5/h } }
  cooled: { protocol: openai-chat, url: ${url}/v1, keys: [{ name: main, value: k }] }
policies:
  once: { from: recommended, attempts: 1 }
routes:
  smart: { try: [first-${of}/model-${of}, second-${of}/model-${of}] }
  held: { try: [held/held], policy: once }
  counted: { try: [counted/counted], policy: once }
  cooled: { try: [cooled/cooled], policy: once }
callers:
  - { name: everyone, key: key-everyone, limits: { requests: 1000000/h, concurrency: 1000 } }
  - { name: few, key: key-few, limits: { requests: 3/h } }
ledger: { store: none }
`

/** Files that must change nothing. */
export const bad: ReadonlyArray<string> = [
  "",
  "routes: [",
  "routes: { smart: { try: [nobody/m] } }",
  "routes: { smart: { try: [demo/echo], polcy: once } }",
  "routes: { a: { try: [b] }, b: { try: [a] } }",
  "routes: { a: { balance: weighted, across: [{ target: demo/echo, weight: 0 }] } }",
  "providers: { mine: { protocol: openai-chat } }",
  "policies: { p: { attempts: 0 } }"
]

/** Every sign that a request bears of the configuration that it comes from; one letter where it is not a mix. */
export const lettersOf = (request: RecordedRequest): ReadonlySet<string> =>
  new Set([
    request.path.slice(1, 2),
    String(request.headers["authorization"]).replace("Bearer ", "").slice(0, 1),
    String(request.headers["x-of"]),
    modelOf(request)?.slice(-1) ?? ""
  ])

/** Replaces what the gateway's file says in one of the ways, and waits until every process of the gateway has read it. */
export const replacer = async (gateway: GatewayProcess) => {
  const write = (yaml: string) => {
    writeFileSync(`${gateway.file}.new`, yaml)
    renameSync(`${gateway.file}.new`, gateway.file)
  }
  const read = async (before: ReadonlyMap<string, number>) =>
    until(async () => {
      const now = await readings(gateway)
      return [...now].every(([worker, count]) => count > (before.get(worker) ?? 0))
    }, "every process has read the file")
  return {
    begin: async (yaml: string) => {
      const before = await readings(gateway)
      write(yaml)
      await read(before)
    },
    replace: async (way: Way, yaml: string): Promise<Response | undefined> => {
      const before = await readings(gateway)
      write(yaml)
      if (way === "admin") return fetch(`${gateway.url}/admin/reload`, { method: "POST" })
      if (way === "signal") gateway.signal("SIGHUP")
      await read(before)
      return undefined
    }
  }
}

/** How often each process has read its configuration again. */
export const readings = async (gateway: GatewayProcess): Promise<ReadonlyMap<string, number>> => {
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  const counts = new Map<string, number>()
  // Every process shows this one.
  for (const [, labels = ""] of text.matchAll(/^orelse_config_last_reload_successful(\S*) /gm))
    counts.set(workerOf(labels), 0)
  for (const [, labels = "", count] of text.matchAll(/^orelse_config_reloads_total(\S*) (\d+)/gm))
    counts.set(workerOf(labels), (counts.get(workerOf(labels)) ?? 0) + Number(count))
  return counts
}

const workerOf = (labels: string): string => /worker="(\d+)"/.exec(labels)?.[1] ?? "alone"

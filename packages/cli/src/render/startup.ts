/**
 * What `serve` prints when it is ready: address, routes, providers on and off with the reason, a first request, where to look next.
 */
import type { Config, ProviderConfig } from "@orelse/core/layer/config/Types"
import * as Tree from "@orelse/core/route/Tree"
import * as Route from "./route.ts"
import { columns, count, type Style } from "./text.ts"

/** What is known once the gateway listens. */
export interface Options {
  readonly config: Config
  /** `http://127.0.0.1:4100`. */
  readonly address: string
  readonly style: Style
  /** Whether calls need a key although the configuration has no callers: there are keys made by `orelse keys`. */
  readonly hasKeys?: boolean
  /** How this program is called here; `orelse` where it is installed. */
  readonly program?: string | undefined
}

/** The whole text, without an end of line. */
export const startup = (options: Options): string => {
  const { address, config, style } = options
  const from = config.file === undefined ? "the embedded default (no configuration file)" : config.file
  return [
    `${style.bold("Orelse")} listens on ${style.bold(address)}`,
    `Configuration: ${from}`,
    "",
    ...routes(config),
    ...providers(config, style, options.program ?? "orelse"),
    ...notes(config, style),
    ...firstRequest(config, address, config.callers.length > 0 || options.hasKeys === true),
    ...next(config, address, options.program ?? "orelse")
  ].join("\n")
}

const routes = (config: Config): ReadonlyArray<string> => {
  if (config.routes.size === 0) return ['Routes: none; callers name a target as "model": provider/model', ""]
  const rows = [...config.routes.values()].map((route) => [route.name, Route.line(route.route)])
  return ["Routes", columns(rows, "  "), ""]
}

const providers = (config: Config, style: Style, program: string): ReadonlyArray<string> => {
  const all = [...config.providers.values()]
  const on = all.filter((provider) => provider.disabled === undefined)
  const off = all.filter((provider) => provider.disabled !== undefined)
  return [
    "Providers",
    columns(
      on.map((provider) => [provider.id, style.good("on"), detail(provider)]),
      "  "
    ),
    ...(off.length === 0 ? [] : [offLines(config, off, style, program)]),
    ""
  ]
}

/** Without a file every known provider is off until its variable is set: that is one line, not forty. */
const offLines = (config: Config, off: ReadonlyArray<ProviderConfig>, style: Style, program: string): string => {
  if (config.file === undefined) {
    const variables = new Set(off.map((provider) => provider.credentials[0]?.name ?? provider.id))
    const some = [...variables].slice(0, 4).join(", ")
    return `  ${count(off.length, "more provider")} ${style.warn("off")}: set ${some} … (${program} check names them all)`
  }
  return columns(
    off.map((provider) => [provider.id, style.warn("off"), provider.disabled ?? ""]),
    "  "
  )
}

const detail = (provider: ProviderConfig): string => {
  if (provider.protocol === "library") return "built in: needs no key, answers by rule"
  const usable = provider.credentials.filter((credential) => credential.disabled === undefined)
  const keys = usable.every((credential) => credential.secret === undefined) ? "no key" : count(usable.length, "key")
  const proxy = provider.proxy === undefined ? "" : ` by proxy ${provider.proxy.url}`
  return `${provider.protocol}, ${shown(provider.url)}${proxy}, ${keys}`
}

/** Without its query: some services take their key there. */
const shown = (url: string): string => {
  const parsed = URL.parse(url)
  if (parsed === null || (parsed.search === "" && parsed.hash === "")) return url
  return `${parsed.origin}${parsed.pathname}${parsed.search === "" ? "" : "?…"}`
}

const notes = (config: Config, style: Style): ReadonlyArray<string> => {
  const others = config.notes.filter((note) => !config.providers.has(note.path.replace(/^providers\./, "")))
  if (others.length === 0) return []
  return [
    "Off or reduced",
    columns(
      others.map((note) => [note.path, style.warn(note.reason)]),
      "  "
    ),
    ""
  ]
}

/** A model that answers now: a route, else the built-in provider. */
export const firstModel = (config: Config): string => {
  const named = (name: string) => config.routes.get(name)?.route
  for (const { name, route } of config.routes.values()) {
    const target = Tree.firstTarget(route, named)
    if (target !== undefined && config.providers.get(target.provider)?.disabled === undefined) return name
  }
  return "demo/echo"
}

const firstRequest = (config: Config, address: string, closed: boolean): ReadonlyArray<string> => {
  const model = firstModel(config)
  const key = closed ? ` -H 'authorization: Bearer YOUR_KEY'` : ""
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] })
  return [
    "Try it",
    `  curl ${address}/v1/chat/completions${key} -H 'content-type: application/json' -d '${body}'`,
    "",
    "Any OpenAI or Anthropic SDK works with its base URL changed",
    `  new OpenAI({ baseURL: "${address}/v1", apiKey: "${closed ? "YOUR_KEY" : "none"}" })`,
    `  new Anthropic({ baseURL: "${address}", apiKey: "${closed ? "YOUR_KEY" : "none"}" })`,
    ""
  ]
}

const next = (config: Config, address: string, program: string): ReadonlyArray<string> => [
  "Next",
  columns(
    [
      [`${program} explain ${firstModel(config)}`, "what happens when a call fails"],
      [`${program} calls`, "what was called, who answered, what it cost"],
      [`${address}/docs`, "the HTTP API"],
      ...(config.file === undefined ? [["orelse.yaml", "write one: docs/configuration.md"]] : [])
    ],
    "  "
  )
]

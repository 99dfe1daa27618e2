/**
 * What `orelse check` says of a configuration.
 */
import type { Config } from "@orelse/core/layer/config/Types"
import type { Refused } from "../Beside.ts"
import { columns, count, type Style } from "./text.ts"

/** One line what there is, then everything that is off with its reason. */
export const summary = (config: Config, style: Style): string => {
  const providers = [...config.providers.values()]
  const off = providers.filter((provider) => provider.disabled !== undefined)
  const counts = [
    count(config.routes.size, "route"),
    `${count(providers.length, "provider")}${off.length === 0 ? "" : ` (${off.length} off)`}`,
    ...(config.callers.length === 0 ? [] : [count(config.callers.length, "caller")])
  ]
  const rows = [
    ...off.map((provider) => [`providers.${provider.id}`, provider.disabled ?? ""]),
    ...config.notes
      .filter((note) => !off.some((provider) => note.path === `providers.${provider.id}`))
      .map((note) => [note.path, note.reason])
  ]
  const head = `${nameOf(config)} is ${style.good("valid")}: ${counts.join(", ")}`
  return rows.length === 0 ? head : [head, "Off or reduced:", columns(rows, "  ")].join("\n")
}

/** What it is called in a sentence. */
const nameOf = ({ file }: Pick<Config, "file">): string => file ?? "The embedded default (no configuration file)"

/** That the file is in order, and what is not. */
export const unstartable = (config: Pick<Config, "file">, refused: ReadonlyArray<Refused>): string =>
  [`${nameOf(config)} is valid, but no gateway starts here:`, ...refused.map(({ message }) => message)].join("\n")

/** For programs. */
export const valid = (config: Config): object => ({
  valid: true,
  file: config.file ?? null,
  routes: [...config.routes.keys()],
  providers: [...config.providers.values()].map(({ disabled, id, protocol }) => ({
    id,
    protocol,
    enabled: disabled === undefined,
    ...(disabled === undefined ? {} : { disabled })
  })),
  callers: config.callers.map((caller) => caller.name),
  notes: config.notes
})

/** For programs. */
export const invalid = (error: { readonly file: string | null; readonly problems: ReadonlyArray<object> }): object => ({
  valid: false,
  file: error.file,
  problems: error.problems
})

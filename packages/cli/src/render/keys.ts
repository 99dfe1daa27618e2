/**
 * The keys of callers, as a table or as JSON: which there are, never what they are.
 */
import type { Config } from "@orelse/core/layer/config/Types"
import type { Kept } from "@orelse/server/callers/KeysFile"
import * as SameKeys from "../SameKeys.ts"
import { columns, count, type Style, visible } from "./text.ts"

/** A key as people see it. */
export interface Row {
  /** Absent for a key of the configuration. */
  readonly id: string | undefined
  readonly caller: string
  readonly begins: string | undefined
  readonly createdAt: string | undefined
  readonly state: "in force" | "revoked" | "off" | "without a caller" | "configured"
  /** Why it is off, when it was revoked, or whose it is in the configuration. */
  readonly detail: string | undefined
  readonly routes: ReadonlyArray<string> | undefined
}

/** Every key, those of the configuration first. */
export const rows = (config: Config, kept: Kept): ReadonlyArray<Row> => {
  const routes = new Map([...kept.callers, ...config.callers].map((caller) => [caller.name, caller.routes]))
  const configured = config.callers
    .filter(({ disabled, key }) => key !== undefined || disabled !== undefined)
    .map(({ disabled, name, routes }): Row => {
      const state = disabled === undefined ? "in force" : "off"
      return { id: undefined, caller: name, begins: undefined, createdAt: undefined, state, detail: disabled, routes }
    })
  const names = SameKeys.byHash(config)
  const made = kept.keys.map((key): Row => {
    const { begins, caller, createdAt, id, revokedAt } = key
    const disabled = config.callers.find(({ name }) => name === caller)?.disabled
    const state = disabled !== undefined ? "off" : routes.has(caller) ? "in force" : "without a caller"
    const row = { id, caller, begins, createdAt, routes: routes.get(caller) }
    const owner = names.get(key.hash)
    if (owner !== undefined) return { ...row, state: "configured", detail: owner, routes: routes.get(owner) }
    return revokedAt === undefined
      ? { ...row, state, detail: disabled }
      : { ...row, state: "revoked", detail: revokedAt }
  })
  return [...configured, ...made]
}

/** As a table; `program` is how this program is called here. */
export const table = (list: ReadonlyArray<Row>, style: Style, program = "orelse"): string => {
  if (list.length === 0) return `No keys: whoever reaches the port may call. Make one: ${program} keys new NAME`
  const head = ["key", "caller", "begins", "made", "state", "may use"].map(style.dim)
  const body = list
    .map(visible)
    .map((row) => [
      row.id ?? "(configuration)",
      row.caller,
      row.begins === undefined ? "" : `${row.begins}…`,
      row.createdAt?.slice(0, 10) ?? "",
      stateOf(row, style),
      row.routes === undefined ? "everything" : row.routes.join(", ") || "nothing"
    ])
  return `${columns([head, ...body])}\n\n${count(list.length, "key")}`
}

const stateOf = ({ detail, state }: Row, style: Style): string => {
  switch (state) {
    case "in force":
      return style.good(state)
    case "revoked":
      return style.dim(`revoked ${detail?.slice(0, 10) ?? ""}`)
    case "off":
      return style.warn(`off: ${detail ?? ""}`)
    case "without a caller":
      return style.warn(state)
    case "configured":
      return style.warn(`in the configuration too, as ${detail ?? ""}'s`)
  }
}

/**
 * `GET /v1/models`: what a caller may send as `model`, as OpenAI lists models.
 */
import type * as Json from "@orelse/core/domain/Json"
import * as TargetName from "@orelse/core/domain/TargetName"
import type { Caller } from "../callers/Caller.ts"
import type { Loaded } from "./Gateway.ts"

/** Routes first (with `server.sanitize` nothing else), then the declared models of every provider that is enabled; for a caller, only what it may use. */
export const models = (loaded: Loaded, caller?: Caller): Json.JsonObject => {
  const routes = [...loaded.config.routes.keys()].map((id) => model(id, "orelse"))
  if (loaded.config.server.sanitize)
    return { object: "list", data: routes.filter(({ id }) => caller?.may(id) !== false) }
  const declared = [...loaded.providers.values()]
    .filter((provider) => provider.disabled === undefined)
    .flatMap((provider) => Object.keys(provider.models).map((name) => model(`${provider.id}/${name}`, provider.id)))
  const all = [...routes, ...declared]
  if (caller?.routes === undefined) return { object: "list", data: all }
  const allowed = all.filter(({ id }) => caller.may(id))
  return { object: "list", data: [...allowed, ...named(loaded, caller.routes, allowed)] }
}

interface Model extends Json.JsonObject {
  readonly id: string
}

/** The targets that a caller's list names although nothing declares them. */
const named = (loaded: Loaded, names: ReadonlyArray<string>, listed: ReadonlyArray<Model>): ReadonlyArray<Model> =>
  names.flatMap((name) => {
    const provider = loaded.providers.get(TargetName.split(name)?.provider ?? "")
    const isListed = listed.some(({ id }) => id === name)
    return provider === undefined || provider.disabled !== undefined || isListed || name.endsWith("/*")
      ? []
      : [model(name, provider.id)]
  })

const model = (id: string, owner: string): Model => ({ id, object: "model", created: 0, owned_by: owner })

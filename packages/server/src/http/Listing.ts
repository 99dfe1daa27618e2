/**
 * `GET /v1/models`: what a caller may send as `model`, as OpenAI lists models.
 */
import type { JsonObject } from "@orelse/core/domain/Json"
import type { Loaded } from "./Gateway.ts"

/** Routes first, then the declared models of every provider that is enabled. */
export const models = (loaded: Loaded): JsonObject => {
  const routes = [...loaded.config.routes.keys()].map((id) => model(id, "orelse"))
  const targets = [...loaded.providers.values()]
    .filter((provider) => provider.disabled === undefined)
    .flatMap((provider) => Object.keys(provider.models).map((name) => model(`${provider.id}/${name}`, provider.id)))
  return { object: "list", data: [...routes, ...targets] }
}

const model = (id: string, owner: string): JsonObject => ({ id, object: "model", created: 0, owned_by: owner })

/**
 * `GET /v1/models`, `/v1beta/models` and one model below them: what a caller may send as `model`, as OpenAI, Anthropic or Google lists models.
 *
 * Anthropic's and Google's SDKs ask at `/v1/models` too; they are known by their headers.
 */
import * as Json from "@orelse/core/domain/Json"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Gateway } from "./Gateway.ts"
import * as Listing from "./Listing.ts"
import * as Strangers from "./Strangers.ts"

/** The routes. A wildcard holds its own beginning. */
export const layer = HttpRouter.use((router) =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const handler = Strangers.keptOut(gateway, (caller) =>
      Effect.map(HttpServerRequest.HttpServerRequest, (request) => {
        const models = Json.array(Listing.models(gateway.current(), caller)["data"])
        return answer(models, nameIn(request.url), formOf(request))
      })
    )
    yield* router.add("GET", "/v1/models/*", handler)
    yield* router.add("GET", "/v1beta/models/*", handler)
  })
)

/** How a dialect lists models. */
interface Form {
  readonly list: (models: ReadonlyArray<Json.Json>) => Json.Json
  readonly one: (model: Json.Json) => Json.Json
  readonly missing: (message: string) => Json.Json
}

const answer = (
  models: ReadonlyArray<Json.Json>,
  name: string | undefined,
  form: Form
): HttpServerResponse.HttpServerResponse => {
  if (name === undefined) return HttpServerResponse.jsonUnsafe(form.list(models))
  const found = models.find((model) => idOf(model) === name)
  return found === undefined
    ? HttpServerResponse.jsonUnsafe(form.missing(`There is no model "${name.slice(0, 200)}"`), { status: 404 })
    : HttpServerResponse.jsonUnsafe(form.one(found))
}

const idOf = (model: Json.Json): string => Json.string(Json.at(model, "id")) ?? ""

const formOf = (request: HttpServerRequest.HttpServerRequest): Form => {
  if (isGoogles(request)) return google
  return request.headers["anthropic-version"] === undefined ? openai : anthropic
}

const isGoogles = ({ headers, url }: HttpServerRequest.HttpServerRequest): boolean =>
  url.startsWith("/v1beta/") || headers["x-goog-api-key"] !== undefined || headers["x-goog-api-client"] !== undefined

/** The model that a path names, where it names one. */
const nameIn = (url: string): string | undefined => {
  const name = /^\/v1(?:beta)?\/models\/+([^?]+)/.exec(url)?.[1]
  if (name === undefined) return undefined
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

const openai: Form = {
  list: (data) => ({ object: "list", data }),
  one: (model) => model,
  missing: (message) => ({ error: { message, type: "invalid_request_error", param: "model", code: "model_not_found" } })
}

/** Their list is whole: whoever asks for a page of it gets all. Source: platform.claude.com "API: Models", read 2026-11. */
const anthropic: Form = {
  list: (models) => ({
    data: models.map((model) => anthropic.one(model)),
    has_more: false,
    first_id: models.length === 0 ? null : idOf(models[0]!),
    last_id: models.length === 0 ? null : idOf(models.at(-1)!)
  }),
  // The epoch stands for a date that is not known, as with Anthropic.
  one: (model) => ({ type: "model", id: idOf(model), display_name: idOf(model), created_at: "1970-01-01T00:00:00Z" }),
  missing: (message) => ({ type: "error", error: { type: "not_found_error", message } })
}

const methods = ["generateContent", "streamGenerateContent", "countTokens", "embedContent", "batchEmbedContents"]

const google: Form = {
  list: (models) => ({ models: models.map((model) => google.one(model)) }),
  one: (model) => {
    const id = idOf(model)
    return { name: `models/${id}`, baseModelId: id, version: "1", displayName: id, supportedGenerationMethods: methods }
  },
  missing: (message) => ({ error: { code: 404, message, status: "NOT_FOUND" } })
}

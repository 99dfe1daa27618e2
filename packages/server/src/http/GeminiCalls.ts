/**
 * The addresses of Gemini's API: the model stands in the path, what is to be done with it behind a colon, and the frame of a stream in the
 * query. AI Studio's and Vertex's ways of naming a model are taken alike.
 */
import * as CallId from "@orelse/core/domain/CallId"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Gemini from "../dialects/Gemini.ts"
import { Gateway } from "./Gateway.ts"
import * as Inbound from "./Inbound.ts"
import { raw, written } from "./Raw.ts"
import * as Reply from "./Reply.ts"
import type { Endpoint } from "./Visit.ts"

/** Where models are found: AI Studio's names, Vertex's of one project, and Vertex's without. */
const places = ["models", "projects", "publishers"] as const
const versions = ["v1beta", "v1beta1", "v1alpha", "v1"] as const

/** Gemini's routes. */
export const layer = HttpRouter.use((router) =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const handler = raw((request, response, fiber) => handle(gateway, request, response, fiber))
    for (const version of versions)
      for (const place of places) yield* router.add("POST", `/${version}/${place}/*`, handler)
  })
)

interface Asked {
  readonly model: string
  readonly verb: string
  readonly isEvents: boolean
}

const pattern = /^\/v1\w*\/(?:(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/[^/]+\/)?models\/(.+):([A-Za-z]+)$/

/** What an address asks for; `undefined` where it is none of Gemini's. */
export const read = (url: string): Asked | undefined => {
  const query = url.indexOf("?")
  const found = pattern.exec(query < 0 ? url : url.slice(0, query))
  const model = decoded(found?.[1] ?? "")
  if (found === null || model === undefined || model === "") return undefined
  const alt = query < 0 ? null : new URLSearchParams(url.slice(query + 1)).get("alt")
  return { model, verb: found[2]!, isEvents: alt === "sse" }
}

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const handle = (
  gateway: Gateway["Service"],
  request: IncomingMessage,
  response: ServerResponse,
  fiber: Fiber.Fiber<unknown, unknown>
): Effect.Effect<HttpServerResponse, never, Scope.Scope> => {
  const asked = read(request.url ?? "")
  const endpoint = asked === undefined ? undefined : endpointOf(asked)
  return endpoint === undefined
    ? notFound(gateway, request, response)
    : Inbound.handle(gateway, endpoint, request, response, fiber)
}

const endpointOf = ({ isEvents, model, verb }: Asked): Endpoint | undefined => {
  switch (verb) {
    case "generateContent":
      return { dialect: Gemini.dialect, operation: "chat", model, stream: false }
    case "streamGenerateContent":
      return { dialect: isEvents ? Gemini.dialect : Gemini.array, operation: "chat", model, stream: true }
    case "embedContent":
      return { dialect: Gemini.single, operation: "embeddings", model, stream: false }
    case "batchEmbedContents":
      return { dialect: Gemini.dialect, operation: "embeddings", model, stream: false }
    case "countTokens":
      return { dialect: Gemini.counting, operation: "chat", model, stream: false, count: Gemini.count }
    default:
      return undefined
  }
}

const notFound = (
  gateway: Gateway["Service"],
  request: IncomingMessage,
  response: ServerResponse
): Effect.Effect<HttpServerResponse> => {
  const id = CallId.make(gateway.clock.currentTimeMillisUnsafe())
  request.resume()
  Reply.error(response, Gemini.dialect, id, {
    facts: {
      status: 404,
      code: "not_found",
      param: null,
      message:
        "No such endpoint. Of a model, Orelse answers :generateContent, :streamGenerateContent, :countTokens, :embedContent and :batchEmbedContents",
      orelse: { callId: id, reason: "RequestRejected", attempts: [] }
    },
    headers: {}
  })
  return written
}

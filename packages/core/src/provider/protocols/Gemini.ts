/**
 * Google's Gemini, at AI Studio and at Vertex AI.
 *
 * The provider's url is the host; `/v1beta/models/MODEL:generateContent` is added. With the quirk `vertex` the url goes down to project and
 * location, and `/publishers/google/models/…` is added (`gemini/Address.ts`). Formats: ai.google.dev "API reference: GenerateContent", read
 * 2026-11. Schemas go out as JSON Schema (`parametersJsonSchema`, `responseJsonSchema`), which loses nothing.
 *
 * What it cannot carry is in `docs/dialects.md`. The pieces are in `gemini/`.
 */
import * as Result from "effect/Result"
import * as Json from "../../domain/Json.ts"
import type { Unsupported } from "../../domain/Reason.ts"
import type { Request } from "../../domain/Request.ts"
import type { Context, Protocol, WireRequest } from "../Protocol.ts"
import * as RequestHeaders from "../RequestHeaders.ts"
import * as Rewrite from "../Rewrite.ts"
import * as Foreign from "./Foreign.ts"
import * as FunctionTool from "./FunctionTool.ts"
import * as Address from "./gemini/Address.ts"
import * as Answer from "./gemini/Answer.ts"
import * as Embeddings from "./gemini/Embeddings.ts"
import * as Messages from "./gemini/Messages.ts"
import * as Models from "./gemini/Models.ts"
import * as Reader from "./gemini/Reader.ts"
import * as Returned from "./gemini/Returned.ts"
import * as Settings from "./gemini/Settings.ts"
import * as Usage from "./gemini/Usage.ts"

const dialect = "gemini"

const encode = (request: Request, context: Context): Result.Result<WireRequest, Unsupported> => {
  const refused = Foreign.refuse(request, dialect) ?? refuse(request)
  if (refused !== undefined) return Result.fail(refused)
  const model = Models.of(context.model)
  return Result.map(
    Messages.encode(request.messages, { model, isVertex: Address.isVertex(context) }),
    ({ contents, systemInstruction }) => {
      const {
        generationConfig: _config,
        responseMimeType: _mimeType,
        responseModalities: _modalities,
        responseSchema: _schema,
        speechConfig: _speech,
        tools: _tools,
        toolConfig,
        ...own
      } = Foreign.own(request, dialect)
      const body = Json.compact({
        systemInstruction,
        contents,
        tools: toolsOf(request),
        toolConfig: toolConfigOf(request, Json.object(toolConfig)),
        generationConfig: Settings.encode(request, model),
        ...own
      })
      return wire(JSON.stringify(body), Address.generate(context))
    }
  )
}

const refuse = (request: Request): Unsupported | undefined => {
  if (request.n !== undefined && request.n > 1)
    return Foreign.unsupported("several answers", "of several candidates only the first can be given back")
  return Foreign.tooManyStops(request, dialect, 5)
}

/** All functions stand in one tool; tools that Google runs itself are tools of their own. */
const toolsOf = (request: Request): ReadonlyArray<Json.Json> | undefined => {
  const own = Json.array(Foreign.own(request, dialect)["tools"])
  const offered = FunctionTool.offered(request)
  if (offered === undefined) return own.length === 0 ? undefined : own
  const functionDeclarations = offered.map((tool) =>
    Json.compact({
      name: tool.name,
      description: tool.description,
      parametersJsonSchema: tool.parameters,
      ...Foreign.own(tool, dialect)
    })
  )
  return [{ functionDeclarations }, ...own]
}

const modes = { auto: "AUTO", none: "NONE", required: "ANY" } as const

const toolConfigOf = (request: Request, own: Json.JsonObject | undefined): Json.JsonObject | undefined => {
  const toolChoice = FunctionTool.choiceAmong(request, FunctionTool.offered(request) !== undefined)
  if (toolChoice === undefined) return own
  const calling =
    typeof toolChoice === "object"
      ? { mode: "ANY", allowedFunctionNames: [toolChoice.name] }
      : { mode: modes[toolChoice] }
  return { ...own, functionCallingConfig: { ...calling, ...Json.object(own?.["functionCallingConfig"]) } }
}

const passThrough = (text: string, body: Json.JsonObject, context: Context): WireRequest => {
  const resource = JSON.stringify(Address.resource(context.model))
  const named: Rewrite.Change = (value) => (value === undefined || Address.isVertex(context) ? undefined : resource)
  const changes = { model: named, orelse: Rewrite.remove }
  if (Array.isArray(body["requests"]))
    return wire(
      Rewrite.edit(text, { ...changes, requests: (value) => renamed(value, resource) }),
      Address.of(context, "batchEmbedContents")
    )
  const isEmbedding = body["contents"] === undefined && body["content"] !== undefined
  const returned = Returned.changes(body, Models.of(context.model))
  return wire(
    Rewrite.edit(text, returned === undefined ? changes : { ...changes, ...returned }),
    isEmbedding ? Address.of(context, "embedContent") : Address.generate(context)
  )
}

/** Each request of a batch names the model again. */
const renamed = (value: string | undefined, resource: string): string | undefined => {
  if (value === undefined) return undefined
  const requests = Json.array(Json.parse(value))
  const named: Rewrite.Changes = { model: () => resource }
  return `[${requests.map((one) => Rewrite.edit(JSON.stringify(one), named)).join(",")}]`
}

const wire = (body: string, path: string): WireRequest => ({ path, headers: RequestHeaders.none, body })

/**
 * The protocol.
 *
 * @stability stable
 * @category constants
 * @since 0.1.0
 */
export const protocol: Protocol = {
  id: dialect,
  framing: "sse",
  toolName: /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/,
  encode,
  passThrough,
  decode: Answer.decode,
  reader: Reader.make,
  usage: Usage.of,
  embeddings: { encode: Embeddings.encode, decode: Embeddings.decode }
}

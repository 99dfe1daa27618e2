/**
 * Amazon Bedrock's Converse, one format for the models of many makers.
 *
 * The provider's url is the regional endpoint; `/model/MODEL/converse` (streamed: `/converse-stream`) is added, where MODEL is a model's id,
 * an inference profile or an ARN. Streams are AWS's own frames. Formats: docs.aws.amazon.com "Amazon Bedrock Runtime: Converse,
 * ConverseStream" and their types, read 2026-11. What Converse has no field for goes to the model in its maker's words
 * (`bedrock-converse/Settings.ts`). `extra["bedrock-converse"]` holds `guardrailConfig` and whatever else only Bedrock knows.
 *
 * What it cannot carry is in `docs/dialects.md`. The pieces are in `bedrock-converse/`.
 */
import * as Result from "effect/Result"
import * as Json from "../../domain/Json.ts"
import type { Unsupported } from "../../domain/Reason.ts"
import type { Request } from "../../domain/Request.ts"
import * as Endpoint from "../Endpoint.ts"
import type { Context, Protocol, WireRequest } from "../Protocol.ts"
import * as RequestHeaders from "../RequestHeaders.ts"
import * as Rewrite from "../Rewrite.ts"
import * as BoundSchema from "./anthropic-messages/BoundSchema.ts"
import * as Answer from "./bedrock-converse/Answer.ts"
import * as Messages from "./bedrock-converse/Messages.ts"
import * as Reader from "./bedrock-converse/Reader.ts"
import * as Settings from "./bedrock-converse/Settings.ts"
import * as Tools from "./bedrock-converse/Tools.ts"
import * as Usage from "./bedrock-converse/Usage.ts"
import * as Foreign from "./Foreign.ts"
import * as FunctionTool from "./FunctionTool.ts"

const dialect = "bedrock-converse"

const encode = (request: Request, context: Context): Result.Result<WireRequest, Unsupported> => {
  const refused = Foreign.refuse(request, dialect) ?? refuse(request) ?? Tools.refuse(request, context.model)
  if (refused !== undefined) return Result.fail(refused)
  const format = formatOf(request.responseFormat)
  if (Result.isFailure(format)) return Result.fail(format.failure)
  return Result.map(Messages.encode(request.messages, context.model), ({ messages, system }) => {
    const { additionalModelRequestFields: ownFields, ...own } = Foreign.own(request, dialect)
    const { fields, inferenceConfig } = Settings.of(request, context.model)
    const body = Json.compact({
      system,
      messages,
      inferenceConfig: Json.unlessEmpty(Json.compact(inferenceConfig)),
      toolConfig: Tools.encode(request, context.model),
      outputConfig: format.success,
      additionalModelResponseFieldPaths: tellsStop(request, context.model) ? ["/delta/stop_sequence"] : undefined,
      additionalModelRequestFields: Json.unlessEmpty(Json.compact({ ...fields, ...Json.object(ownFields) })),
      ...own
    })
    return wire(JSON.stringify(body), context)
  })
}

/** Which stop sequence it was, Claude says only when asked. */
const tellsStop = (request: Request, model: string): boolean =>
  request.stop !== undefined && request.stop.length > 0 && model.includes("claude")

const refuse = (request: Request): Unsupported | undefined => {
  if (request.n !== undefined && request.n > 1)
    return unsupported("several answers", "gives one answer a call, not n of them")
  if (request.logprobs === true) return unsupported("log probabilities", "has no log probabilities")
  if (request.responseFormat?.type === "json")
    return unsupported("JSON output without a schema", "has no JSON mode; give a schema (response_format: json_schema)")
  return undefined
}

const unsupported = (feature: string, message: string): Unsupported =>
  Foreign.unsupported(feature, `${dialect} ${message}`)

/** The schema goes as text. */
const formatOf = (format: Request["responseFormat"]): Result.Result<Json.JsonObject | undefined, Unsupported> => {
  if (format?.type !== "jsonSchema") return Result.succeed(undefined)
  const { description, name } = format
  return Result.map(BoundSchema.of(format.schema, dialect), (schema) => {
    const jsonSchema = Json.compact({ schema: JSON.stringify(schema), name, description })
    return { textFormat: { type: "json_schema", structure: { jsonSchema } } }
  })
}

const passThrough = (text: string, _body: Json.JsonObject, context: Context): WireRequest =>
  wire(Rewrite.edit(text, { model: Rewrite.remove, stream: Rewrite.remove, orelse: Rewrite.remove }), context)

const streamed = { accept: "application/vnd.amazon.eventstream" }

const wire = (body: string, { model, stream }: Context): WireRequest => ({
  path: `/model/${Endpoint.segment(model)}/${stream ? "converse-stream" : "converse"}`,
  headers: stream ? streamed : RequestHeaders.none,
  body
})

/**
 * The protocol.
 *
 * @stability stable
 * @category constants
 * @since 0.1.0
 */
export const protocol: Protocol = {
  id: dialect,
  framing: "aws-event-stream",
  toolName: FunctionTool.usualName,
  encode,
  passThrough,
  decode: Answer.decode,
  reader: Reader.make,
  usage: Usage.of
}

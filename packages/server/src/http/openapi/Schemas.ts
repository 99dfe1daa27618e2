/**
 * The shapes of what goes in and out, for `/openapi.json`. Bodies of the dialects are described as far as Orelse reads them: fields
 * that it does not know go through, so no list of them would be whole. What Orelse itself answers is described whole.
 */
import * as Schema from "effect/Schema"
import { longestName, most } from "../CallOptions.ts"

const named = <S extends Schema.Top>(name: string, description: string, schema: S) =>
  schema.annotate({ identifier: name, description })

const described = <S extends Schema.Top>(description: string, schema: S) =>
  Schema.optionalKey(schema.annotate({ description }))

const plain = Schema.Union([Schema.String, Schema.Finite, Schema.Boolean, Schema.Null])
const json = Schema.Record(Schema.String, Schema.Unknown)
/** Further fields go through. */
const open = <F extends Schema.Struct.Fields>(fields: F) =>
  Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Unknown)])

const name = Schema.NonEmptyString.check(Schema.isMaxLength(longestName))
/** As many as `orelse` takes of anything. */
const few = <S extends Schema.Top>(schema: S) =>
  Schema.Array(schema).check(Schema.isMinLength(1), Schema.isMaxLength(most))

const callOptions = named(
  "CallOptions",
  "What a caller says to the gateway itself, in the body or as x-orelse-… headers (the body wins). Nothing of it reaches a provider.",
  Schema.Struct({
    timeout: described("The call's deadline in milliseconds", Schema.Finite.check(Schema.isGreaterThan(0))),
    attempts: described(
      "Attempts of the whole call, all targets together",
      Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
    ),
    models: described("Routes or targets to try in this order instead of the route", few(name)),
    metadata: described(
      "Plain fields: application, environment, user, session, workflow, run, step, any other",
      Schema.Record(Schema.String, plain)
    ),
    tags: described("Words to find the call by", few(Schema.NonEmptyString))
  })
)

const model = name.annotate({ description: "A route's name, or provider/model" })
const stream = described("Answer as server-sent events", Schema.Boolean)
const options = { orelse: Schema.optionalKey(callOptions) }

/** Requests of the dialects. */
export const chatRequest = named(
  "ChatCompletionRequest",
  "OpenAI Chat Completions",
  open({ model, messages: Schema.Array(json), stream, ...options })
)
export const responsesRequest = named(
  "ResponsesRequest",
  "OpenAI Responses",
  open({ model, input: Schema.Union([Schema.String, Schema.Array(json)]), stream, ...options })
)
export const embeddingsRequest = named(
  "EmbeddingsRequest",
  "OpenAI Embeddings",
  open({ model, input: Schema.Union([Schema.String, Schema.Array(Schema.Unknown)]), ...options })
)
export const messagesRequest = named(
  "MessagesRequest",
  "Anthropic Messages",
  open({ model, max_tokens: Schema.Int, messages: Schema.Array(json), stream, ...options })
)
export const generateRequest = named(
  "GenerateContentRequest",
  "Gemini; the model is in the path",
  open({ contents: Schema.Array(json), ...options })
)
export const countRequest = named(
  "CountTokensRequest",
  "An Anthropic request that is counted and not made: it needs no max_tokens",
  open({ model, messages: Schema.Array(json), ...options })
)
export const googleCountRequest = named(
  "GoogleCountTokensRequest",
  "The contents alone, or the whole request that would be made",
  open({ contents: Schema.optionalKey(Schema.Array(json)), generateContentRequest: Schema.optionalKey(json) })
)
export const embedRequest = named(
  "EmbedContentRequest",
  "Gemini embeddings: one content, or a batch of requests",
  open({ content: Schema.optionalKey(json), requests: Schema.optionalKey(Schema.Array(json)), ...options })
)

/** An answer in the dialect of its endpoint. */
export const dialectAnswer = named("DialectAnswer", "The answer, in the dialect of the endpoint", json)

/** Gemini's way to stream without server-sent events. */
export const listedAnswer = named("ListedAnswer", "The pieces of the answer", Schema.Array(json))

const attempt = Schema.Struct({
  provider: Schema.String,
  model: Schema.String,
  credential: Schema.optionalKey(Schema.String),
  reason: Schema.optionalKey(Schema.String),
  status: Schema.optionalKey(Schema.Int),
  retryAfterMs: Schema.optionalKey(Schema.Finite),
  durationMs: Schema.Finite,
  waitedMs: Schema.Finite,
  message: Schema.optionalKey(Schema.String)
})

const orelse = open({
  callId: Schema.String,
  reason: Schema.String,
  attempts: Schema.Array(attempt)
}).annotate({ identifier: "ErrorDetails", description: "What was tried; beside the dialect's own error" })

/** Errors, by dialect. */
export const openAiError = named(
  "OpenAiError",
  "An error as OpenAI writes it",
  open({
    error: Schema.Struct({
      message: Schema.String,
      type: Schema.String,
      param: Schema.NullOr(Schema.String),
      code: Schema.NullOr(Schema.String)
    }),
    orelse: Schema.optionalKey(orelse)
  })
)
export const anthropicError = named(
  "AnthropicError",
  "An error as Anthropic writes it",
  open({
    type: Schema.Literal("error"),
    error: Schema.Struct({ type: Schema.String, message: Schema.String }),
    orelse: Schema.optionalKey(orelse)
  })
)
export const geminiError = named(
  "GeminiError",
  "An error as Gemini writes it",
  open({
    error: open({ code: Schema.Int, message: Schema.String, status: Schema.String }),
    orelse: Schema.optionalKey(orelse)
  })
)

export const modelsError = named(
  "ModelsError",
  "An error as OpenAI writes it; as Anthropic does where `anthropic-version` is sent",
  Schema.Union([openAiError, anthropicError])
)

const openaiModel = open({ id: Schema.String, object: Schema.Literal("model"), owned_by: Schema.String })
const anthropicModel = open({ id: Schema.String, type: Schema.Literal("model"), display_name: Schema.String })

/** Answers of the gateway itself. */
export const models = named(
  "Models",
  "What a caller may send as model; as Anthropic lists models where `anthropic-version` is sent",
  Schema.Union([
    Schema.Struct({ object: Schema.Literal("list"), data: Schema.Array(openaiModel) }),
    open({ data: Schema.Array(anthropicModel), has_more: Schema.Boolean })
  ])
)
export const modelCard = named(
  "Model",
  "One model that a caller may send; as Anthropic describes it where `anthropic-version` is sent",
  Schema.Union([openaiModel, anthropicModel])
)
export const googleModels = named(
  "GoogleModels",
  "What a caller may send as model, as Google lists models",
  Schema.Struct({ models: Schema.Array(open({ name: Schema.String, displayName: Schema.String })) })
)
export const googleModel = named(
  "GoogleModel",
  "One model, as Google describes it",
  open({ name: Schema.String, displayName: Schema.String })
)
export const anthropicCount = named(
  "CountedTokens",
  "About how many tokens the request is",
  Schema.Struct({ input_tokens: Schema.Int })
)
export const googleCount = named(
  "CountTokensResponse",
  "About how many tokens the request is, as Google says it",
  open({ totalTokens: Schema.Int })
)
export const live = named("Live", "The process answers", Schema.Struct({ status: Schema.Literal("live") }))
export const ready = named(
  "Ready",
  "Whether it can serve, and what is wrong",
  open({
    status: Schema.String,
    configuration: Schema.optionalKey(json),
    ledger: Schema.optionalKey(json),
    state: Schema.optionalKey(json)
  })
)
export const routes = named(
  "Routes",
  "Every route as it stands in the configuration",
  Schema.Struct({ routes: Schema.Array(open({ name: Schema.String, policy: Schema.String })) })
)
export const route = named(
  "Route",
  "One route: as written, and as it is run",
  open({ name: Schema.String, policy: Schema.String, route: Schema.Unknown })
)
export const targets = named(
  "Targets",
  "Health of every target now",
  Schema.Struct({
    targets: Schema.Array(
      open({
        provider: Schema.String,
        model: Schema.String,
        state: Schema.Literals(["healthy", "cooling", "half-open", "disabled"]),
        failures: Schema.Finite,
        until: described("Epoch milliseconds", Schema.Finite),
        lastReason: Schema.optionalKey(Schema.String)
      })
    )
  })
)
export const reset = named(
  "Reset",
  "What was forgotten",
  open({ provider: Schema.String, model: Schema.String, wasKnown: Schema.Boolean })
)
const callRow = open({
  id: Schema.String,
  startedAt: Schema.Finite,
  route: Schema.String,
  outcome: Schema.Literals(["answered", "failed", "cancelled", "unfinished", "running"])
}).annotate({ identifier: "Call", description: "A call on record" })
export const calls = named(
  "Calls",
  "One page of calls, newest first, and the sums over all of the filter",
  open({
    calls: Schema.Array(callRow),
    totals: json,
    next: Schema.optionalKey(Schema.String),
    events: Schema.optionalKey(Schema.Array(json))
  })
)
export const call = named(
  "CallStory",
  "One call with its attempts, and the events of its run",
  open({ call: callRow, attempts: Schema.Array(json), events: Schema.Array(json) })
)
export const reloaded = named(
  "Reloaded",
  "What changed, or every problem of the new file",
  open({ taken: Schema.Boolean })
)
export const begun = named("Begun", "What has begun", Schema.Struct({ status: Schema.String }))
export const openApi = named("OpenApi", "An OpenAPI document", open({ openapi: Schema.String, paths: json }))
export const taken = named("Taken", "How many events were taken", Schema.Int)
export const event = named(
  "ApplicationEvent",
  "What an application tells of its own run",
  open({
    type: Schema.String.annotate({
      description: "run:start, run:update, step:start, step:end, step:error, step:state, any other"
    }),
    id: described("Makes telling it twice harmless", Schema.String),
    time: described("ISO 8601, or epoch milliseconds", Schema.Union([Schema.String, Schema.Finite])),
    run: Schema.optionalKey(Schema.String),
    step: Schema.optionalKey(Schema.String),
    data: Schema.optionalKey(json)
  })
)
export const events = named("ApplicationEvents", "One event or a list", Schema.Union([event, Schema.Array(event)]))

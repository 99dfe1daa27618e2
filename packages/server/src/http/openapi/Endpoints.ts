/**
 * Every endpoint of the gateway, a row each: what `/openapi.json` and `/docs` are made from.
 */
import type * as Schema from "effect/Schema"
import * as Schemas from "./Schemas.ts"

/** One answer. */
export interface Answer {
  readonly status: number
  readonly description: string
  readonly schema?: Schema.Constraint | undefined
  /** Of a text; `application/json` where there is a schema. */
  readonly contentType?: string | undefined
  /** Whether it may also come as server-sent events. */
  readonly streams?: boolean | undefined
}

/** One endpoint. */
export interface Endpoint {
  readonly method: "get" | "post"
  readonly path: string
  readonly group: "Calls" | "Operations" | "Admin"
  readonly summary: string
  readonly request?: Schema.Constraint | undefined
  readonly query?: Readonly<Record<string, string>> | undefined
  readonly answers: ReadonlyArray<Answer>
}

const callAnswers = (
  error: Schema.Constraint,
  streams: boolean,
  answer: Schema.Constraint = Schemas.dialectAnswer
): ReadonlyArray<Answer> => [
  {
    status: 200,
    description:
      "The answer, with x-orelse-call-id (to OpenAI's clients also x-request-id, to Anthropic's request-id), x-orelse-provider, x-orelse-model, x-orelse-attempts, x-orelse-fell-back, x-orelse-duration-ms and x-orelse-overhead-ms",
    schema: answer,
    streams
  },
  { status: 400, description: "The request is wrong", schema: error },
  ...strangers(error),
  { status: 404, description: "No such route or target; the nearest is named", schema: error },
  { status: 409, description: "The provider says that the request is in conflict with another", schema: error },
  ...unread(error),
  { status: 422, description: "The request is wrong, in the provider's own status", schema: error },
  { status: 429, description: "Rate limited or the budget is spent; retry-after says for how long", schema: error },
  { status: 502, description: "Every attempt failed", schema: error },
  { status: 503, description: "Nothing can be asked now; retry-after says for how long", schema: error },
  { status: 504, description: "The call's deadline has passed", schema: error }
]

/** What is said to who shows no caller's key. */
const strangers = (error: Schema.Constraint): ReadonlyArray<Answer> => [
  { status: 401, description: "A caller's key is missing", schema: error },
  { status: 403, description: "The key is unknown, or may not use this", schema: error }
]

/** Bodies that nobody reads. */
const unread = (error: Schema.Constraint): ReadonlyArray<Answer> => [
  { status: 413, description: "The body is larger than server.maxBodySize", schema: error },
  { status: 415, description: "The body is compressed in a way that is not supported", schema: error }
]

const call = (path: string, summary: string, request: Schema.Constraint, error: Schema.Constraint, streams = true) =>
  ({
    method: "post",
    group: "Calls",
    path,
    summary,
    request,
    answers: callAnswers(error, streams)
  }) satisfies Endpoint

/** Nothing is asked of a provider, so nothing of one can go wrong. */
const count = (
  path: string,
  summary: string,
  request: Schema.Constraint,
  answer: Schema.Constraint,
  error: Schema.Constraint
) =>
  ({
    method: "post",
    group: "Calls",
    path,
    summary,
    request,
    answers: [
      { status: 200, description: "An estimate, as x-orelse-estimated says", schema: answer },
      { status: 400, description: "The request is wrong", schema: error },
      ...strangers(error),
      { status: 404, description: "No such route or target; the nearest is named", schema: error },
      ...unread(error)
    ]
  }) satisfies Endpoint

const get = (
  group: Endpoint["group"],
  path: string,
  summary: string,
  schema: Schema.Constraint,
  more: ReadonlyArray<Answer> = []
) =>
  ({
    method: "get",
    group,
    path,
    summary,
    answers: [{ status: 200, description: summary, schema }, ...more]
  }) satisfies Endpoint

const notThere: Answer = { status: 404, description: "There is none of this name", schema: Schemas.openAiError }
const refused: ReadonlyArray<Answer> = [
  { status: 401, description: "The admin key is missing", schema: Schemas.openAiError },
  { status: 403, description: "Not from another machine without the admin key", schema: Schemas.openAiError }
]

const unreadable: Answer = { status: 503, description: "The ledger cannot be read now", schema: Schemas.openAiError }
const misread: ReadonlyArray<Answer> = [
  { status: 400, description: "A filter is wrong; nothing is left out without a word", schema: Schemas.openAiError },
  unreadable
]

const filters = {
  since: "Epoch milliseconds or ISO 8601",
  until: "Epoch milliseconds or ISO 8601",
  route: "The route's name",
  provider: "Who was asked, whoever served in the end",
  outcome: "answered, failed, cancelled, unfinished or running",
  reason: "Why it, or one of its attempts, failed",
  caller: "The caller's name",
  "metadata.NAME": "A field of the call's metadata",
  limit: "Rows of a page, 1 to 1000",
  cursor: "`next` of the page before"
}

/** All of them. */
export const endpoints: ReadonlyArray<Endpoint> = [
  call("/v1/chat/completions", "OpenAI Chat Completions", Schemas.chatRequest, Schemas.openAiError),
  call("/v1/responses", "OpenAI Responses", Schemas.responsesRequest, Schemas.openAiError),
  call("/v1/embeddings", "OpenAI Embeddings", Schemas.embeddingsRequest, Schemas.openAiError, false),
  call("/v1/messages", "Anthropic Messages", Schemas.messagesRequest, Schemas.anthropicError),
  call("/v1beta/models/{model}:generateContent", "Gemini", Schemas.generateRequest, Schemas.geminiError, false),
  {
    ...call(
      "/v1beta/models/{model}:streamGenerateContent",
      "Gemini, streamed",
      Schemas.generateRequest,
      Schemas.geminiError
    ),
    query: { alt: "sse: server-sent events; absent: a list in JSON, piece by piece" },
    answers: callAnswers(Schemas.geminiError, true, Schemas.listedAnswer)
  },
  call("/v1beta/models/{model}:embedContent", "Gemini Embeddings", Schemas.embedRequest, Schemas.geminiError, false),
  call(
    "/v1beta/models/{model}:batchEmbedContents",
    "Gemini Embeddings, a batch",
    Schemas.embedRequest,
    Schemas.geminiError,
    false
  ),
  count(
    "/v1beta/models/{model}:countTokens",
    "About how many tokens a Gemini request is",
    Schemas.googleCountRequest,
    Schemas.googleCount,
    Schemas.geminiError
  ),
  count(
    "/v1/messages/count_tokens",
    "About how many tokens an Anthropic request is",
    Schemas.countRequest,
    Schemas.anthropicCount,
    Schemas.anthropicError
  ),
  get("Calls", "/v1/models", "What a caller may send as model", Schemas.models, strangers(Schemas.modelsError)),
  get("Calls", "/v1/models/{model}", "One of them", Schemas.modelCard, [
    ...strangers(Schemas.modelsError),
    { ...notThere, schema: Schemas.modelsError }
  ]),
  get(
    "Calls",
    "/v1beta/models",
    "What a caller may send as model, as Google lists models",
    Schemas.googleModels,
    strangers(Schemas.geminiError)
  ),
  get("Calls", "/v1beta/models/{model}", "One of them", Schemas.googleModel, [
    ...strangers(Schemas.geminiError),
    { ...notThere, schema: Schemas.geminiError }
  ]),
  {
    method: "post",
    group: "Calls",
    path: "/v1/events",
    summary: "Application events of a run, into the same ledger as its calls",
    request: Schemas.events,
    answers: [
      { status: 202, description: "They are taken", schema: Schemas.taken },
      { status: 400, description: "One of them is wrong, and none is kept", schema: Schemas.openAiError },
      ...strangers(Schemas.openAiError),
      ...unread(Schemas.openAiError),
      {
        status: 429,
        description: "The caller told as often as it may call; retry-after says for how long",
        schema: Schemas.openAiError
      }
    ]
  },
  {
    method: "get",
    group: "Operations",
    path: "/openapi.json",
    summary: "This document",
    answers: [{ status: 200, description: "OpenAPI 3.1", schema: Schemas.openApi }]
  },
  {
    method: "get",
    group: "Operations",
    path: "/docs",
    summary: "The same for people",
    answers: [{ status: 200, description: "A page", contentType: "text/html" }]
  },
  get("Operations", "/health/live", "The process answers", Schemas.live),
  get("Operations", "/health/ready", "It can serve, and does not drain", Schemas.ready, [
    { status: 503, description: "It cannot serve, or drains", schema: Schemas.ready }
  ]),
  {
    method: "get",
    group: "Operations",
    path: "/metrics",
    summary: "Metrics for Prometheus",
    answers: [{ status: 200, description: "The exposition format", contentType: "text/plain" }]
  },
  get("Admin", "/admin/routes", "Every route", Schemas.routes, refused),
  get("Admin", "/admin/routes/{name}", "One route", Schemas.route, [...refused, notThere]),
  get("Admin", "/admin/targets", "Health and cooldowns now", Schemas.targets, refused),
  {
    method: "post",
    group: "Admin",
    path: "/admin/targets/{provider}/{model}/reset",
    summary: "Forget a target's failures",
    answers: [{ status: 200, description: "Forgotten", schema: Schemas.reset }, ...refused]
  },
  {
    ...get("Admin", "/admin/calls", "Calls on record, paged by cursor", Schemas.calls, [...refused, ...misread]),
    query: filters
  },
  {
    method: "get",
    group: "Admin",
    path: "/admin/failures",
    summary: "Answers that no rule knew, redacted, one fixture a line",
    query: {
      since: filters.since,
      until: filters.until,
      provider: "Whose answers",
      limit: "Lines at most, 1 to 1000; 100 by default"
    },
    answers: [{ status: 200, description: "Lines of JSON", contentType: "application/jsonl" }, ...refused, ...misread]
  },
  get("Admin", "/admin/calls/{id}", "One call with its attempts", Schemas.call, [...refused, notThere, unreadable]),
  {
    method: "post",
    group: "Admin",
    path: "/admin/reload",
    summary: "Read the configuration again; a bad one changes nothing",
    answers: [
      { status: 200, description: "It is in force", schema: Schemas.reloaded },
      { status: 422, description: "It has problems, and the one before stays", schema: Schemas.reloaded },
      ...refused
    ]
  },
  {
    method: "post",
    group: "Admin",
    path: "/admin/restart",
    summary: "Replace the workers, one by one, without a failed call",
    answers: [
      { status: 202, description: "It has begun", schema: Schemas.begun },
      { status: 409, description: "This gateway is one process", schema: Schemas.openAiError },
      ...refused
    ]
  }
]

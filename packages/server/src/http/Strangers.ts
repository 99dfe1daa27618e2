/**
 * Keeps those without a key out of endpoints that are no calls (`/v1/models`, `/v1/events`), in the form of the caller's dialect.
 */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as CallId from "@orelse/core/domain/CallId"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { IncomingMessage } from "node:http"
import type { Caller } from "../callers/Caller.ts"
import * as RateHeaders from "../callers/RateHeaders.ts"
import * as AnthropicMessages from "../dialects/AnthropicMessages.ts"
import type { Dialect } from "../dialects/Dialect.ts"
import * as Gemini from "../dialects/Gemini.ts"
import * as OpenAiChat from "../dialects/OpenAiChat.ts"
import * as Access from "./Access.ts"
import * as ErrorResponse from "./ErrorResponse.ts"
import type { Gateway } from "./Gateway.ts"
import * as Reply from "./Reply.ts"

/**
 * Answers for a caller that is known, or for anybody where there are no callers; else with 401 or 403. Each answer has an id, under which
 * its dialect's clients know it too.
 */
export const keptOut = <E, R>(
  gateway: Gateway["Service"],
  answer: (caller: Caller | undefined, id: string) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R | HttpServerRequest> =>
  Effect.gen(function* () {
    const incoming = NodeHttpServerRequest.toIncomingMessage(yield* HttpServerRequest) as IncomingMessage
    const identified = gateway.callers.identify(gateway.current().config, incoming)
    const id = CallId.make(yield* Clock.currentTimeMillis)
    const dialect = dialectOf(incoming)
    const named = HttpServerResponse.setHeaders(Reply.named(dialect, id))
    if (Result.isFailure(identified)) {
      const { facts, headers } = ErrorResponse.of(Access.refusal({ id, model: "" }, identified.failure))
      return named(HttpServerResponse.jsonUnsafe(dialect.error(facts), { status: facts.status, headers }))
    }
    const caller = identified.success
    const response = named(yield* answer(caller, id))
    if (caller?.limits === undefined) return response
    const standing = yield* gateway.callers.standing(caller)
    return HttpServerResponse.setHeaders(response, RateHeaders.record(standing))
  })

/** What a stranger speaks, as far as its headers and its address tell. */
export const dialectOf = ({ headers, url }: Pick<IncomingMessage, "headers" | "url">): Dialect => {
  if (headers["anthropic-version"] !== undefined || url?.startsWith("/v1/messages") === true)
    return AnthropicMessages.dialect
  return headers["x-goog-api-key"] !== undefined || url?.startsWith("/v1beta/") === true
    ? Gemini.dialect
    : OpenAiChat.dialect
}

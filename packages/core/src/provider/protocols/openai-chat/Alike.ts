/**
 * What OpenAI's two formats know alike and no other does: it goes from the one to the other (platform.openai.com "API reference: Chat",
 * "API reference: Responses", read 2026-11).
 *
 * To Responses it always goes. The chat format has many speakers, some of whom refuse a request over a field that they do not know: it goes
 * to OpenAI's own models at OpenAI alone, without `metadata` (`The 'metadata' parameter is only allowed when 'store' is enabled`).
 */
import * as Json from "../../../domain/Json.ts"
import type { Request } from "../../../domain/Request.ts"
import type { Context } from "../../Protocol.ts"
import * as Foreign from "../Foreign.ts"
import * as Models from "./Models.ts"

const names = ["prompt_cache_key", "prompt_cache_retention", "safety_identifier", "service_tier"]

const from = (fields: Json.JsonObject, names: ReadonlyArray<string>): Json.JsonObject =>
  Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])))

/** Of a caller of Responses, for the chat format. @stability experimental @category getters @since 0.1.0 */
export const inChat = (request: Request, model: Models.Model, { quirks }: Context): Json.JsonObject => {
  const own = Foreign.own(request, "openai-responses")
  if (quirks["maxCompletionTokens"] !== true || !Models.isKnown(model)) return {}
  // How much to say is said to models that reason.
  const verbosity = Models.reasons(model) ? Json.at(own, "text", "verbosity") : undefined
  return Json.compact({ ...from(own, names), verbosity })
}

/** Of a caller of the chat format, for Responses. @stability experimental @category getters @since 0.1.0 */
export const inResponses = (request: Request): Json.JsonObject =>
  from(Foreign.own(request, "openai-chat"), ["metadata", ...names])

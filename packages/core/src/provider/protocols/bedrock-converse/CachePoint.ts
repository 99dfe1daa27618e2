/**
 * Where Bedrock is to cache the prompt up to: a block of its own behind what an Anthropic caller marked with `cache_control`.
 *
 * Only Claude and Nova take such blocks, and of tools only Claude's. Source: docs.aws.amazon.com "Prompt caching for faster model inference",
 * read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"
import * as Foreign from "../Foreign.ts"

const none: ReadonlyArray<Json.JsonObject> = []

/**
 * The block to put behind a part, a message of a tool or a tool: one, or none.
 *
 * @param value what may be marked, with the fields that only its dialect knows
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const of = (
  value: { readonly extra?: unknown },
  model: string,
  where: "message" | "tool" = "message"
): ReadonlyArray<Json.JsonObject> => {
  const mark = Json.object(Foreign.own(value, "anthropic-messages")["cache_control"])
  if (mark === undefined || !(model.includes("claude") || (where === "message" && model.includes("nova")))) return none
  return [{ cachePoint: Json.compact({ type: "default", ttl: mark["ttl"] === "1h" ? "1h" : undefined }) }]
}

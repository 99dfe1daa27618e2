/**
 * What must not be lost on the way to a target of another dialect.
 *
 * Fields that only one dialect knows travel in `extra`. Towards that dialect they are written back; towards another most of them can be
 * left out without harm (cache hints, metadata, service tiers). Those of this table change what the answer is, so that a target that cannot
 * take them is `Unsupported`. Blocks of a message that only one dialect knows stand as an empty text part whose `extra` holds the whole
 * block under `block`.
 */
import * as Json from "../../domain/Json.ts"
import { Unsupported } from "../../domain/Reason.ts"
import type { AssistantPart, Message, Request, TextPart } from "../../domain/Request.ts"

/** The answer that a turn goes on from, where Anthropic holds the conversation. One that only begins such a thread has all that was said. */
const lostThread = "thread.previous_message_id"

/** Fields of a request that cannot be left out, by dialect; those within others by their path. */
const essential: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["openai-chat", ["tools", "tool_choice", "logit_bias", "modalities", "audio", "web_search_options"]],
  ["openai-responses", ["tools", "tool_choice", "previous_response_id", "conversation", "prompt", "background"]],
  ["anthropic-messages", ["tools", "tool_choice", "container", "mcp_servers", lostThread]],
  ["gemini", ["tools", "toolConfig", "cachedContent", "speechConfig", "responseModalities", "responseMimeType"]]
])

type Extra = Readonly<Record<string, Json.JsonObject>> | undefined

/**
 * Names the first field of a request that a protocol must not leave out; `undefined` where there is none.
 *
 * @param own the dialect whose fields the protocol writes itself
 * @stability stable
 * @category predicates
 * @since 0.1.0
 */
export const refuse = (request: Request, own: string): Unsupported | undefined => {
  if (own !== "openai-chat" && request.messages.some(isHeardAlone)) return heardAlone(own)
  const extra: Extra = request.extra
  if (extra === undefined) return undefined
  for (const dialect of Object.keys(extra)) {
    if (dialect === own) continue
    for (const field of essential.get(dialect) ?? []) {
      if (isNothing(Json.at(extra[dialect], ...field.split(".")))) continue
      const message = `${own} ${hints.get(field) ?? lacking(dialect, field)}`
      return new Unsupported(
        Json.compact({ feature: `${dialect}'s ${field}`, message, providerCode: codes.get(field) })
      )
    }
  }
  return undefined
}

/** A turn of the assistant that stands for audio which OpenAI keeps: to others it would be no turn at all. */
const isHeardAlone = (message: Message): boolean =>
  message.role === "assistant" && message.content.length === 0 && Boolean(message.extra?.["openai-chat"]?.["audio"])

const heardAlone = (own: string): Unsupported =>
  unsupported(
    "openai-chat's audio by id",
    `${own} cannot hear what the assistant said as audio that OpenAI keeps: send its transcript as the content of that message`
  )

const lacking = (dialect: string, field: string): string => `has nothing like the field ${field} of ${dialect}`

const stateful = "keeps no conversations: send the whole conversation"

/** What to do instead, for fields that stand for something kept at the provider. */
const hints: ReadonlyMap<string, string> = new Map([
  [
    "previous_response_id",
    `cannot take previous_response_id, for it ${stateful} as input, or call a target that speaks openai-responses`
  ],
  [
    "conversation",
    `cannot take conversation, for it ${stateful} as input, or call a target that speaks openai-responses`
  ],
  [lostThread, `cannot take ${lostThread}, for it ${stateful}, or call a target that speaks anthropic-messages`]
])

/** What the field's own provider says where it does not know what it is told to go on from: SDKs send the whole conversation then. */
const codes: ReadonlyMap<string, string> = new Map([[lostThread, "thread_not_found"]])

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  (typeof value === "object" && Object.keys(value).length === 0)

/**
 * Whether a request wants one call at a time where several tools may be called. With one tool it is a wish that can go unsaid: callers
 * take several calls as they come.
 *
 * @stability stable
 * @category predicates
 * @since 0.1.0
 */
export const isOneOfSeveral = ({ parallelToolCalls, toolChoice, tools = [] }: Request): boolean =>
  parallelToolCalls === false && tools.length > 1 && typeof toolChoice !== "object" && toolChoice !== "none"

/**
 * Refuses more stop sequences than are taken: an answer that runs on is another answer.
 *
 * @param taker who takes no more
 * @stability experimental
 * @category predicates
 * @since 0.1.0
 */
export const tooManyStops = ({ stop = [] }: Request, taker: string, most: number): Unsupported | undefined =>
  stop.length > most
    ? unsupported("stop sequences", `${taker} takes ${most === 0 ? "no" : `at most ${most}`} stop sequences`)
    : undefined

/** A reason that names the feature. @stability stable @category constructors @since 0.1.0 */
export const unsupported = (feature: string, message: string): Unsupported => new Unsupported({ feature, message })

/** What a tool's result holds besides text, for a format that takes nothing else there. @stability stable @category constructors @since 0.1.0 */
export const inToolResult = (taker: string, type: "image" | "document"): Unsupported => {
  const next = type === "image" ? '; "repair: moveImages" on the route puts them behind it' : ""
  return unsupported(`${type}s in tool results`, `${taker} takes only text in tool results, not ${type}s${next}`)
}

/**
 * The block of one dialect that a text part stands for: the block itself where it is `own`, `"foreign"` where it is another's.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const blockOf = (part: typeof TextPart.Type, own: string): Json.JsonObject | "foreign" | undefined => {
  if (part.extra === undefined || part.text !== "") return undefined
  const extra: Extra = part.extra
  const block = extra[own]?.["block"]
  if (block !== undefined) return block as Json.JsonObject
  return Object.values(extra).some((fields) => fields["block"] !== undefined) ? "foreign" : undefined
}

/**
 * Whether a part says nothing to a protocol: a text without words that holds another dialect's fields alone, as Gemini's streamed answers end
 * in one with their proof. Many servers refuse an empty text.
 *
 * @stability experimental
 * @category predicates
 * @since 0.1.0
 */
export const isSilent = (part: AssistantPart, own: string): boolean =>
  part.type === "text" &&
  part.text === "" &&
  part.extra !== undefined &&
  part.extra[own] === undefined &&
  blockOf(part, own) === undefined

/** Why a block that only another dialect knows cannot go out. @stability stable @category constructors @since 0.1.0 */
export const unknownBlock = (own: string): Unsupported =>
  unsupported("a block of another dialect", `${own} cannot carry a content block that only another dialect knows`)

/** A text part that stands for a block that only `dialect` knows. @stability stable @category constructors @since 0.1.0 */
export const block = (dialect: string, raw: Json.JsonObject): typeof TextPart.Type => ({
  type: "text",
  text: "",
  extra: { [dialect]: { block: raw } } as NonNullable<(typeof TextPart.Type)["extra"]>
})

/** The fields of one dialect that travel with a value. @stability stable @category getters @since 0.1.0 */
export const own = (value: { readonly extra?: unknown }, dialect: string): Json.JsonObject =>
  (value.extra as Extra)?.[dialect] ?? none

const none: Json.JsonObject = {}

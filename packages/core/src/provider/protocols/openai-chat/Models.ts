/**
 * What must be known of an OpenAI model to write a request for it: what its limit is called, whether it may be told how to sample, in which
 * words how much to reason, and whether the chat format has tools for it.
 *
 * Sources: platform.openai.com "Reasoning models", "Using GPT-5: parameter compatibility", developers.openai.com "Using GPT-6", "Deployment
 * checklist", community.openai.com "Compatibility matrix: reasoning effort & sampling parameters", learn.microsoft.com "ReasoningEffort", and the
 * errors that the models answer with (`Use 'max_completion_tokens' instead`, `Only the default (1) value is supported`, `Unrecognized request
 * argument supplied: reasoning_effort`, `'stop' is not supported with this model`, `Function tools with reasoning_effort are not supported for
 * gpt-5.4 in /v1/chat/completions`, `logprobs are not supported with reasoning models`), read 2026-11. A name that no row knows is another
 * maker's, or older, and takes what it is given.
 */
import type { Unsupported } from "../../../domain/Reason.ts"
import type { Request } from "../../../domain/Request.ts"
import * as Foreign from "../Foreign.ts"

/** What a model takes. */
export interface Model {
  /** Refuses `max_tokens`. */
  readonly newLimit: boolean
  /** Whether `temperature`, `top_p` and penalties are taken: always, only while it does not reason, or never. */
  readonly sampling: "always" | "unreasoned" | "never"
  /** The most stop sequences. */
  readonly stops: number
  /** The words for how much to reason, least first: none where it does not, absent where nobody knows. */
  readonly efforts?: ReadonlyArray<string>
  /** Whether OpenAI's own chat takes tools: always, only while it does not reason, or never. Its Responses do. */
  readonly tools: "always" | "unreasoned" | "never"
}

const plain = (newLimit: boolean): Model => ({ newLimit, sampling: "always", stops: 4, efforts: [], tools: "always" })
/** Reasons always, or where it can go without, refuses to be told how to sample all the same. */
const reasoner = (...efforts: ReadonlyArray<string>): Model => ({
  newLimit: true,
  sampling: "never",
  stops: 0,
  efforts,
  tools: "always"
})
/** Goes without reasoning where it is not asked to. */
const either = (...efforts: ReadonlyArray<string>): Model => ({
  newLimit: true,
  sampling: "unreasoned",
  stops: 0,
  efforts: ["none", ...efforts],
  tools: "always"
})

const usual = ["low", "medium", "high"]

/** By the beginning of the name; the first that fits. */
const rows: ReadonlyArray<readonly [name: RegExp, model: Model]> = [
  [/^(?:chatgpt-|gpt-[34])/, plain(false)],
  [/^gpt-oss/, { newLimit: false, sampling: "always", stops: Infinity, efforts: usual, tools: "always" }],
  [/^gpt-5-chat/, plain(true)],
  [/^(?:gpt-5-search|o1-mini|o1-preview)/, { ...reasoner(), stops: 4 }],
  [/^gpt-5-pro/, reasoner("high")],
  [/^gpt-5\.\d+-chat/, reasoner("medium")],
  [/^gpt-5\.\d+-pro/, reasoner("medium", "high", "xhigh")],
  [/^gpt-5(?:\.1)?-codex(?!-max)/, reasoner(...usual)],
  [/^gpt-5\.\d+-codex/, reasoner(...usual, "xhigh")],
  [/^gpt-5\.1(?!\d)/, either(...usual)],
  [/^gpt-5\.[23](?!\d)/, either(...usual, "xhigh")],
  [/^gpt-5\.[45](?!\d)/, { ...either(...usual, "xhigh"), tools: "unreasoned" }],
  [/^gpt-(?:5\.[6-9](?!\d)|6-(?:sol|luna))/, { ...reasoner("none", ...usual, "xhigh", "max"), tools: "unreasoned" }],
  [/^gpt-6(?:-astra|\.1(?!\d))/, { ...reasoner(...usual, "xhigh", "max"), tools: "never" }],
  [/^(?:o1|o3-mini)(?![\da-z])/, { ...reasoner(...usual), stops: 4 }],
  [/^o[1-9](?![\da-z])/, reasoner(...usual)],
  [/^gpt-5(?![\da-z.])/, reasoner("minimal", ...usual)],
  [/^gpt-[5-9](?![\da-z])/, reasoner(...usual, "xhigh")]
]

const other: Model = { newLimit: false, sampling: "always", stops: Infinity, tools: "always" }

/** What stands before a model's own name: its maker (`openai/gpt-5.2`), or that it was tuned (`ft:gpt-4o-mini:…`). */
const before = /^(?:.*\/)?(?:ft:)?/

/** What a model takes, by its name, also behind its maker's. @stability stable @category getters @since 0.1.0 */
export const of = (name: string): Model => {
  const own = name.toLowerCase().replace(before, "")
  return rows.find(([pattern]) => pattern.test(own))?.[1] ?? other
}

/**
 * Whether OpenAI's own chat takes tools for the model of that name. Behind a maker's name another service stands, which has tools for all.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const toolsOf = (name: string): Model["tools"] => (name.includes("/") ? "always" : of(name).tools)

/** Whether it is one of OpenAI's. @stability stable @category predicates @since 0.1.0 */
export const isKnown = (model: Model): boolean => model !== other

/**
 * Whether a request of this effort may say how to sample.
 *
 * @param effort the word for how much to reason; without one, models that can go without do
 * @stability stable
 * @category predicates
 * @since 0.1.0
 */
export const samples = ({ sampling }: Model, effort: string | undefined): boolean =>
  sampling === "always" || (sampling === "unreasoned" && (effort === undefined || effort === "none"))

/** The model as the chat format has it, where the most that any reasons is `xhigh`. @stability experimental @category combinators @since 0.1.0 */
export const inChat = (model: Model): Model =>
  model.efforts === undefined ? model : { ...model, efforts: model.efforts.filter((word) => word !== "max") }

/**
 * Refuses log probabilities of a model that gives none, or none of this effort.
 *
 * @stability experimental
 * @category predicates
 * @since 0.1.0
 */
export const refuseLogprobs = (request: Request, model: Model, effort: string | undefined): Unsupported | undefined =>
  request.logprobs === true && !samples(model, effort)
    ? Foreign.unsupported("log probabilities", "this model of OpenAI gives no log probabilities where it reasons")
    : undefined

/** Whether it can be asked to reason; an unknown one may. @stability stable @category predicates @since 0.1.0 */
export const reasons = ({ efforts }: Model): boolean => efforts === undefined || efforts.length > 0

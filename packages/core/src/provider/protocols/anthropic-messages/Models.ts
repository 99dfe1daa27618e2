/**
 * What must be known of a Claude model to write a request for it: the most it answers with, how it is told to think or not to, and whether a
 * tool can be forced.
 *
 * A name that no row knows is taken for one of the newest kind where `claude` is in it; else (a proxy's own name) nothing is held back.
 * Source: platform.claude.com "Models overview", "Adaptive thinking", "Effort", "Structured outputs", the migration guides of each model up to
 * Claude 5.5, and the errors `"thinking.type.disabled" is not supported for this model` and `tool_choice: type "tool" and "any" are not supported
 * for this model`, read 2026-11.
 */

/** What a model takes. */
export interface Model {
  /** The most output tokens, as far as the default limit needs it. */
  readonly maxOutput: number
  /** `budget`: so many tokens; `adaptive`: the model decides, led by an effort; `none`: it cannot. */
  readonly thinking: "none" | "budget" | "adaptive"
  /**
   * How it is told not to think: by a type of `thinking`, or by silence, where it does not think unasked. One that always thinks is told the
   * least effort.
   */
  readonly off: "disabled" | "between_tools" | "silence" | "effort"
  /** Whether its thinking is shown unasked. */
  readonly shown: boolean
  /** Whether it can be made to call a tool. */
  readonly forcing: boolean
  /** The words for `output_config.effort`, least first; none where it is not known. */
  readonly efforts: ReadonlyArray<string>
  /** Whether answers can be bound to a JSON schema. */
  readonly schema: boolean
  /** `temperature`, `top_p` and `top_k`: all together, one of the first two, or none (it refuses them). */
  readonly sampling: "all" | "one" | "none"
}

const model = (maxOutput: number, more: Partial<Model> = {}): Model => ({
  maxOutput,
  thinking: "none",
  off: "disabled",
  shown: true,
  forcing: true,
  efforts: [],
  schema: false,
  sampling: "all",
  ...more
})

const efforts = ["low", "medium", "high"]
const modern = { schema: true, sampling: "one" } as const
const every = [...efforts, "xhigh", "max"]

/** From Opus 4.7 on: they think as they see fit, and hide it. */
const newest = (off: Model["off"], forcing = true): Model =>
  model(64_000, { thinking: "adaptive", off, shown: false, forcing, efforts: every, schema: true, sampling: "none" })

/** By a part of the name, its dots written as dashes; the first that fits. */
const rows: ReadonlyArray<readonly [name: RegExp, model: Model]> = [
  [/claude-(2|instant|3-opus|3-haiku|3-sonnet)/, model(4096)],
  [/claude-3-5/, model(8192)],
  [/claude-3-7|claude-(opus|sonnet)-4(-0|-2025|@|$)|claude-4-(opus|sonnet)/, model(32_000, { thinking: "budget" })],
  [/claude-(opus-4-1|4-1-opus)/, model(32_000, { ...modern, thinking: "budget" })],
  [/claude-((sonnet|haiku)-4-5|4-5-(sonnet|haiku))/, model(64_000, { ...modern, thinking: "budget" })],
  [/claude-(opus-4-5|4-5-opus)/, model(64_000, { ...modern, thinking: "budget", efforts })],
  [
    /claude-((opus|sonnet)-4-6|4-6-(opus|sonnet))/,
    model(64_000, { ...modern, thinking: "adaptive", efforts: [...efforts, "max"] })
  ],
  [/claude-opus-4-[78]/, newest("silence")],
  [/claude-(fable|mythos|opus-5-5)/, newest("effort", false)],
  [/claude-sonnet-5-5/, newest("between_tools", false)],
  [/claude-(haiku-5-5|(opus|sonnet)-5(?!-\d(?!\d)))/, newest("disabled")]
]

/** Of a name that no row knows. */
const later = newest("effort")
const unknown = model(4096, { thinking: "budget", efforts: every, schema: true })

/** What a model takes, by its name. @stability stable @category getters @since 0.1.0 */
export const of = (name: string): Model => {
  const dashed = name.replaceAll(".", "-")
  for (const [part, model] of rows) if (part.test(dashed)) return model
  return name.includes("claude") ? later : unknown
}

/** Anthropic wants a limit on every request. Where the caller named none: this, or the model's most where that is less. */
const defaultMaxTokens = 16_000

/** The limit, in tokens, for a caller who named none. @stability stable @category getters @since 0.1.0 */
export const maxTokensOf = (model: Model): number => Math.min(model.maxOutput, defaultMaxTokens)

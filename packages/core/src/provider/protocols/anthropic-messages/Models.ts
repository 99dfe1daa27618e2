/**
 * What must be known of a Claude model to write a request for it: the most it answers with, and how it is told to think.
 *
 * A name that no row knows (a later model, a proxy's own name) is taken for one of the newest kind. Source: platform.claude.com "Models
 * overview", "Adaptive thinking", "Structured outputs", read 2026-11.
 */

/** What a model takes. */
export interface Model {
  /** The most output tokens. */
  readonly maxOutput: number
  /** `budget`: so many tokens; `adaptive`: the model decides, led by an effort; `none`: it cannot. */
  readonly thinking: "none" | "budget" | "adaptive"
  /** Whether `output_config.effort` is known. */
  readonly effort: boolean
  /** Whether answers can be bound to a JSON schema. */
  readonly schema: boolean
  /** Whether it takes `temperature`, `top_p`, `top_k`. */
  readonly sampling: boolean
}

const row = (
  maxOutput: number,
  thinking: Model["thinking"],
  options: Omit<Model, "maxOutput" | "thinking">
): Model => ({ maxOutput, thinking, ...options })

const plain = { effort: false, schema: false, sampling: true }

/** By the beginning of the name; the first that fits. */
const rows: ReadonlyArray<readonly [prefix: RegExp, model: Model]> = [
  [/claude-(2|instant|3-opus|3-haiku|3-sonnet)/, row(4096, "none", plain)],
  [/claude-3-5/, row(8192, "none", plain)],
  [/claude-3-7/, row(64_000, "budget", plain)],
  [/claude-opus-4-1/, row(32_000, "budget", { ...plain, schema: true })],
  [/claude-opus-4(-0|-2025|@|$)/, row(32_000, "budget", plain)],
  [/claude-sonnet-4(-0|-2025|@|$)/, row(64_000, "budget", plain)],
  [/claude-(sonnet|haiku)-4-5/, row(64_000, "budget", { ...plain, schema: true })],
  [/claude-opus-4-5/, row(64_000, "budget", { effort: true, schema: true, sampling: true })],
  [/claude-(opus|sonnet)-4-6/, row(64_000, "adaptive", { effort: true, schema: true, sampling: true })]
]

const newest = row(64_000, "adaptive", { effort: true, schema: true, sampling: false })

/** A name without `claude`: nothing is known, and nothing is held back. */
const unknown = row(4096, "budget", { effort: true, schema: true, sampling: true })

/** What a model takes, by its name. @stability stable @category getters @since 0.1.0 */
export const of = (name: string): Model => {
  for (const [prefix, model] of rows) if (prefix.test(name)) return model
  return name.includes("claude") ? newest : unknown
}

/** Anthropic wants a limit on every request. Where the caller named none: this, or the model's most where that is less. */
const defaultMaxTokens = 16_000

/** The limit for a caller who named none. @stability stable @category getters @since 0.1.0 */
export const maxTokensOf = (model: Model): number => Math.min(model.maxOutput, defaultMaxTokens)

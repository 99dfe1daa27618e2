/**
 * What a Gemini of a given name takes, as far as a request must know: how it is told to think, whether it demands signatures, whether results
 * of tools may hold pictures, whether it takes penalties.
 *
 * Sources: ai.google.dev "Gemini thinking", "Thought signatures", "Function calling: multimodal function responses", "What's new in Gemini 4
 * Argon", and the errors `'minimal' is not a supported thinking level for this model`, `Thinking level MEDIUM is not supported for this model` and
 * `Penalty is not enabled for this model`, read 2026-11. A name of no known generation is taken for one of the newest.
 */

/** Facts of a model. */
export interface Model {
  /** Told to think by a word, by a budget of tokens, or not at all. */
  readonly thinking: "level" | "budget" | "none"
  /** The words, least first; none where it takes none. It refuses all others. */
  readonly levels: ReadonlyArray<string>
  /** A budget is taken, too, by one that is told by a word. */
  readonly budgets: boolean
  /** A budget may be 0. */
  readonly disabling: boolean
  /** Function calls of the running turn must come back signed. */
  readonly signed: boolean
  /** `frequencyPenalty` and `presencePenalty` are taken. */
  readonly penalties: boolean
}

const leveled = (...levels: ReadonlyArray<string>): Model => ({
  thinking: "level",
  levels,
  budgets: false,
  disabling: false,
  signed: true,
  penalties: false
})
const third = (...levels: ReadonlyArray<string>): Model => ({ ...leveled(...levels), budgets: true })
const older = (thinking: "budget" | "none", disabling: boolean): Model => ({
  thinking,
  levels: [],
  budgets: true,
  disabling,
  signed: false,
  penalties: thinking === "none"
})

const newest = leveled("LOW", "MEDIUM", "HIGH")
const every = third("MINIMAL", "LOW", "MEDIUM", "HIGH")

const rows: ReadonlyArray<readonly [name: RegExp, model: Model]> = [
  [/gemini-(?:1|2\.0)|gemini-pro(?!-latest)|gemma|embedding/, older("none", false)],
  [/gemini-2\.5-pro/, older("budget", false)],
  [/gemini-2|gemini-flash-lite-latest|robotics/, older("budget", true)],
  [/flash(?:-lite)?-image/, third("MINIMAL", "HIGH")],
  [/gemini-3(?:\.[1-5])?-flash|flash-lite/, every],
  [/gemini-3-pro/, third("LOW", "HIGH")],
  [/gemini-3/, third(...newest.levels)]
]

/** The facts of a model. @stability stable @category getters @since 0.1.0 */
export const of = (name: string): Model => {
  const lower = name.toLowerCase()
  return rows.find(([pattern]) => pattern.test(lower))?.[1] ?? newest
}

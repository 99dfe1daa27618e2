/**
 * What a Gemini of a given name takes, as far as a request must know: how it is told to think, whether it demands signatures, whether results
 * of tools may hold pictures.
 *
 * Sources: ai.google.dev "Gemini thinking", "Thought signatures", "Function calling: multimodal function responses", and the errors `'minimal' is
 * not a supported thinking level for this model` and `Thinking level MEDIUM is not supported for this model`, read 2026-11. A name of
 * no known generation is taken for one of the newest.
 */

/** Facts of a model. */
export interface Model {
  /** Told to think by a word, by a budget of tokens, or not at all. */
  readonly thinking: "level" | "budget" | "none"
  /** The words, least first; none where it takes none. It refuses all others. */
  readonly levels: ReadonlyArray<string>
  /** A budget may be 0. */
  readonly disabling: boolean
  /** Function calls of the running turn must come back signed. */
  readonly signed: boolean
}

const leveled = (...levels: ReadonlyArray<string>): Model => ({
  thinking: "level",
  levels,
  disabling: false,
  signed: true
})
const older = (thinking: "budget" | "none", disabling: boolean): Model => ({
  thinking,
  levels: [],
  disabling,
  signed: false
})

const newest = leveled("LOW", "MEDIUM", "HIGH")
const every = leveled("MINIMAL", "LOW", "MEDIUM", "HIGH")

const rows: ReadonlyArray<readonly [name: RegExp, model: Model]> = [
  [/gemini-(?:1|2\.0)|gemini-pro(?!-latest)|gemma|embedding/, older("none", false)],
  [/gemini-2\.5-pro/, older("budget", false)],
  [/gemini-2|gemini-flash-lite-latest|robotics/, older("budget", true)],
  [/flash(?:-lite)?-image/, leveled("MINIMAL", "HIGH")],
  [/gemini-3(?:\.[1-5])?-flash|flash-lite/, every],
  [/gemini-3-pro/, leveled("LOW", "HIGH")]
]

/** The facts of a model. @stability stable @category getters @since 0.1.0 */
export const of = (name: string): Model => {
  const lower = name.toLowerCase()
  return rows.find(([pattern]) => pattern.test(lower))?.[1] ?? newest
}

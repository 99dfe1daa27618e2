/**
 * What a Gemini of a given name takes, as far as a request must know: how it is told to think, whether it demands signatures, whether results
 * of tools may hold pictures.
 *
 * Sources: ai.google.dev "Gemini thinking", "Thought signatures", "Function calling: multimodal function responses", read 2026-11. A name of
 * no known generation is taken for one of the newest.
 */

/** Facts of a model. */
export interface Model {
  /** Told to think by a word, by a budget of tokens, or not at all. */
  readonly thinking: "level" | "budget" | "none"
  /** Thinking can be switched off. */
  readonly disabling: boolean
  /** Function calls of the running turn must come back signed. */
  readonly signed: boolean
}

const newest: Model = { thinking: "level", disabling: true, signed: true }

const rows: ReadonlyArray<readonly [name: RegExp, model: Model]> = [
  [/gemini-(?:1|2\.0)|gemini-pro(?!-latest)|gemma|embedding/, { thinking: "none", disabling: false, signed: false }],
  [/gemini-2\.5-pro/, { thinking: "budget", disabling: false, signed: false }],
  [/gemini-2|gemini-flash-lite-latest|robotics/, { thinking: "budget", disabling: true, signed: false }],
  [/pro/, { ...newest, disabling: false }]
]

/** The facts of a model. @stability stable @category getters @since 0.1.0 */
export const of = (name: string): Model => {
  const lower = name.toLowerCase()
  return rows.find(([pattern]) => pattern.test(lower))?.[1] ?? newest
}

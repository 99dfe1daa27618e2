/**
 * What must be known of an OpenAI model to write a request for it: what its limit is called, and whether it may be told how to sample.
 *
 * Sources: platform.openai.com "Reasoning models", "Using GPT-5: parameter compatibility", and the errors that the models answer with
 * (`Use 'max_completion_tokens' instead`, `Only the default (1) value is supported`), read 2026-11. A name that no row knows is another maker's,
 * or older, and takes what it is given.
 */

/** What a model takes. */
export interface Model {
  /** Refuses `max_tokens`. */
  readonly newLimit: boolean
  /** Whether `temperature`, `top_p` and penalties are taken: always, only while it does not reason, or never. */
  readonly sampling: "always" | "unreasoned" | "never"
}

const rows: ReadonlyArray<readonly [name: RegExp, model: Model]> = [
  [/(?:^|\/)gpt-5-chat/, { newLimit: true, sampling: "always" }],
  [/(?:^|\/)gpt-5\.[1-5](?!\d)/, { newLimit: true, sampling: "unreasoned" }],
  [/(?:^|\/)(?:o[1-9]|gpt-[5-9])(?![\da-z])/, { newLimit: true, sampling: "never" }]
]

const other: Model = { newLimit: false, sampling: "always" }

/** What a model takes, by its name, also behind its maker's (`openai/gpt-5.2`). @stability stable @category getters @since 0.1.0 */
export const of = (name: string): Model => rows.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1] ?? other

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
